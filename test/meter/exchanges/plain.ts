// A plain answer, whole and streamed, of every provider that speaks OpenAI's chat format.

import { chat, chunks, completion, counts } from "./fixture.ts";
import type { ExchangeFixture } from "./fixture.ts";

const PLAIN: readonly (readonly [provider: string, url: string, model: string])[] = [
  ["openai", "https://api.openai.com/v1/chat/completions", "gpt-4o"],
  ["anthropic", "https://api.anthropic.com/v1/chat/completions", "claude-haiku-4-5"],
  [
    "google",
    "https://generativelanguage.googleapis.com/v1beta/openai/chat/completions",
    "gemini-2.0-flash",
  ],
  [
    "vertex",
    "https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/l/endpoints/openapi/chat/completions",
    "google/gemini-2.0-flash",
  ],
  ["azure", "https://mine.openai.azure.com/openai/v1/chat/completions", "gpt-4o"],
  [
    "bedrock",
    "https://bedrock-runtime.us-east-1.amazonaws.com/openai/v1/chat/completions",
    "openai.gpt-oss-20b-1:0",
  ],
  // R3: its newer address.
  [
    "bedrock",
    "https://bedrock-mantle.us-east-1.api.aws/v1/chat/completions",
    "openai.gpt-oss-120b",
  ],
  ["openrouter", "https://openrouter.ai/api/v1/chat/completions", "maker/model"],
  ["vercel", "https://ai-gateway.vercel.sh/v1/chat/completions", "maker/model"],
  ["mistral", "https://api.mistral.ai/v1/chat/completions", "mistral-small-latest"],
  ["xai", "https://api.x.ai/v1/chat/completions", "grok-3-fast"],
  ["deepseek", "https://api.deepseek.com/chat/completions", "deepseek-chat"],
  ["groq", "https://api.groq.com/openai/v1/chat/completions", "llama-3.1-8b-instant"],
  ["cerebras", "https://api.cerebras.ai/v1/chat/completions", "llama3.1-8b"],
  ["together", "https://api.together.xyz/v1/chat/completions", "maker/model"],
  ["fireworks", "https://api.fireworks.ai/inference/v1/chat/completions", "maker/model"],
  ["perplexity", "https://api.perplexity.ai/chat/completions", "sonar"],
  ["moonshot", "https://api.moonshot.ai/v1/chat/completions", "kimi-k2"],
  ["zai", "https://api.z.ai/api/paas/v4/chat/completions", "glm-4.6"],
  ["huggingface", "https://router.huggingface.co/v1/chat/completions", "maker/model:novita"],
  ["novita", "https://api.novita.ai/openai/v1/chat/completions", "maker/model"],
  ["cohere", "https://api.cohere.ai/compatibility/v1/chat/completions", "command-a-03-2025"],
  ["avian", "https://api.avian.io/v1/chat/completions", "maker/model"],
  ["ollama", "https://ollama.com/v1/chat/completions", "gpt-oss:20b"],
];

const usage = counts(120, 30);
const expected = { outcome: "used", input: 120, output: 30, usd: 0.000_42 } as const;

/** Plain exchanges, whole and streamed. */
export const plainExchanges: readonly ExchangeFixture[] = PLAIN.flatMap(
  ([provider, url, model]) => [
    {
      title: `${provider}: a whole answer of ${new URL(url).host}`,
      provider,
      url,
      request: chat(model),
      answer: { body: completion(usage) },
      expected,
    },
    {
      title: `${provider}: a stream of ${new URL(url).host}`,
      provider,
      url,
      request: chat(model, { stream: true, stream_options: { include_usage: true } }),
      answer: { body: chunks(usage) },
      expected,
    },
  ],
);
