import { chatProvider, OLD_NAME } from "../compatible/chat-provider.ts";
import { openaiChat } from "../openai/chat.ts";
import { openaiCompletions } from "../openai/completions.ts";
import { openaiEmbeddings } from "../openai/embeddings.ts";
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
    [/\/chat\/completions$/, openaiChat],
    [/\/fim\/completions$/, openaiCompletions],
    [/\/embeddings$/, openaiEmbeddings],
  ],
  // https://docs.mistral.ai/api/endpoint/files; moderations and conversations run a model.
  free: [/\/v1\/files$/],
  // https://docs.mistral.ai/api/endpoint/chat
  limits: OLD_NAME,
  asksForUsage: false,
  knownCounts: ["num_cached_tokens", "request_count"],
});
