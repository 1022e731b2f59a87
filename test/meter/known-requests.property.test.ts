import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { BudgetPool } from "../../src/index.ts";
import type { ExchangeReport } from "../../src/meter/index.ts";
import { meteredFetch } from "../../src/meter/index.ts";

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
