import { chatProvider, PERHAPS_BOTH } from "../compatible/chat-provider.ts";
import type { Provider } from "../provider.ts";

/** DeepInfra. https://deepinfra.com/docs/advanced/openai_api */
export const DEEPINFRA: Provider = chatProvider({
  id: "deepinfra",
  prices: undefined,
  hosts: [/(?:^|\.)deepinfra\.com$/],
  upstream: { base: "https://api.deepinfra.com/v1/openai", version: "" },
  limits: PERHAPS_BOTH,
  // The last chunk reports it unasked: https://github.com/Portkey-AI/gateway/pull/1041
  asksForUsage: false,
  hiddenPromptTokens: () => 2048,
});
