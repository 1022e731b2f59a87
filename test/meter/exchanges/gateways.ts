// Gateways, which run the models of others: OpenRouter and Vercel.

import { chat, chunks, completion, counts, RATES } from "./fixture.ts";
import type { ExchangeFixture } from "./fixture.ts";

const OPENROUTER = "https://openrouter.ai/api/v1";
const VERCEL = "https://ai-gateway.vercel.sh/v1/chat/completions";

export const gatewayExchanges: readonly ExchangeFixture[] = [
  {
    title: "OpenRouter: its cost is its whole charge",
    provider: "openrouter",
    url: `${OPENROUTER}/chat/completions`,
    request: chat("maker/model"),
    answer: { body: completion(counts(100, 10, { cost: 0.000_123 })) },
    expected: { outcome: "used", input: 100, output: 10, usd: 0.000_123 },
  },
  {
    title: "OpenRouter: with a key of the user's own the provider bills besides (A05)",
    provider: "openrouter",
    url: `${OPENROUTER}/chat/completions`,
    request: chat("maker/model"),
    answer: {
      body: completion(
        counts(100, 10, {
          cost: 0.0001,
          is_byok: true,
          cost_details: { upstream_inference_cost: 0.0042 },
        }),
      ),
    },
    expected: { outcome: "used", usd: 0.0043 },
  },
  {
    title: "OpenRouter: a default prompt of an open model stands before the first message (B3)",
    provider: "openrouter",
    url: `${OPENROUTER}/chat/completions`,
    request: chat("maker/model", { max_tokens: 10 }),
    answer: { body: completion(counts(1228, 10)) },
    expected: { outcome: "used", input: 1228, heldInputMin: 1228 },
  },
  {
    title: "OpenRouter: the provider that generates may count more than the limit",
    provider: "openrouter",
    url: `${OPENROUTER}/chat/completions`,
    request: chat("maker/model", { max_tokens: 3000 }),
    answer: { body: completion(counts(100, 5847)) },
    expected: { outcome: "used", output: 5847, heldOutput: 6256 },
  },
  {
    title: "OpenRouter: other models that may answer are not bounded (B8, A22)",
    provider: "openrouter",
    url: `${OPENROUTER}/chat/completions`,
    request: chat("maker/model:free", { models: ["maker/dear"], max_tokens: 100 }),
    prices: { "openrouter/maker/dear": RATES },
    answer: { body: completion(counts(1, 1)) },
    expected: { outcome: "refused", code: "input_unbounded" },
  },
  {
    title: "OpenRouter: where they are let through, the dearest of them is held (B8, A22)",
    provider: "openrouter",
    url: `${OPENROUTER}/chat/completions`,
    request: chat("maker/model:free", { models: ["maker/dear"], max_tokens: 100 }),
    options: { unbounded: "overage" },
    prices: {
      "openrouter/maker/model:free": { inputTokens: 0, outputTokens: 0 },
      "openrouter/maker/dear": { ...RATES, inputTokens: 15, outputTokens: 75 },
    },
    answer: { body: completion(counts(100, 100), { model: "maker/dear" }) },
    expected: { outcome: "used", usd: 0.009, heldUsdMin: 0.009 },
  },
  {
    title: "OpenRouter: a suffix that searches is not bounded (A23)",
    provider: "openrouter",
    url: `${OPENROUTER}/chat/completions`,
    request: chat("maker/model:online"),
    answer: { body: completion(counts(1, 1)) },
    expected: { outcome: "refused", code: "input_unbounded" },
  },
  {
    title: "OpenRouter: a tier that is not known, and the cost beside it (O4)",
    provider: "openrouter",
    url: `${OPENROUTER}/chat/completions`,
    request: chat("maker/model"),
    answer: {
      body: completion(counts(100, 10, { cost: 0.0001 }), { service_tier: "provisioned" }),
    },
    expected: { outcome: "used", usd: 0.0001 },
  },
  {
    title: "OpenRouter: an error in a success costs nothing (O11)",
    provider: "openrouter",
    url: `${OPENROUTER}/chat/completions`,
    request: chat("maker/model"),
    answer: { body: { error: { code: 502, message: "no provider" } } },
    expected: { outcome: "released" },
  },
  {
    title: "OpenRouter: the cost of a response is read too (U7)",
    provider: "openrouter",
    url: `${OPENROUTER}/responses`,
    request: { model: "maker/model", input: "Hi" },
    answer: {
      body: {
        object: "response",
        usage: { input_tokens: 100, output_tokens: 10, total_tokens: 110, cost: 0.0123 },
      },
    },
    expected: { outcome: "used", usd: 0.0123 },
  },
  {
    title: "OpenRouter: the cost of a message is read too (A05)",
    provider: "openrouter",
    url: `${OPENROUTER}/messages`,
    request: { model: "maker/model", max_tokens: 100, messages: [] },
    answer: {
      body: { type: "message", usage: { input_tokens: 100, output_tokens: 10, cost: 0.02 } },
    },
    expected: { outcome: "used", usd: 0.02 },
  },
  {
    title: "OpenRouter: the cost of embeddings is read too (A34)",
    provider: "openrouter",
    url: `${OPENROUTER}/embeddings`,
    request: { model: "maker/embedder", input: "Hi" },
    answer: { body: { data: [], usage: { prompt_tokens: 8, total_tokens: 8, cost: 0.000_02 } } },
    expected: { outcome: "used", input: 8, usd: 0.000_02 },
  },
  {
    title: "an absurd cost is not believed",
    provider: "openrouter",
    url: `${OPENROUTER}/chat/completions`,
    request: chat("maker/model"),
    answer: { body: completion(counts(100, 10, { cost: -3 })) },
    expected: { outcome: "used", usd: 0.0002 },
  },
  {
    title: "Vercel: more reasoning than completion stands beside it (U4)",
    provider: "vercel",
    url: VERCEL,
    request: chat("google/gemini-2.5-flash"),
    answer: {
      body: completion({
        ...counts(61, 10),
        cost: 0.0003,
        completion_tokens_details: { reasoning_tokens: 96 },
      }),
    },
    expected: { outcome: "used", input: 61, output: 106, usd: 0.0003 },
  },
  {
    title: "Vercel: the cost is text in the gateway's own part of the answer",
    provider: "vercel",
    url: VERCEL,
    request: chat("maker/model", { stream: true, stream_options: { include_usage: true } }),
    answer: {
      body: chunks(counts(61, 10), { provider_metadata: { gateway: { cost: "0.0042" } } }),
    },
    expected: { outcome: "used", usd: 0.0042 },
  },
  {
    title: "the cost that another provider reports is not believed",
    provider: "openai",
    url: "https://api.openai.com/v1/chat/completions",
    request: chat("gpt-4o"),
    answer: { body: completion(counts(100, 10, { cost: 0 })) },
    expected: { outcome: "used", usd: 0.0002 },
  },
  {
    title: "Cloudflare's gateway: the provider is named in the path",
    provider: "anthropic",
    url: "https://gateway.ai.cloudflare.com/v1/account/gateway/anthropic/v1/messages",
    request: { model: "claude-sonnet-4-5", max_tokens: 50, messages: [] },
    answer: {
      body: { type: "message", content: [], usage: { input_tokens: 9, output_tokens: 5 } },
    },
    expected: { outcome: "used", input: 9, output: 5, usd: 0.000_059 },
  },
  {
    title: "Cloudflare's gateway: an answer from its cache costs nothing (A34)",
    provider: "openai",
    url: "https://gateway.ai.cloudflare.com/v1/account/gateway/openai/chat/completions",
    request: chat("gpt-4o"),
    answer: { headers: { "cf-aig-cache-status": "HIT" }, body: completion(counts(4000, 800)) },
    expected: { outcome: "used", input: 4000, output: 800, usd: 0 },
  },
  {
    title: "an unknown host: an answer from its cache costs what it costs anyway",
    provider: "openai",
    url: "https://api.openai.com/v1/chat/completions",
    request: chat("gpt-4o"),
    answer: {
      headers: { "cf-aig-cache-status": "HIT", "x-litellm-response-cost": "0" },
      body: completion(counts(4000, 800)),
    },
    expected: { outcome: "used", usd: 0.012 },
  },
  {
    title: "OpenRouter: images come out of a model that has no price for them",
    provider: "openrouter",
    url: "https://openrouter.ai/api/v1/chat/completions",
    request: chat("google/gemini-2.5-flash-image", { max_tokens: 2000 }),
    answer: { body: completion(counts(20, 1300)) },
    expected: { outcome: "refused", code: "price_unknown" },
  },
  {
    title: "OpenRouter: text alone comes out, where that is asked for",
    provider: "openrouter",
    url: "https://openrouter.ai/api/v1/chat/completions",
    request: chat("google/gemini-2.5-flash-image", { max_tokens: 2000, modalities: ["text"] }),
    answer: { body: completion(counts(20, 30)) },
    expected: { outcome: "used", usd: 0.000_32 },
  },
];
