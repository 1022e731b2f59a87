import { chatProvider, PERHAPS_BOTH } from "../compatible/chat-provider.ts";
import type { Provider } from "../provider.ts";

/** Crusoe's managed inference. https://docs.crusoecloud.com/managed-inference/overview/ */
export const CRUSOE: Provider = chatProvider({
  id: "crusoe",
  prices: undefined,
  // https://docs.crusoecloud.com/quickstart/getting-started-with-serverless-inference, and before:
  // https://docs.crusoecloud.com/quickstart/getting-started-with-managed-inference
  hosts: [/(?:^|\.)crusoecloud\.com$/, /^api\.crusoe\.ai$/],
  upstream: { base: "https://api.inference.crusoecloud.com", version: "/v1" },
  limits: PERHAPS_BOTH,
  // It runs vLLM, as it is: https://docs.vllm.ai/en/latest/deployment/frameworks/crusoe/
  asksForUsage: true,
  hiddenPromptTokens: () => 2048,
});
