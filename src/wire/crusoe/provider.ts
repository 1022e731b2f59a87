import { chatProvider, PERHAPS_BOTH } from "../compatible/chat-provider.ts";
import type { Provider } from "../provider.ts";

/** Crusoe's managed inference. https://docs.crusoecloud.com/managed-inference/overview/ */
export const CRUSOE: Provider = chatProvider({
  id: "crusoe",
  prices: undefined,
  hosts: [/(?:^|\.)crusoecloud\.com$/],
  upstream: { base: "https://managed-inference-api-proxy.crusoecloud.com", version: "/v1" },
  limits: PERHAPS_BOTH,
  asksForUsage: false,
  hiddenPromptTokens: () => 2048,
});
