// The table of providers, row by row: each route that it says it bills is asked at the provider's
// own address, whole and as a stream, and the books say what was reported.

import { describe, expect, it } from "vitest";

import { providerAt, PROVIDERS, providerNamed } from "../../src/wire/providers.ts";
import type { Provider } from "../../src/wire/provider.ts";
import type { WireName } from "../../src/wire/wire-name.ts";
import { chat, completion, counts, RATES } from "../meter/exchanges/fixture.ts";
import type { ExchangeFixture } from "../meter/exchanges/fixture.ts";
import { run } from "../meter/exchanges/run.ts";
import { hasTokens, MODEL, SAMPLES } from "./samples.ts";
import type { TokenWire } from "./samples.ts";

/** Addresses of providers whose host depends on the customer. */
const OWN_HOSTS: Readonly<Record<string, string>> = {
  azure: "https://acme.openai.azure.com/openai/deployments/a-model",
  bedrock: "https://bedrock-mantle.us-east-1.api.aws/v1",
  ollama: "https://ollama.com",
  snowflake: "https://acme.snowflakecomputing.com/api/v2/cortex/v1",
  watsonx: "https://us-south.ml.cloud.ibm.com",
  vertex: "https://aiplatform.googleapis.com/v1/projects/p/locations/global",
};

/** The path of a route where a format is served, by provider where it is not the format's own. */
const PATHS: Readonly<Record<string, string>> = {
  "openai-chat": "/chat/completions",
  "openai-responses": "/responses",
  "openai-embeddings": "/embeddings",
  "anthropic-messages": "/messages",
  "anthropic-batches": "/messages/batches",
  "gemini-batches": "/models/a-model:batchGenerateContent",
  gemini: "/models/a-model:generateContent",
  ollama: "/api/chat",
  "ollama-embeddings": "/api/embed",
  "llama-completion": "/completion",
  rerank: "/rerank",
  "cohere rerank": "/v2/rerank",
  "openai-images": "/images/generations",
  "openai-image-edits": "/images/edits",
  "openai-speech": "/audio/speech",
  "openai-transcriptions": "/audio/transcriptions",
  "mistral-conversations": "/conversations",
  "watsonx-text": "/ml/v1/text/generation",
  "writer openai-chat": "/chat",
  "google-predict": "/publishers/google/models/text-embedding-x:predict",
  "vercel-embeddings": "/v4/ai/embedding-model",
  "vercel-language-model": "/v4/ai/language-model",
  "openai-completions": "/completions",
  "mistral openai-completions": "/fim/completions",
  "cohere-chat": "/v2/chat",
  "cohere-embeddings": "/v2/embed",
  "gemini-embeddings": "/models/a-model:embedContent",
  "vertex gemini-embeddings": "/publishers/google/models/a-model:embedContent",
  "bedrock-converse": "/model/a-model/converse",
  "bedrock-invoke": "/model/a-model/invoke",
  "cohere openai-chat": "/compatibility/v1/chat/completions",
  "cohere openai-embeddings": "/compatibility/v1/embeddings",
  "google openai-embeddings": "/openai/embeddings",
  "vertex gemini": "/publishers/google/models/a-model:generateContent",
  "vertex openai-chat": "/endpoints/openapi/chat/completions",
  "vertex anthropic-messages": "/publishers/anthropic/models/a-model:rawPredict",
};

/** Addresses of formats that have a host of their own at their provider. */
const HOSTS: Partial<Readonly<Record<WireName, string>>> = {
  "bedrock-converse": "https://bedrock-runtime.us-east-1.amazonaws.com",
  "bedrock-invoke": "https://bedrock-runtime.us-east-1.amazonaws.com",
  "cohere-chat": "https://api.cohere.com",
  "cohere-embeddings": "https://api.cohere.com",
};

/** What comes out costs the same whatever it is. */
const PRICES = { ...RATES, outputImageTokens: 10, outputAudioTokens: 10 };

function addressOf(provider: Provider, wire: WireName): string {
  const base =
    HOSTS[wire] ??
    OWN_HOSTS[provider.id] ??
    `${provider.upstream?.base ?? ""}${provider.upstream?.version ?? ""}`;
  return base + (PATHS[`${provider.id} ${wire}`] ?? PATHS[wire] ?? "");
}

function exchangeWith(provider: Provider, wire: TokenWire, streams: boolean): ExchangeFixture {
  const { request, whole, stream, output } = SAMPLES[wire];
  const address = addressOf(provider, wire);
  return {
    title: `${provider.id} ${wire}`,
    provider: provider.id,
    url: streams ? address.replace(":generateContent", ":streamGenerateContent?alt=sse") : address,
    request: streams && wire !== "gemini" ? { ...request, stream: true } : request,
    headers: { "ai-language-model-id": MODEL, "ai-model-id": MODEL },
    prices: { [`${provider.prices === undefined ? "" : `${provider.prices}/`}${MODEL}`]: PRICES },
    // Where every model searches on, nothing is bounded.
    ...(provider.unboundedModel?.(MODEL) !== undefined && { options: { unbounded: "overage" } }),
    // A batch names the model in each of its requests.
    ...(wire.endsWith("batches") && {
      prices: { [MODEL]: { ...RATES, multipliers: { batch: 0.5 } } },
    }),
    answer: streams ? { body: stream ?? "", type: "text/event-stream" } : { body: whole },
    // $1 a million tokens in, $10 a million out; half of it in a batch.
    expected: {
      outcome: "used",
      input: 100,
      output,
      usd: (100 + output * 10) / (wire.endsWith("batches") ? 2_000_000 : 1_000_000),
    },
  };
}

it.each([
  ["alibaba", "https://cn-hongkong.dashscope.aliyuncs.com/compatible-mode/v1/chat/completions"],
  ["alibaba", "https://ws-1.ap-southeast-1.maas.aliyuncs.com/compatible-mode/v1/chat/completions"],
  ["crusoe", "https://api.crusoe.ai/v1/chat/completions"],
  ["crusoe", "https://api.inference.crusoecloud.com/v1/chat/completions"],
  ["anthropic", "https://gateway.ai.cloudflare.com/v1/account/gateway/anthropic/v1/messages"],
  [undefined, "https://gateway.ai.cloudflare.com/v1/account/gateway/compat/chat/completions"],
  [undefined, "https://dashscope.aliyuncs.com.example/compatible-mode/v1/chat/completions"],
])("the provider %s is at %s", (id, url) => {
  expect(providerAt(new URL(url))?.id).toBe(id);
});

it("a host that is not in the table is reported as unknown", async () => {
  const url = "https://models.example/v1/chat/completions";
  const { report } = await run(
    {
      title: "",
      provider: "nobody",
      url,
      request: chat(MODEL),
      options: { provider: "unknown" },
      prices: { [MODEL]: RATES },
      answer: { body: completion(counts(100, 20)) },
      expected: { outcome: "used" },
    },
    64,
  );
  expect(report).toMatchObject({ provider: "unknown", outcome: "used" });
});

describe("the table of providers", () => {
  it("every name stands for one provider", () => {
    const names = PROVIDERS.flatMap(({ id, aliases = [] }) => [id, ...aliases]);
    expect(new Set(names).size).toBe(names.length);
    for (const provider of PROVIDERS) expect(providerNamed(provider.id)).toBe(provider);
  });
  describe.each(PROVIDERS.map((provider) => ({ id: provider.id, provider })))(
    "$id",
    ({ provider }) => {
      const wires = [...new Set(provider.routes.map(([, name]) => name))]
        .filter((wire) => `${provider.id} ${wire}` !== "google google-predict") // no tokens there
        .filter(hasTokens);
      const cases = wires.flatMap((wire) =>
        (SAMPLES[wire].stream === undefined ? [false] : [false, true]).map((streams) => ({
          wire,
          streams,
        })),
      );

      it.each(cases)(
        `${provider.id} $wire, stream $streams: the answer is booked as reported`,
        async ({ wire, streams }) => {
          const fixture = exchangeWith(provider, wire, streams);
          expect(providerAt(new URL(fixture.url))?.id).toBe(provider.id);
          const { report, pool } = await run(fixture, 64);
          expect(report).toMatchObject({ provider: provider.id, outcome: "used" });
          const { used, reserved } = pool.snapshot();
          expect(used).toMatchObject({
            inputTokens: fixture.expected.input,
            outputTokens: fixture.expected.output,
            usd: fixture.expected.usd,
          });
          expect(reserved.usd).toBe(0);
        },
      );
    },
  );
});
