import { chatProvider, OLD_NAME } from "../compatible/chat-provider.ts";
import type { Provider } from "../provider.ts";

/**
 * Writer: its address has a name of its own.
 * https://dev.writer.com/api-reference/completion-api
 */
export const WRITER: Provider = chatProvider({
  id: "writer",
  prices: undefined,
  hosts: [/(?:^|\.)writer\.com$/],
  upstream: { base: "https://api.writer.com", version: "/v1" },
  routes: [
    [/\/v1\/chat$/, "openai-chat"],
    [/\/v1\/completions$/, "openai-completions"],
  ],
  limits: OLD_NAME,
  asksForUsage: true,
  hiddenPromptTokens: () => 2048,
});
