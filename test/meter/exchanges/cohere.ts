// Exchanges with Cohere in its own formats, and completions of a text.

import { counts, events, named, RATES } from "./fixture.ts";
import type { ExchangeFixture } from "./fixture.ts";

const HOST = "https://api.cohere.com";
const BILLED = {
  billed_units: { input_tokens: 25, output_tokens: 9 },
  tokens: { input_tokens: 91, output_tokens: 11 },
};
const MESSAGE = { role: "assistant", content: [{ type: "text", text: "Paris it is" }] };
const ASK = {
  model: "command-x",
  messages: [{ role: "user", content: "The capital of France?" }],
  max_tokens: 100,
};
const LINES = [
  { event_type: "stream-start", generation_id: "g" },
  { event_type: "text-generation", text: "Paris" },
  { event_type: "stream-end", response: { text: "Paris", meta: BILLED } },
];

const TEXT = "https://api.openai.com/v1/completions";
const PROMPT = { model: "base-x", prompt: "Once", max_tokens: 50 };
const DONE = {
  object: "text_completion",
  choices: [{ index: 0, text: "…", finish_reason: "stop" }],
};

export const cohereExchanges: readonly ExchangeFixture[] = [
  {
    title: "Cohere: what is billed is less than what the model reads",
    provider: "cohere",
    url: `${HOST}/v2/chat`,
    request: ASK,
    answer: { body: { message: MESSAGE, finish_reason: "COMPLETE", usage: BILLED } },
    expected: { outcome: "used", input: 25, output: 9, usd: 0.000_115, heldOutput: 100 },
  },
  {
    title: "Cohere: a stream of events",
    provider: "cohere",
    url: `${HOST}/v2/chat`,
    request: { ...ASK, stream: true },
    answer: {
      body: named(
        { type: "message-start" },
        { type: "content-delta", delta: { message: { content: { text: "Paris" } } } } as {
          readonly type: string;
        },
        { type: "message-end", delta: { finish_reason: "COMPLETE", usage: BILLED } } as {
          readonly type: string;
        },
      ),
      type: "text/event-stream",
    },
    expected: { outcome: "used", input: 25, output: 9 },
  },
  {
    title: "Cohere: a stream that is cut books what was seen, at least",
    provider: "cohere",
    url: `${HOST}/v2/chat`,
    request: { ...ASK, stream: true },
    answer: {
      body: named({
        type: "content-delta",
        delta: { message: { content: { text: "Paris" } } },
      } as { readonly type: string }),
      type: "text/event-stream",
      isCut: true,
    },
    expected: { outcome: "bounded", usdMin: 0.000_01 },
  },
  {
    title: "Cohere: the first version, whole",
    provider: "cohere",
    url: `${HOST}/v1/chat`,
    request: { model: "command-x", message: "The capital of France?", max_tokens: 100 },
    answer: { body: { text: "Paris", meta: BILLED } },
    expected: { outcome: "used", input: 25, output: 9 },
  },
  {
    title: "Cohere: the first version, a line for each object",
    provider: "cohere",
    url: `${HOST}/v1/chat`,
    request: { model: "command-x", message: "Hi", max_tokens: 100, stream: true },
    answer: { body: LINES.map((line) => `${JSON.stringify(line)}\n`).join("") },
    expected: { outcome: "used", input: 25, output: 9 },
  },
  {
    title: "Cohere: connectors are not bounded",
    provider: "cohere",
    url: `${HOST}/v1/chat`,
    request: { model: "command-x", message: "Hi", connectors: [{ id: "web-search" }] },
    answer: { body: { text: "Paris", meta: BILLED } },
    expected: { outcome: "refused", code: "input_unbounded" },
  },
  {
    title: "Cohere: embeddings",
    provider: "cohere",
    url: `${HOST}/v2/embed`,
    request: { model: "embed-x", texts: ["hello"], input_type: "search_query" },
    answer: {
      body: { embeddings: { float: [[0.1]] }, meta: { billed_units: { input_tokens: 2 } } },
    },
    expected: { outcome: "used", input: 2, output: 0, heldOutput: 0 },
  },
  {
    title: "Cohere: an error costs nothing",
    provider: "cohere",
    url: `${HOST}/v2/chat`,
    request: ASK,
    answer: { status: 404, body: { message: "model not found" } },
    expected: { outcome: "released" },
  },
  {
    title: "completions: each prompt of a list is answered, and the best of some",
    provider: "openai",
    url: TEXT,
    request: { ...PROMPT, prompt: ["Once", "Twice"], n: 1, best_of: 3 },
    answer: { body: { ...DONE, usage: counts(100, 200) } },
    expected: { outcome: "used", input: 100, output: 200, heldOutput: 300 },
  },
  {
    title: "completions: a list of tokens is one prompt",
    provider: "openai",
    url: TEXT,
    request: { ...PROMPT, prompt: [11, 12, 13] },
    answer: { body: { ...DONE, usage: counts(3, 20) } },
    expected: { outcome: "used", input: 3, output: 20, heldOutput: 50 },
  },
  {
    title: "completions: without a limit OpenAI writes sixteen tokens",
    provider: "openai",
    url: TEXT,
    request: { model: "base-x", prompt: "Once" },
    answer: { body: { ...DONE, usage: counts(1, 16) } },
    expected: { outcome: "used", output: 16, heldOutput: 16 },
  },
  {
    title: "completions: a stream without usage is booked by what was seen",
    provider: "unknown",
    url: "http://localhost:8000/v1/completions",
    request: { ...PROMPT, stream: true },
    prices: { "base-x": RATES },
    answer: {
      body: events({ choices: [{ index: 0, text: "tele", finish_reason: "length" }] }, "[DONE]"),
      type: "text/event-stream",
    },
    expected: { outcome: "bounded", outputMin: 4 },
  },
  {
    title: "a conversation is summed up: there is no limit to how long",
    provider: "openai",
    url: "https://api.openai.com/v1/responses/compact",
    request: { model: "gpt-x", input: [{ role: "user", content: "What is 2+2?" }] },
    answer: {
      body: {
        object: "response.compaction",
        output: [],
        usage: { input_tokens: 156, output_tokens: 190, total_tokens: 346 },
      },
    },
    expected: { outcome: "used", input: 156, output: 190, heldOutput: 32_000 },
  },
  {
    title: "Gemini: embeddings that report nothing are booked as they were held",
    provider: "google",
    url: "https://generativelanguage.googleapis.com/v1beta/models/embedding-x:batchEmbedContents",
    request: {
      requests: [{ model: "models/embedding-x", content: { parts: [{ text: "hello" }] } }],
    },
    answer: { body: { embeddings: [{ values: [0.1] }] } },
    expected: { outcome: "bounded", output: 0, heldOutput: 0 },
  },
  {
    title: "Gemini: embeddings that report their tokens",
    provider: "vertex",
    url: "https://aiplatform.googleapis.com/v1/projects/p/locations/global/publishers/google/models/embedding-x:embedContent",
    request: { content: { parts: [{ text: "hello" }] } },
    answer: {
      body: { embedding: { values: [0.1] }, usageMetadata: { promptTokenCount: 11 } },
    },
    expected: { outcome: "used", input: 11, output: 0 },
  },
];
