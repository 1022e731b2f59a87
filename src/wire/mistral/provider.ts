import { chatProvider, OLD_NAME } from "../compatible/chat-provider.ts";
import type { Provider } from "../provider.ts";

/** Mistral. It rejects `stream_options`, and reports usage with the last chunk anyway. */
export const MISTRAL: Provider = chatProvider({
  id: "mistral",
  telemetry: "mistral_ai",
  hosts: [/(?:^|\.)mistral\.ai$/],
  aliases: ["mistralai"],
  upstream: { base: "https://api.mistral.ai", version: "/v1" },
  // LiteLLM. https://docs.litellm.ai/docs/providers/mistral
  environment: [{ name: "MISTRAL_API_BASE", path: "/v1" }],
  // https://docs.mistral.ai/api/endpoint/fim
  routes: [
    [/\/chat\/completions$/, "openai-chat"],
    [/\/fim\/completions$/, "openai-completions"],
    [/\/embeddings$/, "openai-embeddings"],
    [/\/v1\/(?:moderations|classifications)$/, "openai-embeddings"],
    [/\/ocr$/, "mistral-ocr"],
    [/\/v1\/conversations$/, "mistral-conversations"],
    [/\/audio\/transcriptions$/, "openai-transcriptions"],
    [/\/audio\/speech$/, "openai-speech"],
  ],
  // https://docs.mistral.ai/api/endpoint/files.
  free: [/\/v1\/files$/],
  // https://docs.mistral.ai/api/endpoint/chat
  limits: OLD_NAME,
  asksForUsage: false,
  knownCounts: ["num_cached_tokens", "request_count"],
});
