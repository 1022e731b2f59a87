import { chatProvider, PERHAPS_BOTH } from "../compatible/chat-provider.ts";
import type { Provider } from "../provider.ts";

/**
 * Ollama, on its own port or in its cloud. Its address in OpenAI's format reads `max_tokens` alone.
 * https://docs.ollama.com/api/openai-compatibility
 */
export const OLLAMA: Provider = chatProvider({
  id: "ollama",
  prices: undefined,
  hosts: [/(?:^|\.)ollama\.com$/],
  upstream: { base: "http://127.0.0.1:11434", version: "" },
  routes: [
    [/\/api\/(?:chat|generate)$/, "ollama"],
    [/\/api\/embed(?:dings)?$/, "ollama-embeddings"],
    [/\/chat\/completions$/, "openai-chat"],
    [/\/responses$/, "openai-responses"],
    [/\/embeddings$/, "openai-embeddings"],
    // https://docs.ollama.com/api/anthropic-compatibility
    [/\/messages$/, "anthropic-messages"],
  ],
  // https://docs.ollama.com/api
  free: [/\/api\/show$/],
  limits: PERHAPS_BOTH,
  asksForUsage: true,
  hiddenPromptTokens: () => 2048,
});
