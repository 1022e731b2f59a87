import { chatProvider, NEW_NAME } from "../compatible/chat-provider.ts";
import type { Provider } from "../provider.ts";

/** MiniMax. https://platform.minimax.io/docs/api-reference/text-openai-api */
export const MINIMAX: Provider = chatProvider({
  id: "minimax",
  hosts: [/(?:^|\.)minimax(?:i)?\.(?:io|com|chat)$/],
  upstream: { base: "https://api.minimax.io", version: "" },
  routes: [
    [/\/chat\/completions$/, "openai-chat"],
    [/\/messages$/, "anthropic-messages"],
  ],
  // https://platform.minimax.io/docs/api-reference/text-post
  limits: NEW_NAME,
  asksForUsage: true,
  hiddenPromptTokens: () => 2048,
});
