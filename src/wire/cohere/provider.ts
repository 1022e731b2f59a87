import { chatProvider, PERHAPS_BOTH } from "../compatible/chat-provider.ts";
import type { Provider } from "../provider.ts";

/**
 * Cohere: its own formats, and its addresses in OpenAI's. What ranks is billed by the search.
 * https://docs.cohere.com/reference/about, https://docs.cohere.com/docs/compatibility-api
 */
export const COHERE: Provider = chatProvider({
  id: "cohere",
  hosts: [/(?:^|\.)cohere\.(?:com|ai)$/],
  upstream: { base: "https://api.cohere.ai", version: "" },
  // https://github.com/cohere-ai/cohere-python/blob/main/src/cohere/client.py
  environment: [{ name: "CO_API_URL", path: "" }],
  routes: [
    [/\/compatibility\/v1\/chat\/completions$/, "openai-chat"],
    [/\/compatibility\/v1\/embeddings$/, "openai-embeddings"],
    [/\/v\d\/(?:chat|generate)$/, "cohere-chat"],
    [/\/v\d\/embed$/, "cohere-embeddings"],
    [/\/v\d\/rerank$/, "rerank"],
  ],
  // https://docs.cohere.com/reference/tokenize
  free: [/\/v\d\/(?:de)?tokenize$/],
  limits: PERHAPS_BOTH,
  asksForUsage: true,
  hiddenPromptTokens: () => 2048,
});
