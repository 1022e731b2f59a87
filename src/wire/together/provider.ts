import { chatProvider, COMPLETION_ROUTES, PERHAPS_BOTH } from "../compatible/chat-provider.ts";
import type { Provider } from "../provider.ts";

/** Together. It reads `max_tokens`. https://docs.together.ai/reference/chat-completions-1 */
export const TOGETHER: Provider = chatProvider({
  id: "together",
  telemetry: "together_ai",
  hosts: [/(?:^|\.)together\.(?:xyz|ai)$/],
  aliases: ["togetherai", "together-ai"],
  upstream: { base: "https://api.together.xyz", version: "/v1" },
  environment: [
    { name: "TOGETHER_BASE_URL", path: "/v1" },
    // LiteLLM. https://docs.litellm.ai/docs/providers/togetherai
    { name: "TOGETHER_AI_API_BASE", path: "/v1" },
  ],
  // https://docs.together.ai/reference/completions-1
  routes: [
    ...COMPLETION_ROUTES,
    [/\/rerank$/, "rerank"],
    [/\/images\/generations$/, "openai-images"],
    [/\/audio\/speech$/, "openai-speech"],
    [/\/audio\/(?:transcriptions|translations)$/, "openai-transcriptions"],
  ],
  limits: PERHAPS_BOTH,
  asksForUsage: true,
  hiddenPromptTokens: () => 2048,
});
