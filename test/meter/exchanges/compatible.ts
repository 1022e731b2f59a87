// What providers differ in that speak OpenAI's chat format.

import { ANY_NUMBER, chat, chunks, completion, counts, delta, events, RATES } from "./fixture.ts";
import type { ExchangeFixture } from "./fixture.ts";

const XAI = "https://api.x.ai/v1/chat/completions";
const MISTRAL = "https://api.mistral.ai/v1/chat/completions";
const GROQ = "https://api.groq.com/openai/v1/chat/completions";
const MOONSHOT = "https://api.moonshot.ai/v1/chat/completions";
const DEEPSEEK = "https://api.deepseek.com/chat/completions";

export const compatibleExchanges: readonly ExchangeFixture[] = [
  {
    title: "xAI: no limit covers reasoning, which is billed beside the completion (B1)",
    provider: "xai",
    url: XAI,
    request: chat("grok-3-mini", { max_completion_tokens: 10 }),
    answer: {
      body: completion({
        ...counts(40, 10, { total_tokens: 350 }),
        completion_tokens_details: { reasoning_tokens: 300 },
      }),
    },
    expected: { outcome: "used", input: 40, output: 310, usd: 0.003_14, heldOutput: 32_000 },
  },
  {
    title: "xAI: a prompt of its own stands before the first message (B2)",
    provider: "xai",
    url: XAI,
    request: chat("grok-4"),
    answer: { body: completion(counts(690, 10)) },
    expected: { outcome: "used", input: 690, output: 10, heldInputMin: 690 },
  },
  {
    title: "xAI: the charge in ticks is the whole charge, searches among it (U8, A21)",
    provider: "xai",
    url: XAI,
    request: chat("grok-4"),
    answer: { body: completion(counts(100, 20, { cost_in_usd_ticks: 505_000_000 })) },
    expected: { outcome: "used", input: 100, output: 20, usd: 0.0505 },
  },
  {
    title: "Mistral: nothing is added to a stream, whose last chunk has the usage (W1)",
    provider: "mistral",
    url: MISTRAL,
    request: chat("mistral-small-latest", { stream: true, max_tokens: 5 }),
    answer: { body: events(delta("Hi"), { ...delta("", "stop"), usage: counts(30, 5) }, "[DONE]") },
    expected: { outcome: "used", input: 30, output: 5, usd: 0.000_08 },
  },
  {
    title: "Mistral: audio is counted beside the prompt (U5)",
    provider: "mistral",
    url: MISTRAL,
    request: chat("voxtral-small-latest"),
    answer: { body: completion({ ...counts(9, 250, { total_tokens: 634 }), audio_tokens: 375 }) },
    expected: { outcome: "used", input: 384, output: 250 },
  },
  {
    title: "Mistral: conversations run a model and are not free (A24)",
    provider: "mistral",
    url: "https://api.mistral.ai/v1/conversations",
    request: chat("mistral-small-latest"),
    answer: { body: {} },
    expected: { outcome: "refused", code: "input_unbounded" },
  },
  {
    title: "Groq: on_demand is its word for the default (O1, A04)",
    provider: "groq",
    url: GROQ,
    request: chat("llama-3.1-8b-instant"),
    answer: { body: completion(counts(40, 60), { service_tier: "on_demand" }) },
    expected: { outcome: "used", input: 40, output: 60, usd: 0.000_64 },
  },
  {
    title: "Groq: on_demand in a request is the default (O2)",
    provider: "groq",
    url: GROQ,
    request: chat("llama-3.1-8b-instant", { service_tier: "on_demand" }),
    answer: { body: completion(counts(40, 60)) },
    expected: { outcome: "used", usd: 0.000_64 },
  },
  {
    title: "a tier of no words is the default (O3)",
    provider: "openai",
    url: "https://api.openai.com/v1/chat/completions",
    request: chat("gpt-4o"),
    answer: { body: completion(counts(40, 60), { service_tier: "" }) },
    expected: { outcome: "used", usd: 0.000_64 },
  },
  {
    title: "DeepSeek: a model answers that is dearer than the one that was asked for (U9)",
    provider: "deepseek",
    url: DEEPSEEK,
    request: chat("deepseek-chat"),
    prices: { "deepseek/deepseek-v9": { inputTokens: 3, outputTokens: 30 } },
    answer: { body: completion(counts(100, 10), { model: "deepseek-v9" }) },
    expected: { outcome: "used", usd: 0.0006 },
  },
  {
    title: "DeepSeek: hits of the cache at the top, and a limit that it passes over",
    provider: "deepseek",
    url: DEEPSEEK,
    request: chat("deepseek-chat", { max_completion_tokens: 50 }),
    answer: {
      body: completion({
        ...counts(100, 10),
        prompt_cache_hit_tokens: 60,
        prompt_cache_miss_tokens: 40,
      }),
    },
    // Nothing limits its answer: the model's own maximum is held.
    expected: { outcome: "used", usd: 0.000_146, heldOutput: 32_000 },
  },
  {
    title: "Moonshot: usage stands in the last choice (A10)",
    provider: "moonshot",
    url: MOONSHOT,
    request: chat("kimi-k2", { stream: true }),
    answer: {
      body: events(
        delta("Hello"),
        { choices: [{ index: 0, delta: {}, finish_reason: "stop", usage: counts(50, 20) }] },
        "[DONE]",
      ),
    },
    expected: { outcome: "used", input: 50, output: 20, usd: 0.000_25 },
  },
  {
    title: "Moonshot: cached tokens at the top of usage (A11)",
    provider: "moonshot",
    url: MOONSHOT,
    request: chat("kimi-k2"),
    answer: { body: completion(counts(1000, 10, { cached_tokens: 900 })) },
    expected: { outcome: "used", input: 1000, output: 10, usd: 0.000_29 },
  },
  {
    title: "Voyage: embeddings report their total alone (O10, A32)",
    provider: "voyage",
    url: "https://api.voyageai.com/v1/embeddings",
    request: { model: "voyage-3.5", input: ["one", "two"] },
    answer: { body: { data: [], model: "voyage-3.5", usage: { total_tokens: 1000 } } },
    expected: { outcome: "used", input: 1000, output: 0, usd: 0.001 },
  },
  {
    title: "Azure: embeddings of a deployment name no model (A31)",
    provider: "azure",
    url: "https://mine.openai.azure.com/openai/deployments/text-embedding-3-small/embeddings?api-version=2024-10-21",
    request: { input: "Hi" },
    answer: { body: { data: [], usage: { prompt_tokens: 8, total_tokens: 8 } } },
    expected: { outcome: "used", input: 8, output: 0 },
  },
  {
    title: "Perplexity: each request has a fee, which its cost reports",
    provider: "perplexity",
    url: "https://api.perplexity.ai/chat/completions",
    request: chat("sonar"),
    answer: { body: completion(counts(10, 10, { cost: { total_cost: 0.0052 } })) },
    expected: { outcome: "used", usd: 0.0052 },
  },
  {
    title: "Ollama's own format, as lines",
    provider: "ollama",
    url: "https://ollama.com/api/chat",
    request: chat("gpt-oss:20b"),
    answer: {
      body: `${JSON.stringify({ message: { content: "Hi" }, done: false })}\n${JSON.stringify({ done: true, prompt_eval_count: 30, eval_count: 4 })}\n`,
    },
    expected: { outcome: "used", input: 30, output: 4, usd: 0.000_07 },
  },
  {
    title: "Ollama's own format, whole",
    provider: "ollama",
    url: "https://ollama.com/api/generate",
    request: { model: "gpt-oss:20b", prompt: "Hi", stream: false, options: { num_predict: 9 } },
    answer: { body: { response: "Hi", done: true, prompt_eval_count: 30, eval_count: 4 } },
    expected: { outcome: "used", input: 30, output: 4, usd: 0.000_07, heldOutput: 9 },
  },
  {
    title: "an unknown host: open weights have no price of another provider (B7)",
    provider: "unknown",
    url: "https://inference.example/v1/chat/completions",
    request: chat("gpt-oss-120b"),
    answer: { body: completion(counts(1, 1)) },
    expected: { outcome: "refused", code: "price_unknown" },
  },
  {
    title: "a host that is not known: the limit is written as every such server reads it (B9, A27)",
    provider: "unknown",
    url: "https://inference.example/v1/chat/completions",
    request: chat("gpt-oss-120b", { stream: true }),
    prices: { "gpt-oss-120b": RATES },
    // The room is for some 1,600 tokens of output.
    capUsd: 0.02,
    answer: { body: chunks(counts(20, 5)) },
    expected: { outcome: "used", forwarded: { max_tokens: ANY_NUMBER } },
  },
  {
    title: "usage with every chunk, cut: the count so far is not certain (m07)",
    provider: "fireworks",
    url: "https://api.fireworks.ai/inference/v1/chat/completions",
    request: chat("maker/model", { stream: true, max_tokens: 500 }),
    answer: {
      body: events(
        { ...delta("Hello"), usage: counts(30, 1) },
        { ...delta("!"), usage: counts(30, 2) },
      ),
      isCut: true,
    },
    expected: {
      outcome: "bounded",
      input: 30,
      outputMin: 6,
      forwarded: { stream_options: { include_usage: true } },
    },
  },
  {
    title: "MiniMax: a limit in the name that is deprecated is written in the one that counts",
    provider: "minimax",
    url: "https://api.minimax.io/v1/chat/completions",
    request: chat("MiniMax-M2", { max_tokens: 50 }),
    answer: { body: completion(counts(100, 10)) },
    expected: { outcome: "used", heldOutput: 50, forwarded: { max_completion_tokens: 50 } },
  },
  {
    title:
      "Snowflake: a limit in the deprecated name is written in the one that counts, the higher of two held",
    provider: "snowflake",
    url: "https://mine.snowflakecomputing.com/api/v2/cortex/v1/chat/completions",
    request: chat("llama3.1-8b", { max_tokens: 50, max_completion_tokens: 40 }),
    prices: { "llama3.1-8b": RATES },
    answer: { body: completion(counts(100, 10)) },
    expected: { outcome: "used", heldOutput: 50 },
  },
  {
    title: "Jina: its chat searches until it has an answer",
    provider: "jina",
    url: "https://deepsearch.jina.ai/v1/chat/completions",
    request: chat("gpt-4o"),
    prices: { "gpt-4o": RATES },
    answer: { body: completion(counts(100, 10)) },
    expected: { outcome: "refused", code: "input_unbounded" },
  },
];
