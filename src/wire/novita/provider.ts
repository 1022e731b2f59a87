import { chatProvider, COMPLETION_ROUTES, PERHAPS_BOTH } from "../compatible/chat-provider.ts";
import type { Provider } from "../provider.ts";

/** Novita. https://novita.ai/docs/api-reference/model-apis-llm-create-chat-completion */
export const NOVITA: Provider = chatProvider({
  id: "novita",
  hosts: [/(?:^|\.)novita\.ai$/],
  upstream: { base: "https://api.novita.ai/openai", version: "/v1" },
  // https://novita.ai/docs/api-reference/model-apis-llm-create-completion
  routes: COMPLETION_ROUTES,
  limits: PERHAPS_BOTH,
  asksForUsage: true,
  hiddenPromptTokens: () => 2048,
});
