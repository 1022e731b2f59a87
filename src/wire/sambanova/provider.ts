import { chatProvider, PERHAPS_BOTH } from "../compatible/chat-provider.ts";
import type { Provider } from "../provider.ts";

/** SambaNova. https://docs.sambanova.ai/cloud/api-reference/endpoints/chat */
export const SAMBANOVA: Provider = chatProvider({
  id: "sambanova",
  prices: undefined,
  hosts: [/(?:^|\.)sambanova\.ai$/],
  upstream: { base: "https://api.sambanova.ai", version: "/v1" },
  // LiteLLM. https://docs.litellm.ai/docs/providers/sambanova
  environment: [{ name: "SAMBANOVA_API_BASE", path: "/v1" }],
  limits: PERHAPS_BOTH,
  // Both `max_tokens` and `stream_options` are on that page.
  asksForUsage: true,
  hiddenPromptTokens: () => 2048,
});
