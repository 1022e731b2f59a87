import { BOTH_NAMES, chatProvider } from "../compatible/chat-provider.ts";
import type { Provider } from "../provider.ts";

/** Fireworks. https://docs.fireworks.ai/api-reference/post-chatcompletions */
export const FIREWORKS: Provider = chatProvider({
  id: "fireworks",
  hosts: [/(?:^|\.)fireworks\.ai$/],
  aliases: ["fireworks-ai"],
  upstream: { base: "https://api.fireworks.ai/inference", version: "/v1" },
  limits: BOTH_NAMES,
  asksForUsage: false,
  hiddenPromptTokens: () => 2048,
});
