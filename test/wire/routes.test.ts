import { describe, expect, it } from "vitest";

import { providerAt, UNKNOWN_PROVIDER } from "../../src/wire/providers.ts";
import { routeOf } from "../../src/wire/routes.ts";
import type { Route } from "../../src/wire/routes.ts";

/** Where a request to an address goes. */
function route(method: string, address: string): Route {
  const url = new URL(address);
  return routeOf(method, url.pathname, providerAt(url) ?? UNKNOWN_PROVIDER);
}

const GOOGLE = "https://generativelanguage.googleapis.com";
const BEDROCK = "https://bedrock-runtime.us-east-1.amazonaws.com";

describe("routeOf", () => {
  const wires: readonly (readonly [address: string, name: string])[] = [
    ["https://api.openai.com/v1/chat/completions", "openai-chat"],
    ["https://gateway.example/chat/completions/", "openai-chat"],
    ["https://mine.openai.azure.com/openai/deployments/mine/chat/completions", "openai-chat"],
    ["https://openrouter.ai/api/v1/chat/completions", "openai-chat"],
    ["https://api.openai.com/v1/completions", "openai-completions"],
    ["https://api.mistral.ai/v1/fim/completions", "openai-completions"],
    ["https://api.openai.com/v1/responses", "openai-responses"],
    ["https://api.openai.com/v1/responses/compact", "openai-responses"],
    ["https://api.openai.com/v1/embeddings", "openai-embeddings"],
    ["https://api.anthropic.com/v1/messages", "anthropic-messages"],
    ["https://gateway.example/messages", "anthropic-messages"],
    [`${GOOGLE}/v1beta/models/gemini-3-pro:streamGenerateContent`, "gemini"],
    [
      "https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/google/models/gemini-2.5-pro:generateContent",
      "gemini",
    ],
    [
      "https://aiplatform.eu.rep.googleapis.com/v1/projects/p/locations/eu/publishers/google/models/gemini-2.5-pro:generateContent",
      "gemini",
    ],
    ["https://bedrock-mantle.us-east-1.api.aws/anthropic/v1/messages", "anthropic-messages"],
    ["https://api.fireworks.ai/inference/v1/responses", "openai-responses"],
    ["https://api.minimax.io/anthropic/v1/messages", "anthropic-messages"],
    ["https://mine.snowflakecomputing.com/api/v2/cortex/v1/chat/completions", "openai-chat"],
    ["https://api.cloudflare.com/client/v4/accounts/mine/ai/v1/chat/completions", "openai-chat"],
    [`${GOOGLE}/v1beta/models/gemini-embedding-001:batchEmbedContents`, "gemini-embeddings"],
    ["https://api.cohere.com/v2/chat", "cohere-chat"],
    ["https://api.cohere.com/v1/embed", "cohere-embeddings"],
    [`${BEDROCK}/model/us.amazon.nova-pro-v1%3A0/converse`, "bedrock-converse"],
    [`${BEDROCK}/model/us.amazon.nova-pro-v1%3A0/converse-stream`, "bedrock-converse"],
    [`${BEDROCK}/model/amazon.titan-text-lite-v1/invoke`, "bedrock-invoke"],
    ["https://bedrock-agent-runtime.us-east-1.amazonaws.com/rerank", "bedrock-rerank"],
    [`${GOOGLE}/upload/v1beta/fileSearchStores/mine:uploadToFileSearchStore`, "gemini-file-search"],
    ["http://127.0.0.1:11434/api/chat", "ollama"],
    ["https://ollama.com/api/generate", "ollama"],
  ];
  for (const [address, name] of wires) {
    it(`routeOf reads POST ${address} as ${name}, and GET as free`, () => {
      expect(route("POST", address)).toMatchObject({ kind: "billable", wire: name });
      expect(route("post", address)).toMatchObject({ kind: "billable", wire: name });
      expect(route("GET", address).kind).toBe("free");
    });
  }

  const FREE: readonly string[] = [
    "https://api.anthropic.com/v1/messages/count_tokens",
    `${GOOGLE}/v1beta/models/gemini-2.5-flash:countTokens`,
    `${GOOGLE}/upload/v1beta/files`,
    "https://api.openai.com/v1/responses/input_tokens",
    "https://api.openai.com/v1/moderations",
    "https://api.openai.com/v1/files",
    "https://api.openai.com/v1/conversations",
  ];

  it("routeOf knows what is free at a provider, and nothing of it at a host that is not known", () => {
    for (const address of FREE) {
      expect([address, route("POST", address).kind]).toEqual([address, "free"]);
      const { pathname } = new URL(address);
      const elsewhere = route("POST", `https://gateway.example${pathname}`);
      expect([pathname, elsewhere.kind]).toEqual([pathname, "unknown"]);
    }
  });

  it("routeOf takes a path that is free at one provider as billable where it runs a model", () => {
    // Mistral's conversations and moderations run a model.
    for (const path of ["/v1/conversations", "/v1/moderations"])
      expect(route("POST", `https://api.mistral.ai${path}`).kind).toBe("billable");
  });

  it("routeOf distinguishes creating a thread from creating and running one", () => {
    expect(route("POST", "https://api.openai.com/v1/threads").kind).toBe("free");
    expect(route("POST", "https://api.openai.com/v1/threads/runs").kind).toBe("unknown");
  });

  it("routeOf knows no other route", () => {
    for (const host of ["https://api.openai.com", "https://api.anthropic.com", GOOGLE]) {
      for (const path of [
        "/v1/images/variations",
        "/v1/videos/edits",
        "/v1beta/batchPredictionJobs",
        "/v1/fine_tuning/jobs",
        "/v1beta/tunedModels/mine:generateContent",
        "/",
        "/v1/chat/completions/more/and/more",
      ])
        expect([host + path, route("POST", host + path).kind]).toEqual([host + path, "unknown"]);
    }
    expect(route("POST", "https://api.openai.com/v1/vector_stores/vs_1/files").kind).toBe(
      "unknown",
    );
    expect(route("PUT", "https://api.openai.com/v1/chat/completions").kind).toBe("billable");
  });
});
