import { setTimeout } from "node:timers/promises";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { BudgetPool } from "../../src/index.ts";
import type { Caps } from "../../src/index.ts";
import type { ExchangeReport } from "../../src/meter/index.ts";
import { meteredFetch } from "../../src/meter/index.ts";
import type { PoolSource } from "../../src/meter/metered-pool.ts";

const runs = Number(process.env["METER_INPUTS"] ?? 60);

const ADDRESSES = [
  "https://api.openai.com/v1/chat/completions",
  "https://inference.example/v1/chat/completions",
  "https://openrouter.ai/api/v1/chat/completions",
  "https://api.anthropic.com/v1/messages",
] as const;
const MODELS = ["gpt-4o-mini", "gpt-5.4", "claude-sonnet-4-5", "anthropic/claude-sonnet-4-5"];

/** Texts that JSON, a tokenizer or a cache may take for something else. */
const texts = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc.constantFrom("cache_control", "1h", 'a "quoted" text', "], [", "\u00e9\ufb01", "messages"),
  fc.integer({ min: 0, max: 4000 }).map((length) => "long ".repeat(length)),
);
const blocks = fc.oneof(
  texts.map((text) => ({ type: "text", text })),
  texts.map((text) => ({ type: "text", text, cache_control: { type: "ephemeral" } })),
  texts.map((content) => ({ type: "tool_result", tool_use_id: "a", content })),
  fc.constant({ type: "image_url", image_url: { url: "https://example.org/a.png" } }),
  fc.constant({ type: "document", source: { type: "text", data: "A document." } }),
);
const turns = fc.array(
  fc.record(
    {
      role: fc.constantFrom("user", "assistant", "tool"),
      content: fc.oneof({ weight: 3, arbitrary: texts }, fc.constant(null), fc.array(blocks)),
      audio: fc.constant({ id: "audio_a" }),
      tool_calls: fc.array(texts, { maxLength: 2 }),
    },
    { requiredKeys: ["role", "content"] },
  ),
  { maxLength: 4 },
);
/** What stands beside the turns, some of it behind them. */
const frames = fc.record(
  {
    model: fc.constantFrom(...MODELS),
    max_tokens: fc.constantFrom(1, 100, 4096, "100", 0),
    messages: fc.constant([]),
    temperature: fc.constantFrom(0, 1),
    n: fc.constantFrom(1, 2),
    system: texts,
    service_tier: fc.constantFrom("flex", "standard_only", "unknown"),
    stop: fc.constant(["messages"]),
    tools: fc.constant([{ type: "function", function: { name: "f", parameters: {} } }]),
    anthropic_beta: fc.constant(["context-1m-2025-08-07"]),
  },
  { requiredKeys: ["model", "max_tokens", "messages"] },
);
const calls = fc.record({
  turns,
  /** Whether the body is written with `\u` in place of what is not ASCII, as Python does. */
  isEscaped: fc.boolean(),
  beta: fc.option(fc.constantFrom("context-1m-2025-08-07"), { nil: undefined }),
});

interface Answered {
  readonly status: number;
  readonly text: string;
  readonly sent: unknown;
  readonly report: Partial<ExchangeReport>;
}

/** A meter on a pool, and what it makes of a call. */
function meterOn(pool: BudgetPool): (url: string, init: RequestInit) => Promise<Answered> {
  let sent: unknown;
  let report: ExchangeReport | undefined;
  const fetched = meteredFetch(pool, {
    countsBytesMax: 0,
    countTokens: false,
    wait: false,
    fetch: (_url, init) => {
      sent = init?.body;
      const usage = { prompt_tokens: 3, completion_tokens: 5, input_tokens: 3, output_tokens: 5 };
      return Promise.resolve(Response.json({ type: "message", choices: [], usage }));
    },
    onExchange: (each) => (report = each),
  });
  return async (url, init) => {
    sent = undefined;
    const answer = await fetched(url, init);
    const text = await answer.text();
    return { status: answer.status, text, sent, report: { ...report, durationMs: 0 } };
  };
}

function escaped(text: string): string {
  return text.replace(
    /[^\0-\u007F]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function initOf(
  frame: object,
  { turns: messages, isEscaped, beta }: typeof calls extends fc.Arbitrary<infer T> ? T : never,
): RequestInit {
  const text = JSON.stringify({ ...frame, messages });
  const headers = {
    "content-type": "application/json",
    ...(beta !== undefined && { "Anthropic-Beta": beta }),
  };
  return { method: "POST", headers, body: isEscaped ? escaped(text) : text };
}

describe("a request that differs from an earlier one in its turns alone", () => {
  it("is held, sent, booked and reported as if it were the first", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...ADDRESSES),
        frames,
        fc.array(calls, { minLength: 2, maxLength: 6 }),
        fc.constantFrom(0.002, 0.5, 1000),
        async (url, frame, series, usd) => {
          const [pool, other] = [
            new BudgetPool({ caps: { usd } }),
            new BudgetPool({ caps: { usd } }),
          ];
          const remembers = meterOn(pool);
          for (const call of series) {
            const init = initOf(frame, call);
            // oxlint-disable-next-line no-await-in-loop -- one after the other
            const [found, wanted] = [await remembers(url, init), await meterOn(other)(url, init)];
            expect(found).toEqual(wanted);
            expect(pool.snapshot()).toEqual({ ...other.snapshot() });
          }
        },
      ),
      { numRuns: runs },
    );
  });
});

/** A conversation that grows or begins anew, for one of two accounts, and what becomes of a call. */
const steps = fc.record({
  words: fc.integer({ min: 0, max: 300 }),
  isNew: fc.boolean(),
  isMarked: fc.boolean(),
  account: fc.constantFrom("one", "another"),
  status: fc.constantFrom(200, 200, 200, 400, 500),
});
type Step = typeof steps extends fc.Arbitrary<infer T> ? T : never;

const MESSAGES_URL = "https://api.anthropic.com/v1/messages";

/** A meter that counts, and what it makes of the steps of a conversation. */
function countingOn(pool: PoolSource): (step: Step, body: string) => Promise<unknown> {
  const sent: unknown[] = [];
  const reports: unknown[] = [];
  let status = 200;
  const fetched = meteredFetch(pool, {
    cacheReads: "expected",
    wait: false,
    fetch: (input, init) => {
      const { url } = new Request(input);
      const text = typeof init?.body === "string" ? init.body : "";
      sent.push([url, text]);
      const tokens = Math.ceil(text.length / 5);
      if (url.endsWith("/count_tokens"))
        return Promise.resolve(Response.json({ input_tokens: tokens }));
      const cached = text.includes("cache_control") ? Math.floor(tokens / 2) : 0;
      const usage = {
        input_tokens: tokens - cached,
        cache_read_input_tokens: cached,
        output_tokens: 5,
      };
      const answer = { id: "message", type: "message", model: "claude-sonnet-4-5", usage };
      return Promise.resolve(Response.json(answer, { status }));
    },
    onExchange: ({ error, ...report }) =>
      reports.push({ ...report, error: error?.message, id: undefined, durationMs: 0 }),
  });
  return async (step, body) => {
    ({ status } = step);
    const headers = { "x-api-key": step.account };
    const answer = await fetched(MESSAGES_URL, { method: "POST", headers, body });
    const text = await answer.text();
    // What a call teaches is learned beside it.
    await setTimeout(2);
    return [answer.status, text, sent.splice(0), reports.splice(0)];
  };
}

describe("a call that is like an earlier one", () => {
  it("teaches the meter what any other call teaches it", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(steps, { minLength: 4, maxLength: 10 }),
        fc.constantFrom<Caps>({ usd: 0.02 }, { usd: 0.05 }, { tokens: 8000 }),
        async (series, caps) => {
          const [pool, other] = [new BudgetPool({ caps }), new BudgetPool({ caps })];
          // Where a function returns the pool, each call is read as if it were the first.
          const [one, another] = [countingOn(pool), countingOn(() => other)];
          let messages: object[] = [];
          for (const step of series) {
            const text = "word ".repeat(step.words);
            const mark = step.isMarked && { cache_control: { type: "ephemeral" } };
            if (step.isNew) messages = [];
            messages.push({ role: "user", content: [{ type: "text", text, ...mark }] });
            const body = JSON.stringify({ model: "claude-sonnet-4-5", max_tokens: 50, messages });
            // oxlint-disable-next-line no-await-in-loop -- one after the other
            expect(await one(step, body)).toEqual(await another(step, body));
            expect(pool.snapshot()).toEqual({ ...other.snapshot() });
          }
        },
      ),
      { numRuns: runs },
    );
  });
});
