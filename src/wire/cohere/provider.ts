import { chatProvider, PERHAPS_BOTH } from "../compatible/chat-provider.ts";
import { cohereChat } from "./chat.ts";
import { cohereEmbeddings } from "./embed.ts";
import type { Provider } from "../provider.ts";
import { openaiChat } from "../openai/chat.ts";
import { openaiEmbeddings } from "../openai/embeddings.ts";

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
    [/\/compatibility\/v1\/chat\/completions$/, openaiChat],
    [/\/compatibility\/v1\/embeddings$/, openaiEmbeddings],
    [/\/v\d\/(?:chat|generate)$/, cohereChat],
    [/\/v\d\/embed$/, cohereEmbeddings],
  ],
  // https://docs.cohere.com/reference/tokenize
  free: [/\/v\d\/(?:de)?tokenize$/],
  limits: PERHAPS_BOTH,
  asksForUsage: true,
  hiddenPromptTokens: () => 2048,
});
