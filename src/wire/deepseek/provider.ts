import { anthropicMessages } from "../anthropic/messages.ts";
import { chatProvider, OLD_NAME } from "../compatible/chat-provider.ts";
import type { Provider } from "../provider.ts";
import { openaiChat } from "../openai/chat.ts";
import { openaiCompletions } from "../openai/completions.ts";
import { openaiResponses } from "../openai/responses.ts";

/** DeepSeek. It passes `max_completion_tokens` over. */
export const DEEPSEEK: Provider = chatProvider({
  id: "deepseek",
  hosts: [/(?:^|\.)deepseek\.com$/],
  upstream: { base: "https://api.deepseek.com", version: "" },
  // LiteLLM. https://docs.litellm.ai/docs/providers/deepseek
  environment: [{ name: "DEEPSEEK_API_BASE", path: "/v1" }],
  // https://api-docs.deepseek.com/guides/anthropic_api
  routes: [
    [/\/chat\/completions$/, openaiChat],
    // https://api-docs.deepseek.com/api/create-completion
    [/\/completions$/, openaiCompletions],
    [/\/responses$/, openaiResponses],
    [/\/messages$/, anthropicMessages],
  ],
  // https://api-docs.deepseek.com/api/create-chat-completion
  limits: OLD_NAME,
  asksForUsage: true,
});
