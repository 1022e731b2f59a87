// Anthropic's messages.

import { named, RATES } from "./fixture.ts";
import type { ExchangeFixture } from "./fixture.ts";

const MESSAGES = "https://api.anthropic.com/v1/messages";
const OPUS = "claude-opus-4-8";

function ask(model: string, more: object = {}): object {
  return { model, max_tokens: 1000, messages: [{ role: "user", content: "Hi" }], ...more };
}

function message(usage: object, more: object = {}): object {
  return { type: "message", content: [{ type: "text", text: "Hello!" }], usage, ...more };
}

interface Event {
  readonly type: string;
}

function start(usage: object): Event {
  return { type: "message_start", message: { usage } } as Event;
}

function text(content: string): Event {
  return { type: "content_block_delta", delta: { type: "text_delta", text: content } } as Event;
}

function end(usage: object): Event {
  return { type: "message_delta", delta: { stop_reason: "end_turn" }, usage } as Event;
}

const STOP: Event = { type: "message_stop" };

export const anthropicExchanges: readonly ExchangeFixture[] = [
  {
    title: "a whole message, with both caches",
    provider: "anthropic",
    url: MESSAGES,
    request: ask("claude-haiku-4-5"),
    answer: {
      body: message({
        input_tokens: 100,
        cache_read_input_tokens: 1000,
        cache_creation_input_tokens: 300,
        cache_creation: { ephemeral_5m_input_tokens: 200, ephemeral_1h_input_tokens: 100 },
        output_tokens: 10,
      }),
    },
    // 100 + 1,000 × 0.1 + 200 × 1.25 + 100 × 2 + 10 × 10 millionths.
    expected: { outcome: "used", input: 1400, output: 10, usd: 0.000_75 },
  },
  {
    title: "a stream",
    provider: "anthropic",
    url: MESSAGES,
    request: ask("claude-haiku-4-5", { stream: true }),
    answer: {
      body: named(
        start({ input_tokens: 100, output_tokens: 1 }),
        text("Hello!"),
        end({ output_tokens: 10 }),
        STOP,
      ),
    },
    expected: { outcome: "used", input: 100, output: 10, usd: 0.0002 },
  },
  {
    title: "compaction is a pass of its own (U1, A01, m07)",
    provider: "anthropic",
    url: MESSAGES,
    request: ask("claude-haiku-4-5", {
      context_management: { edits: [{ type: "compact_20260112" }] },
    }),
    answer: {
      body: message({
        input_tokens: 600,
        output_tokens: 300,
        iterations: [
          { type: "compaction", input_tokens: 60_000, output_tokens: 500 },
          { type: "message", input_tokens: 600, output_tokens: 300 },
        ],
      }),
    },
    expected: { outcome: "used", input: 60_600, output: 800, usd: 0.0686, heldInputMin: 60_600 },
  },
  {
    title: "an advisor is another model, at its own price (U2, A02)",
    provider: "anthropic",
    url: MESSAGES,
    request: ask("claude-haiku-4-5", { tools: [{ type: "advisor_20260301", name: "advisor" }] }),
    options: { unbounded: "overage" },
    prices: { [`anthropic/${OPUS}`]: { inputTokens: 5, outputTokens: 25 } },
    answer: {
      body: message({
        input_tokens: 1000,
        output_tokens: 500,
        iterations: [
          { type: "message", input_tokens: 500, output_tokens: 200 },
          { type: "advisor_message", model: OPUS, input_tokens: 60_000, output_tokens: 2000 },
          { type: "message", input_tokens: 500, output_tokens: 300 },
        ],
      }),
    },
    // 0.006 for the one, 0.35 for the other.
    expected: { outcome: "used", input: 61_000, output: 2500, usd: 0.356 },
  },
  {
    title: "an advisor is refused otherwise",
    provider: "anthropic",
    url: MESSAGES,
    request: ask("claude-haiku-4-5", { tools: [{ type: "advisor_20260301", name: "advisor" }] }),
    answer: { body: message({}) },
    expected: { outcome: "refused", code: "input_unbounded" },
  },
  {
    title: "a pass that is not known is booked, unsure",
    provider: "anthropic",
    url: MESSAGES,
    request: ask("claude-haiku-4-5"),
    answer: {
      body: message({
        input_tokens: 100,
        output_tokens: 10,
        iterations: [{ type: "daydream", input_tokens: 1000, output_tokens: 100 }],
      }),
    },
    expected: { outcome: "bounded", usdMin: 0.0022, doubts: ["daydream"] },
  },
  {
    title: "zeros at the end do not take back what was counted (A07)",
    provider: "anthropic",
    url: MESSAGES,
    request: ask("claude-haiku-4-5", { stream: true }),
    answer: {
      body: named(
        start({ input_tokens: 30_000, cache_read_input_tokens: 50_000, output_tokens: 1 }),
        text("Hello!"),
        end({ input_tokens: 0, output_tokens: 400 }),
        STOP,
      ),
    },
    expected: { outcome: "used", input: 80_000, output: 400, usd: 0.039 },
  },
  {
    title: "fast stays fast, whatever the tier is called (A03)",
    provider: "anthropic",
    url: MESSAGES,
    request: ask("claude-opus-4-6", { speed: "fast" }),
    options: {},
    prices: { "anthropic/claude-opus-4-6": RATES },
    answer: {
      body: message({
        input_tokens: 100,
        output_tokens: 10,
        service_tier: "standard",
        speed: "fast",
      }),
    },
    expected: { outcome: "used", usdMin: 0.0004 },
  },
  {
    title: "an error in place of a stream costs what it does with its own status (A15)",
    provider: "anthropic",
    url: MESSAGES,
    request: ask("claude-haiku-4-5", { stream: true }),
    answer: { body: named({ type: "error", error: { type: "overloaded_error" } } as Event) },
    expected: { outcome: "released" },
  },
  {
    title: "an error behind an event that cannot be read may have come after output: the bound",
    provider: "anthropic",
    url: MESSAGES,
    request: ask("claude-haiku-4-5", { stream: true, max_tokens: 500 }),
    answer: {
      body: `data: {"type": "content_block_delta", "delta\n\n${named({ type: "error", error: { type: "overloaded_error" } } as Event)}`,
    },
    expected: { outcome: "bounded", output: 500 },
  },
  {
    title: "thinking that is not shown is bounded by the limit when the stream is cut (A13)",
    provider: "anthropic",
    url: MESSAGES,
    request: ask("claude-sonnet-5", { stream: true, max_tokens: 5000 }),
    answer: {
      body: named(start({ input_tokens: 100, output_tokens: 1 }), {
        type: "content_block_start",
        content_block: { type: "thinking", thinking: "", signature: "abc" },
      } as Event),
      isCut: true,
    },
    expected: { outcome: "bounded", input: 100, output: 5000 },
  },
  {
    title: "a model that thinks in sight: only what was seen is booked when the stream is cut",
    provider: "anthropic",
    url: MESSAGES,
    request: ask("claude-haiku-4-5", { stream: true, max_tokens: 5000 }),
    answer: { body: named(start({ input_tokens: 100 }), text("Hello!")), isCut: true },
    expected: { outcome: "bounded", input: 100, output: 262 },
  },
  {
    title: "a search is held at its fee and booked by its count",
    provider: "anthropic",
    url: MESSAGES,
    request: ask("claude-haiku-4-5", {
      tools: [{ type: "web_search_20250305", name: "web_search", max_uses: 2 }],
    }),
    answer: {
      body: message({
        input_tokens: 10_000,
        output_tokens: 100,
        server_tool_use: { web_search_requests: 2 },
      }),
    },
    expected: { outcome: "used", usd: 0.031, heldUsdMin: 0.02, heldInputMin: 200_000 },
  },
  {
    title: "a search without a limit is given one",
    provider: "anthropic",
    url: MESSAGES,
    request: ask("claude-haiku-4-5", {
      tools: [{ type: "web_search_20250305", name: "web_search" }],
    }),
    answer: { body: message({ input_tokens: 1000, output_tokens: 10 }) },
    expected: {
      outcome: "used",
      forwarded: { tools: [{ type: "web_search_20250305", name: "web_search", max_uses: 10 }] },
    },
  },
  {
    title: "a search of tools finds what is in the request (R2)",
    provider: "anthropic",
    url: MESSAGES,
    request: ask("claude-haiku-4-5", { tools: [{ type: "tool_search_tool_bm25_20251119" }] }),
    answer: { body: message({ input_tokens: 1000, output_tokens: 10 }) },
    expected: { outcome: "used", usd: 0.0011 },
  },
  {
    title: "the arguments of a tool are the caller's own, whatever they look like (m03)",
    provider: "anthropic",
    url: MESSAGES,
    request: ask("claude-haiku-4-5", {
      messages: [
        {
          role: "assistant",
          content: [
            {
              type: "tool_use",
              id: "a",
              name: "draw",
              input: {
                type: "image",
                source: { type: "base64", media_type: "image/png", data: "A".repeat(90_000) },
              },
            },
          ],
        },
      ],
    }),
    answer: { body: message({ input_tokens: 90_000, output_tokens: 10 }) },
    expected: { outcome: "used", heldInputMin: 90_000 },
  },
];
