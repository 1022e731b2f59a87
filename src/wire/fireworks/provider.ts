import { BOTH_NAMES, chatProvider } from "../compatible/chat-provider.ts";
import type { Provider } from "../provider.ts";

/** Fireworks. https://docs.fireworks.ai/api-reference/post-chatcompletions */
export const FIREWORKS: Provider = chatProvider({
  id: "fireworks",
  hosts: [/(?:^|\.)fireworks\.ai$/],
  aliases: ["fireworks-ai"],
  upstream: { base: "https://api.fireworks.ai/inference", version: "/v1" },
  // LiteLLM. https://docs.litellm.ai/docs/providers/fireworks_ai
  environment: [{ name: "FIREWORKS_API_BASE", path: "/v1" }],
  // https://docs.fireworks.ai/guides/response-api
  // https://docs.fireworks.ai/tools-sdks/anthropic-compatibility
  routes: [
    [/\/chat\/completions$/, "openai-chat"],
    // https://docs.fireworks.ai/api-reference/post-completions
    [/\/completions$/, "openai-completions"],
    [/\/responses$/, "openai-responses"],
    [/\/messages$/, "anthropic-messages"],
    [/\/embeddings$/, "openai-embeddings"],
  ],
  limits: BOTH_NAMES,
  asksForUsage: true,
  hiddenPromptTokens: () => 2048,
});
