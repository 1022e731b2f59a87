import OpenAI from "openai";
import { describe, expect, it, vi } from "vitest";

import { SimulatedProvider } from "../../src/testing/provider/simulated-provider.ts";
import { meteredFetch } from "../../src/meter/index.ts";
import type { ExchangeReport } from "../../src/meter/index.ts";
import { BudgetStore, MemoryStore } from "../../src/stores/index.ts";
import { expectBooksCover, expectEqualBooks } from "./books.ts";
import {
  ANTHROPIC_URL,
  CHAT,
  CHAT_URL,
  GOOGLE_URL,
  meteredBy,
  OPENAI_URL,
  post,
} from "./metered.ts";
import { startProvider } from "./provider.ts";

const provider = await startProvider();
const metered = meteredBy(provider);

describe("how an exchange is settled", () => {
  for (const status of [400, 401, 404, 429, 500, 503, 529]) {
    it(`an answer with status ${status} is released`, async () => {
      const { chat, pool, reports } = metered();
      provider.behave(() => ({ status }));
      await (await chat()).text();
      expect(reports[0]).toMatchObject({ outcome: "released", status });
      expect(pool.snapshot().used.calls).toBe(0);
      await expectEqualBooks(pool, provider);
    });
  }

  for (const status of [408, 504, 524]) {
    it(`an answer with status ${status} is booked as it was held, as its cost is unknown`, async () => {
      const { chat, pool, reports } = metered();
      provider.behave(() => ({ status }));
      await (await chat({ max_tokens: 100 })).text();
      expect(reports[0]).toMatchObject({ outcome: "unknown", status });
      expect(pool.snapshot().used).toEqual(reports[0]?.held);
    });
  }

  it("usage past 2^53 is booked as it was held", async () => {
    const usage = { prompt_tokens: 2 ** 52, completion_tokens: 2 ** 52, total_tokens: 2 ** 53 };
    const { chat, pool, reports } = metered(5, {
      fetch: () => Promise.resolve(Response.json({ choices: [], usage })),
    });
    expect((await chat({ max_tokens: 10 })).status).toBe(200);
    await (await chat({ max_tokens: 10 })).text();
    expect(reports[0]?.outcome).toBe("bounded");
    expect(pool.snapshot().used.usd).toBe(reports[0]?.held?.usd);
  });

  it("usage past 2^53 of a model without a price is booked as it was held, and is not certain", async () => {
    const usage = {
      prompt_tokens: 2 ** 53 - 1,
      completion_tokens: 2 ** 53 - 1,
      prompt_tokens_details: { cached_tokens: 5 },
    };
    const { fetch, pool, reports } = metered(5, {
      unknownModel: "tokens only",
      fetch: () => Promise.resolve(Response.json({ choices: [], usage })),
    });
    await (await fetch(CHAT_URL, post({ ...CHAT, model: "m", max_tokens: 10 }))).text();
    const [report] = reports;
    expect(report).toMatchObject({
      outcome: "bounded",
      doubts: ["the provider reported more than can be counted"],
    });
    expect(pool.snapshot()).toMatchObject({
      used: { outputTokens: report?.held?.outputTokens, usd: 0 },
      openReservations: 0,
    });
  });

  for (const count of ["9007199254740993", "1e999", "-3", "1.5"]) {
    it(`a known count of ${count} is not read, and the booking says so`, async () => {
      const details = `"completion_tokens_details":{"reasoning_tokens":${count}}`;
      const usage = `{"prompt_tokens":9,"completion_tokens":4,"total_tokens":13,${details}}`;
      const { chat, reports } = metered(5, {
        fetch: () => Promise.resolve(new Response(`{"choices":[],"usage":${usage}}`)),
      });
      await (await chat({ max_tokens: 10 })).text();
      const place = "usage.completion_tokens_details.reasoning_tokens";
      expect(reports[0]).toMatchObject({
        outcome: "bounded",
        doubts: [`the count ${place} of the answer cannot be read`],
        booked: { inputTokens: 9, outputTokens: 4 },
      });
    });
  }

  it("an error that reports usage is booked", async () => {
    const { chat, pool } = metered();
    provider.behave(() => ({ status: 500, errorWithUsage: true }));
    await (await chat()).text();
    expect(pool.snapshot().used.calls).toBe(1);
    await expectEqualBooks(pool, provider);
  });

  it("an error in the middle of a stream is booked, and not below the bill", async () => {
    const { chat, pool } = metered();
    provider.behave(() => ({ outputTokens: 50, errorAfter: 20 }));
    expect(await (await chat({ stream: true })).text()).toContain("server_error");
    await expectBooksCover(pool, provider);
  });

  it("F41: an interrupted stream is booked with its input in full, its output as it was seen, bounded", async () => {
    const { chat, pool, reports } = metered();
    provider.behave(() => ({ outputTokens: 5000, cutAfter: 40 }));
    await expect((await chat({ stream: true, max_tokens: 8000 })).text()).rejects.toThrow(
      "terminated",
    );
    await expectBooksCover(pool, provider);
    const { booked, held } = reports[0] ?? {};
    expect(booked?.inputTokens).toBe(held?.inputTokens);
    expect(booked?.outputTokens).toBeLessThan(256 + 40 * 13);
    expect(booked?.outputTokens).toBeLessThan((held?.outputTokens ?? 0) / 5);
  });

  it("an interrupted answer of a model that may have reasoned out of sight is booked at its whole limit", async () => {
    const { chat, pool, reports } = metered();
    provider.behave(() => ({ reasoningTokens: 700, outputTokens: 50, cutAfter: 5 }));
    const asked = { model: "gpt-5.5", stream: true, max_completion_tokens: 900 };
    await expect((await chat(asked)).text()).rejects.toThrow("terminated");
    await expectBooksCover(pool, provider);
    expect(reports[0]?.booked?.outputTokens).toBe(900);
  });

  it("F47, F48: usage reported twice is not added, and reasoning is counted once", async () => {
    const { chat, pool } = metered();
    provider.behave(() => ({ duplicateUsage: true, reasoningTokens: 30 }));
    await (await chat({ stream: true })).text();
    await expectEqualBooks(pool, provider);
  });

  it("F54: a long context is priced as a whole at the higher price", async () => {
    const { pool, fetch } = metered(50);
    const content = "words and more words ".repeat(60_000);
    const body = { ...CHAT, model: "gpt-5.5", messages: [{ role: "user", content }] };
    await (await fetch(CHAT_URL, post(body))).text();
    expect(provider.total.inputTokens).toBeGreaterThan(272_000);
    await expectEqualBooks(pool, provider);
  });

  it("F45: caches of five minutes and of an hour have prices of their own", async () => {
    const { pool, fetch } = metered();
    provider.behave(() => ({ cachedTokens: 50, cacheWriteTokens: 30, cacheWrite1hTokens: 20 }));
    const messages = [{ role: "user", content: "words ".repeat(200) }];
    const body = { model: "claude-sonnet-4-5", max_tokens: 100, messages };
    await (await fetch(`${ANTHROPIC_URL}/v1/messages`, post(body))).text();
    await (await fetch(`${ANTHROPIC_URL}/v1/messages`, post({ ...body, stream: true }))).text();
    await expectEqualBooks(pool, provider);
  });

  it("F50: counting tokens, listing models and asking for health cost nothing", async () => {
    const { pool, fetch } = metered(0);
    const statuses = [
      await fetch(`${ANTHROPIC_URL}/v1/messages/count_tokens`, post({ model: "x" })),
      await fetch(`${GOOGLE_URL}/v1beta/models/gemini-2.5-flash:countTokens`, post({})),
      await fetch(`${OPENAI_URL}/v1/models`),
      await fetch(`${ANTHROPIC_URL}/api/hello`, { method: "HEAD" }),
    ].map(({ status }) => status);
    expect(statuses).toEqual([200, 200, 200, 200]);
    expect(pool.snapshot().used.calls).toBe(0);
  });

  it("embeddings are priced by their input", async () => {
    const { pool, fetch } = metered();
    const client = new OpenAI({ apiKey: "key", baseURL: `${OPENAI_URL}/v1`, fetch });
    const model = "text-embedding-3-small";
    const answer = await client.embeddings.create({ model, input: ["one", "two"] });
    expect(answer.data[0]?.embedding.length).toBe(8);
    await expectEqualBooks(pool, provider);
  });

  it("Gemini's stream as one array of JSON is booked as the bill", async () => {
    const { pool, fetch } = metered();
    const url = `${GOOGLE_URL}/v1beta/models/gemini-2.5-flash:streamGenerateContent`;
    const answer = await fetch(
      url,
      post({ contents: [{ role: "user", parts: [{ text: "Hi" }] }] }),
    );
    expect(Array.isArray(await answer.json())).toBe(true);
    await expectEqualBooks(pool, provider);
  });

  it("a compressed answer is read and booked", async () => {
    const { pool, chat } = metered();
    provider.behave(() => ({ gzip: true }));
    expect(await (await chat()).json()).toHaveProperty("choices");
    await expectEqualBooks(pool, provider);
  });
});

describe("requests that never arrive", () => {
  it("a connection that cannot be made is released", async () => {
    const closed = await SimulatedProvider.start();
    const { pool, chat, reports } = metered(5, { fetch: closed.fetch });
    await closed.close();
    await expect(chat()).rejects.toThrow("fetch failed");
    expect(reports[0]?.outcome).toBe("released");
    expect(pool.snapshot().openReservations).toBe(0);
  });

  it("a call whose caller has already aborted is never sent", async () => {
    const { pool, fetch } = metered();
    const signal = AbortSignal.abort(new Error("gone"));
    const url = CHAT_URL;
    await expect(fetch(url, { ...post(CHAT), signal })).rejects.toThrow("gone");
    expect(provider.requests.length).toBe(0);
    expect(pool.snapshot()).toMatchObject({ openReservations: 0, used: { calls: 0 } });
  });

  it("a caller that aborts while waiting for room leaves nothing behind", async () => {
    const { pool, fetch } = metered(0.005, { wait: true });
    const hold = pool.reserve({ usd: 0.005 });
    const joined = vi.spyOn(pool, "reserveWhenFree");
    const controller = new AbortController();
    const waiting = fetch(CHAT_URL, { ...post(CHAT), signal: controller.signal });
    await expect.poll(() => joined.mock.calls.length).toBe(1);
    controller.abort(new Error("gone"));
    await expect(waiting).rejects.toThrow("gone");
    hold.release();
    expect(pool.snapshot().openReservations).toBe(0);
    expect(provider.requests.length).toBe(0);
  });

  it("F43: a call that times out after it was sent is booked as it was held", async () => {
    const { pool, fetch, reports } = metered();
    provider.behave(() => ({ hang: true }));
    const controller = new AbortController();
    const sent = fetch(CHAT_URL, { ...post(CHAT), signal: controller.signal });
    await expect.poll(() => provider.requests.length).toBe(1);
    controller.abort(new DOMException("aborted due to timeout", "TimeoutError"));
    await expect(sent).rejects.toThrow(/timeout/);
    expect(reports[0]?.outcome).toBe("unknown");
    await expectBooksCover(pool, provider);
  });

  it("F43: a lost answer in a store is booked as unknown, and can be amended when the bill comes", async () => {
    const pool = await new BudgetStore(new MemoryStore()).pool("run", { caps: { usd: 5 } });
    const reports: ExchangeReport[] = [];
    const fetch = meteredFetch(pool, {
      fetch: provider.fetch,
      onExchange: (report) => reports.push(report),
    });
    provider.behave(() => ({ loseAnswer: true }));
    await expect(fetch(CHAT_URL, post(CHAT))).rejects.toThrow("fetch failed");
    const id = reports[0]?.id ?? "";
    expect((await pool.snapshot()).unknown.usd).toBeGreaterThan(0);
    await pool.amend(id, { inputTokens: 9, outputTokens: 20, usd: 0.000_02 });
    expect((await pool.snapshot()).used.usd).toBe(0.000_02);
  });
});
