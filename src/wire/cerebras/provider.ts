import { chatProvider, NEW_NAME_FIRST } from "../compatible/chat-provider.ts";
import type { Provider } from "../provider.ts";

/** Cerebras. https://inference-docs.cerebras.ai/api-reference/chat-completions */
export const CEREBRAS: Provider = chatProvider({
  id: "cerebras",
  hosts: [/(?:^|\.)cerebras\.ai$/],
  upstream: { base: "https://api.cerebras.ai", version: "/v1" },
  environment: [
    { name: "CEREBRAS_BASE_URL", path: "" },
    // LiteLLM. https://docs.litellm.ai/docs/providers/cerebras
    { name: "CEREBRAS_API_BASE", path: "/v1" },
  ],
  limits: NEW_NAME_FIRST,
  asksForUsage: true,
  hiddenPromptTokens: () => 1024,
});
