import { chatProvider, PERHAPS_BOTH } from "../compatible/chat-provider.ts";
import type { Provider } from "../provider.ts";

/** Jina. https://api.jina.ai/redoc */
export const JINA: Provider = chatProvider({
  id: "jina",
  prices: undefined,
  hosts: [/(?:^|\.)jina\.ai$/],
  upstream: { base: "https://api.jina.ai", version: "/v1" },
  limits: PERHAPS_BOTH,
  asksForUsage: false,
  hiddenPromptTokens: () => 2048,
  // https://jina.ai/deepsearch: it searches and reads until it has an answer.
  unboundedModel: (model) =>
    /deepsearch/.test(model) ? `the model ${model.slice(0, 40)}, which searches on` : undefined,
});
