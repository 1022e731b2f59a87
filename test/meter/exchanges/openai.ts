// OpenAI and Azure: chat completions and Responses.

import {
  ANY_NUMBER,
  chat,
  chunks,
  completion,
  counts,
  delta,
  events,
  named,
  RATES,
} from "./fixture.ts";
import { priceBook } from "../../../src/prices/index.ts";
import type { ExchangeFixture } from "./fixture.ts";

const CHAT = "https://api.openai.com/v1/chat/completions";
const RESPONSES = "https://api.openai.com/v1/responses";
const AZURE = "https://mine.openai.azure.com/openai/deployments/gpt-4o/chat/completions";

function response(usage: object, more: object = {}): object {
  return { object: "response", status: "completed", output: [], usage, ...more };
}

const usage = { input_tokens: 100, output_tokens: 20, total_tokens: 120 };

export const openaiExchanges: readonly ExchangeFixture[] = [
  {
    title: "usage is asked for where the caller has not, and taken out again",
    provider: "openai",
    url: CHAT,
    request: chat("gpt-4o", { stream: true }),
    answer: { body: chunks(counts(20, 5)) },
    expected: {
      outcome: "used",
      usd: 0.000_07,
      forwarded: { stream_options: { include_usage: true } },
    },
  },
  {
    title: "a region costs a tenth more for newer models",
    provider: "openai",
    url: "https://eu.api.openai.com/v1/chat/completions",
    request: chat("gpt-5.4", { max_completion_tokens: 100 }),
    answer: { body: completion(counts(1000, 100)) },
    expected: { outcome: "used", usd: 0.0022 },
  },
  {
    title: "a region costs nothing more for older models",
    provider: "openai",
    url: "https://eu.api.openai.com/v1/chat/completions",
    request: chat("gpt-4o", { max_completion_tokens: 100 }),
    answer: { body: completion(counts(1000, 100)) },
    expected: { outcome: "used", usd: 0.002 },
  },
  {
    title: "a store of the provider's in an unknown field is no label",
    provider: "openai",
    url: CHAT,
    request: chat("gpt-4o", { vector_store_ids: ["vs_1"] }),
    answer: { body: completion(counts(1000, 100)) },
    expected: { outcome: "refused", code: "input_unbounded" },
  },
  {
    title: "a call without a limit is not changed while there is room (W2)",
    provider: "openai",
    url: CHAT,
    request: chat("gpt-3.5-turbo"),
    answer: { body: completion(counts(20, 5)) },
    expected: { outcome: "used", heldOutput: 32_000 },
  },
  {
    title: "what is written is no more than the model takes (W2, A25)",
    provider: "openai",
    url: CHAT,
    request: chat("gpt-3.5-turbo"),
    prices: { "openai/gpt-3.5-turbo": { ...RATES, context: 16_385, outputMax: 4096 } },
    capUsd: 0.03,
    answer: { body: completion(counts(20, 5)) },
    expected: { outcome: "used", forwarded: { max_completion_tokens: ANY_NUMBER } },
  },
  {
    title: "Azure, an old version of the API: neither new field is known (W4)",
    provider: "azure",
    url: `${AZURE}?api-version=2024-02-01`,
    request: chat("gpt-4o", { stream: true }),
    capUsd: 0.02,
    answer: { body: chunks(counts(20, 5)) },
    expected: { outcome: "used", forwarded: { max_tokens: ANY_NUMBER } },
  },
  {
    title: "Azure AI inference: neither new field is known (W4)",
    provider: "azure",
    url: "https://mine.services.ai.azure.com/models/chat/completions?api-version=2024-05-01-preview",
    request: chat("gpt-4o", { stream: true }),
    answer: { body: chunks(counts(20, 5)) },
    expected: { outcome: "used" },
  },
  {
    title: "pro models are billed beyond their limit (B5)",
    provider: "openai",
    url: RESPONSES,
    request: { model: "o1-pro", input: "Hi", max_output_tokens: 100 },
    answer: { body: response({ input_tokens: 10, output_tokens: 164, total_tokens: 174 }) },
    expected: { outcome: "used", output: 164, heldOutput: 32_000 },
  },
  {
    title: "the mode pro runs several passes, each billed (B4)",
    provider: "openai",
    url: RESPONSES,
    request: { model: "gpt-5.6", input: "Hi", reasoning: { mode: "pro" } },
    answer: { body: response(usage) },
    expected: { outcome: "refused", code: "input_unbounded" },
  },
  {
    title: "a search of tools finds what is in the request (R1)",
    provider: "openai",
    url: RESPONSES,
    request: { model: "gpt-5.4", input: "Hi", tools: [{ type: "tool_search" }] },
    answer: { body: response(usage) },
    expected: { outcome: "used", usd: 0.0003 },
  },
  {
    title: "searches are held and booked, opening a page is none (A39)",
    provider: "openai",
    url: RESPONSES,
    request: { model: "gpt-5", input: "Hi", tools: [{ type: "web_search" }], max_tool_calls: 3 },
    answer: {
      body: response(usage, {
        output: [
          { type: "web_search_call", action: { type: "search" } },
          { type: "web_search_call", action: { type: "open_page" } },
        ],
      }),
    },
    expected: { outcome: "used", usd: 0.0103, heldUsdMin: 0.03 },
  },
  {
    title: "searches of files are held and booked, however many queries each has",
    provider: "openai",
    url: RESPONSES,
    request: { model: "gpt-5", input: "Hi", tools: [{ type: "file_search" }], max_tool_calls: 4 },
    prices: { "openai/gpt-5": { ...RATES, fileSearches: 2.5 } },
    answer: {
      body: response(usage, {
        output: [
          { type: "file_search_call", queries: ["one", "two"] },
          { type: "file_search_call", queries: ["three"] },
        ],
      }),
    },
    expected: { outcome: "used", usd: 0.0053, heldUsdMin: 0.01 },
  },
  {
    title: "no tier was asked for, and the answer was served as priority (A20, m07)",
    provider: "openai",
    url: CHAT,
    request: chat("gpt-4o"),
    answer: { body: completion(counts(100, 20), { service_tier: "priority" }) },
    expected: { outcome: "used", usd: 0.0006 },
  },
  {
    title: "a tier that is not known is booked at the dearest that is, unsure (A37)",
    provider: "openai",
    url: CHAT,
    request: chat("gpt-4o"),
    answer: { body: completion(counts(100, 20), { service_tier: "ultra" }) },
    expected: { outcome: "bounded", usdMin: 0.0006, doubts: ['the service "ultra"'] },
  },
  {
    title: "output that only the total shows (A06)",
    provider: "openai",
    url: CHAT,
    request: chat("gpt-5.5"),
    answer: { body: completion(counts(12, 5, { total_tokens: 817 })) },
    expected: { outcome: "used", input: 12, output: 805 },
  },
  {
    title: "writes to a cache inside of the prompt, by a gateway's name (A12)",
    provider: "openai",
    url: CHAT,
    request: chat("gpt-4o"),
    answer: {
      body: completion({
        ...counts(50_000, 0, { total_tokens: 50_000 }),
        completion_tokens: 10,
        total_tokens: 50_010,
        prompt_tokens_details: { cache_creation_tokens: 40_000 },
      }),
    },
    expected: { outcome: "used", usd: 0.0601 },
  },
  {
    title: "zeros beside 3,000 bytes of answer are no report (A08)",
    provider: "openai",
    url: CHAT,
    request: chat("gpt-4o", { max_tokens: 4000 }),
    answer: {
      body: completion(counts(0, 0), {
        choices: [{ message: { content: "word ".repeat(600) }, finish_reason: "stop" }],
      }),
    },
    expected: { outcome: "bounded", output: 4000 },
  },
  {
    title: "zeros with every chunk, cut: what was seen is booked (A09)",
    provider: "openai",
    url: CHAT,
    request: chat("gpt-4o", { stream: true, max_tokens: 9000 }),
    answer: {
      body: events(
        ...Array.from({ length: 40 }, () => ({ ...delta("some words "), usage: counts(0, 0) })),
      ),
      isCut: true,
    },
    expected: {
      outcome: "bounded",
      outputMin: 440,
      usdMax: 0.02,
      forwarded: { stream_options: { include_usage: true } },
    },
  },
  {
    title: "speech that was sent before the stream was cut is output (A14)",
    provider: "openai",
    url: CHAT,
    request: chat("gpt-4o", { stream: true, max_tokens: 9000 }),
    answer: {
      body: events({ choices: [{ index: 0, delta: { audio: { data: "A".repeat(2000) } } }] }),
      isCut: true,
    },
    expected: {
      outcome: "bounded",
      outputMin: 2000,
      forwarded: { stream_options: { include_usage: true } },
    },
  },
  {
    title: "events that are labelled as plain text are read (A35)",
    provider: "openai",
    url: CHAT,
    request: chat("gpt-4o", { stream: true, stream_options: { include_usage: true } }),
    answer: { type: "text/plain", body: chunks(counts(20, 5)) },
    expected: { outcome: "used", usd: 0.000_07 },
  },
  {
    title: "an error in a success costs nothing (A42)",
    provider: "openai",
    url: CHAT,
    request: chat("gpt-4o"),
    answer: { body: { choices: null, error: { code: 429, message: "slow down" } } },
    expected: { outcome: "released" },
  },
  {
    title: "a response that failed without usage costs nothing (A15)",
    provider: "openai",
    url: RESPONSES,
    request: { model: "gpt-5", input: "Hi", stream: true },
    answer: {
      body: named({ type: "response.created" }, { type: "error", code: "server_error" } as {
        type: string;
      }),
    },
    expected: { outcome: "released" },
  },
  {
    title: "null is left out, as Python's clients write it (A36)",
    provider: "openai",
    url: CHAT,
    request: chat("gpt-4o", { web_search_options: null, n: null, tools: null }),
    answer: { body: completion(counts(20, 5)) },
    expected: { outcome: "used" },
  },
  {
    title: "what may have been generated is not released at status 499 (A47)",
    provider: "openai",
    url: CHAT,
    request: chat("gpt-4o", { max_tokens: 100 }),
    answer: { status: 499, body: { error: { message: "closed" } } },
    expected: { outcome: "unknown", output: 100 },
  },
  {
    title: "a count that is not known makes the booking unsure",
    provider: "openai",
    url: CHAT,
    request: chat("gpt-4o"),
    answer: { body: completion(counts(100, 20, { hologram_tokens: 7 })) },
    expected: { outcome: "bounded", usdMin: 0.0003, doubts: ["hologram_tokens"] },
  },
  {
    title: "sound at a price of the user's own that has none for it is refused (m09)",
    provider: "openai",
    url: CHAT,
    request: chat("gpt-4o-audio-preview", { modalities: ["text", "audio"], max_tokens: 100 }),
    answer: { body: completion(counts(20, 5)) },
    expected: { outcome: "refused", code: "price_unknown" },
  },
  {
    title: "sound at a price of the user's own is held at that price where it has one",
    provider: "openai",
    url: CHAT,
    request: chat("gpt-4o-audio-preview", { modalities: ["text", "audio"], max_tokens: 100 }),
    prices: { "openai/gpt-4o-audio-preview": { ...RATES, outputAudioTokens: 80 } },
    answer: {
      body: completion({
        ...counts(20, 60),
        completion_tokens_details: { audio_tokens: 50, text_tokens: 10 },
      }),
    },
    expected: { outcome: "used", output: 60, usd: 0.004_12, heldUsdMin: 0.008 },
  },
  {
    title: "a stored prompt without a model: the user says which one it is (A30)",
    provider: "openai",
    url: RESPONSES,
    request: { prompt: { id: "pmpt_1" }, max_output_tokens: 100 },
    options: { models: { pmpt_1: "openai/gpt-4o" } },
    answer: { body: response(usage, { model: "gpt-4o-2024-08-06" }) },
    // At the listed price: $2.50 a million in, $10 out; the whole window is held.
    expected: { outcome: "used", usd: 0.000_45, heldInputMin: 128_000 },
  },
  {
    title:
      "a stored prompt without a model: the dearest is held, and the model that answered booked",
    provider: "openai",
    url: RESPONSES,
    request: { prompt: { id: "pmpt_1" }, max_output_tokens: 100 },
    options: { unknownModel: "dearest", prices: priceBook },
    answer: { body: response(usage, { model: "gpt-4o-2024-08-06" }) },
    expected: {
      outcome: "bounded",
      usd: 0.000_45,
      doubts: ["the model has no price: the highest of its provider is used"],
    },
  },
];
