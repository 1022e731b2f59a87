import { chatProvider, PERHAPS_BOTH } from "../compatible/chat-provider.ts";
import type { Provider } from "../provider.ts";
import { openaiChat } from "../openai/chat.ts";
import { openaiEmbeddings } from "../openai/embeddings.ts";

/** Cohere's addresses in OpenAI's format. https://docs.cohere.com/docs/compatibility-api */
export const COHERE: Provider = chatProvider({
  id: "cohere",
  hosts: [/(?:^|\.)cohere\.(?:com|ai)$/],
  upstream: { base: "https://api.cohere.ai", version: "" },
  routes: [
    [/\/compatibility\/v1\/chat\/completions$/, openaiChat],
    [/\/compatibility\/v1\/embeddings$/, openaiEmbeddings],
  ],
  // https://docs.cohere.com/reference/tokenize
  free: [/\/v\d\/(?:de)?tokenize$/],
  limits: PERHAPS_BOTH,
  asksForUsage: true,
  hiddenPromptTokens: () => 2048,
});
