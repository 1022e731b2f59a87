import { chatProvider, PERHAPS_BOTH } from "../compatible/chat-provider.ts";
import type { Provider } from "../provider.ts";

/** Jina. https://api.jina.ai/redoc */
export const JINA: Provider = chatProvider({
  id: "jina",
  prices: undefined,
  hosts: [/(?:^|\.)jina\.ai$/],
  upstream: { base: "https://api.jina.ai", version: "/v1" },
  routes: [
    [/\/chat\/completions$/, "openai-chat"],
    [/\/embeddings$/, "openai-embeddings"],
    [/\/rerank$/, "rerank"],
  ],
  limits: PERHAPS_BOTH,
  asksForUsage: false,
  hiddenPromptTokens: () => 2048,
  // Its one chat API searches and reads until it has an answer, whatever the model is called.
  // https://jina.ai/deepsearch, https://github.com/jina-ai/node-DeepResearch
  unboundedModel: (model) => `the model ${model.slice(0, 40)}, which searches on`,
});
