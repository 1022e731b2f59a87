import { chatProvider, OLD_NAME } from "../compatible/chat-provider.ts";
import type { Provider } from "../provider.ts";

/** DeepSeek. It passes `max_completion_tokens` over. */
export const DEEPSEEK: Provider = chatProvider({
  id: "deepseek",
  hosts: [/(?:^|\.)deepseek\.com$/],
  upstream: { base: "https://api.deepseek.com", version: "" },
  // LiteLLM. https://docs.litellm.ai/docs/providers/deepseek
  environment: [{ name: "DEEPSEEK_API_BASE", path: "/v1" }],
  // https://api-docs.deepseek.com/guides/anthropic_api
  routes: [
    [/\/chat\/completions$/, "openai-chat"],
    // https://api-docs.deepseek.com/api/create-completion
    [/\/completions$/, "openai-completions"],
    [/\/responses$/, "openai-responses"],
    [/\/messages$/, "anthropic-messages"],
  ],
  // https://api-docs.deepseek.com/api/create-chat-completion
  limits: OLD_NAME,
  asksForUsage: true,
});
