// At which bound, and at which rates, a call is held (M6), and what is lowered where the room is
// short (M7).

import { describe, expect, it } from "vitest";

import type { MeteredFetchOptions } from "../../src/meter/index.ts";
import { priceBook } from "../../src/prices/index.ts";
import { ANTHROPIC_URL, GOOGLE_URL, meteredBy, OPENAI_URL, post } from "./metered.ts";
import { startProvider } from "./provider.ts";

const provider = await startProvider();
const metered = meteredBy(provider);
const MESSAGES_URL = `${ANTHROPIC_URL}/v1/messages`;
/** More bytes than any window has tokens. */
const HUGE = "x".repeat(3_000_000);

/** What is held for a request, with room for everything. */
async function heldFor(
  url: string,
  body: object,
  headers: Readonly<Record<string, string>> = {},
  options: MeteredFetchOptions = {},
) {
  const { fetch, reports } = metered(1000, options);
  const sent = { "content-type": "application/json", ...headers };
  await (await fetch(url, { ...post(body), headers: sent })).text();
  return reports[0]?.held;
}

function claude(model: string, content: unknown, more: object = {}): object {
  return { model, max_tokens: 1, messages: [{ role: "user", content }], ...more };
}

describe("the window", () => {
  it.each([
    ["claude-haiku-4-5", {}, 200_000],
    ["claude-opus-4-6", {}, 1_000_000],
    ["claude-sonnet-4-5", {}, 200_000],
    ["claude-sonnet-4-5", { "anthropic-beta": "a,context-1m-2025-08-07" }, 1_000_000],
    ["claude-haiku-4-5", { "anthropic-beta": "context-1m-2025-08-07" }, 200_000],
  ])("the window bounds what goes in at once: %s %o", async (model, headers, tokens) => {
    expect((await heldFor(MESSAGES_URL, claude(model, HUGE), headers))?.inputTokens).toBe(tokens);
  });

  it.each(["gemini-2.5-pro", "gemini-3-pro-preview", "gemini-3.1-pro-preview"])(
    "the window of %s is a mebi of tokens",
    async (model) => {
      const contents = [{ role: "user", parts: [{ text: HUGE }] }];
      const url = `${GOOGLE_URL}/v1beta/models/${model}:generateContent`;
      expect((await heldFor(url, { contents }))?.inputTokens).toBe(1_048_576);
    },
  );

  it("the window does not bound many inputs, of which each has one for itself", async () => {
    const body = { model: "text-embedding-3-small", input: Array(100).fill("x".repeat(8000)) };
    const held = await heldFor(`${OPENAI_URL}/v1/embeddings`, body);
    expect(held?.inputTokens).toBeGreaterThan(800_000);
  });

  it("the window of a guessed model does not count, nor that at an unknown host", async () => {
    const body = { model: "gpt-4o", max_tokens: 1, messages: [{ role: "user", content: HUGE }] };
    const guessed = { ...body, model: "gpt-99" };
    const options = { unknownModel: "dearest" } as const;
    const url = `${OPENAI_URL}/v1/chat/completions`;
    expect((await heldFor(url, guessed, {}, options))?.inputTokens).toBeGreaterThan(3_000_000);
    const elsewhere = await heldFor("https://gateway.example/v1/chat/completions", body);
    expect(elsewhere?.inputTokens).toBeGreaterThan(3_000_000);
  });
});

describe("the rates", () => {
  const RATES = priceBook.find("anthropic/claude-haiku-4-5").rates;
  const text = (mark?: object) => [{ type: "text", text: "x".repeat(100_000), ...mark }];

  it.each([
    ["nothing without `cache_control`", text(), RATES?.inputTokens],
    ["five minutes with it", text({ cache_control: { type: "ephemeral" } }), 1.25],
    ["an hour with its `ttl`", text({ cache_control: { type: "ephemeral", ttl: "1h" } }), 2],
    [
      "five minutes where an hour stands elsewhere",
      [
        ...text({ cache_control: { type: "ephemeral", ttl: "5m" } }),
        { type: "tool_use", id: "a", name: "wait", input: { time: "1h" } },
      ],
      1.25,
    ],
    [
      "nothing where a text has escapes",
      [...text(), { type: "text", text: "\u001B[31m red" }],
      RATES?.inputTokens,
    ],
  ])("a write to a cache is held at the rate of %s", async (_what, content, rate) => {
    const held = await heldFor(MESSAGES_URL, claude("claude-haiku-4-5", content));
    const usd = ((held?.inputTokens ?? 0) * Number(rate) + 5) / 1e6;
    expect(held?.usd).toBeCloseTo(usd, 9);
  });

  it("the cache writes of a mark with escapes are those of the mark", async () => {
    const body = JSON.stringify(claude("claude-haiku-4-5", text({ cache_control: { ttl: "1h" } })));
    const { fetch, reports } = metered(1000);
    const escaped = body.replace('"cache_control"', String.raw`"\u0063ache_control"`);
    await (await fetch(MESSAGES_URL, { ...post({}), body: escaped })).text();
    const { inputTokens = 0, usd } = reports[0]?.held ?? {};
    expect(usd).toBeCloseTo((inputTokens * 2 + 5) / 1e6, 9);
  });

  it("rates beyond a tier count only where the tokens reach it", () => {
    const price = priceBook.find("anthropic/claude-sonnet-4-5");
    const bound = { outputTokens: 0, cacheWrites: "none" } as const;
    expect(price.ceiling({ ...bound, inputTokens: 200_000 }).usd).toBeCloseTo(0.6, 9);
    expect(price.ceiling({ ...bound, inputTokens: 200_001 }).usd).toBeCloseTo(1.200006, 9);
  });

  it("the rates of a cache read count for what is said to be read", () => {
    const price = priceBook.find("anthropic/claude-haiku-4-5");
    const bound = { inputTokens: 1000, outputTokens: 0, cacheWrites: "5m" } as const;
    expect(price.ceiling({ ...bound, cacheReadTokens: 900 })).toMatchObject({
      inputTokens: 1000,
      usd: (900 * 0.1 + 100 * 1.25) / 1e6,
    });
    // No more is read than goes in.
    expect(price.ceiling({ ...bound, cacheReadTokens: 5000 }).usd).toBeCloseTo(0.0001, 9);
  });
});

describe("a thinking budget", () => {
  const THINKS = {
    model: "claude-haiku-4-5",
    max_tokens: 32_000,
    thinking: { type: "enabled", budget_tokens: 31_999 },
    messages: [{ role: "user", content: "Hello" }],
  };

  it("a thinking budget stays as it is where there is room", async () => {
    const { fetch, reports } = metered(1);
    await (await fetch(MESSAGES_URL, post(THINKS))).text();
    expect(provider.requests[0]?.body).toEqual(THINKS);
    expect(reports[0]).toMatchObject({ writtenLimit: undefined, writtenThinking: undefined });
  });

  it.each([
    [0.1, 4096],
    [0.03, 1024],
  ])("a thinking budget is lowered with the limit where $%d is left", async (usd, budget) => {
    const { fetch, reports, pool } = metered(usd);
    await (await fetch(MESSAGES_URL, post(THINKS))).text();
    const limit = reports[0]?.writtenLimit ?? 0;
    expect(reports[0]?.writtenThinking).toBe(budget);
    expect(limit).toBeGreaterThan(budget);
    expect(provider.requests.map(({ body }) => body)).toContainEqual({
      ...THINKS,
      max_tokens: limit,
      thinking: { type: "enabled", budget_tokens: budget },
    });
    expect(reports[0]?.held?.usd).toBeLessThanOrEqual(usd);
    expect(pool.snapshot().remaining.usd).toBeGreaterThanOrEqual(0);
  });

  it("a thinking budget is not lowered below what the API takes, nor with `clampOutput: false`", async () => {
    const small = metered(0.005);
    expect((await small.fetch(MESSAGES_URL, post(THINKS))).status).toBe(402);
    const fixed = metered(0.1, { clampOutput: false });
    expect((await fixed.fetch(MESSAGES_URL, post(THINKS))).status).toBe(402);
    expect(provider.requests.filter(({ route }) => route === "messages")).toEqual([]);
  });

  /** A call that writes 19,000 tokens to a cache, and one that goes on from it with some text. */
  async function goneOn(usd: number, added: string) {
    const { fetch, reports } = metered(usd, { cacheReads: "expected" });
    const long = [{ type: "text", text: "y".repeat(80_000), cache_control: { type: "ephemeral" } }];
    const first = { ...THINKS, messages: [{ role: "user", content: long }] };
    provider.behave(() => ({ outputTokens: 100, cacheWriteTokens: 19_000 }));
    const answer: unknown = await (await fetch(MESSAGES_URL, post(first))).json();
    const content: unknown = Reflect.get(Object(answer), "content");
    provider.behave(() => ({ outputTokens: 100, cachedTokens: 19_000 }));
    const next = {
      ...first,
      messages: [
        ...first.messages,
        { role: "assistant", content },
        { role: "user", content: added },
      ],
    };
    await (await fetch(MESSAGES_URL, post(next))).text();
    return reports;
  }

  it("a thinking budget that was lowered stays as it was, for the cache that was written with it", async () => {
    const reports = await goneOn(0.14, "On");
    expect(reports.map(({ writtenThinking }) => writtenThinking)).toEqual([4096, 4096]);
    // Of the second call most is held at the price of a read.
    expect(reports[1]?.boundedBy).toContain("counted before");
    const sent = provider.requests.filter(({ route }) => route === "messages");
    expect(sent).toHaveLength(2);
  });

  it("a lowered thinking budget stays so with the provider's count, where the bytes of what is new do not fit", async () => {
    const reports = await goneOn(0.05, "On ".repeat(8000));
    expect(reports.map(({ writtenThinking }) => writtenThinking)).toEqual([1024, 1024]);
    expect(reports[1]?.boundedBy).toEqual(["counted before", "the provider's count"]);
    expect(reports[1]?.held?.usd).toBeLessThanOrEqual(0.026);
  });
});
