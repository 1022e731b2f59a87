import { BOTH_NAMES, chatProvider } from "../compatible/chat-provider.ts";
import type { Provider } from "../provider.ts";

/** Moonshot AI. It reports the usage of a stream with the last choice. */
export const MOONSHOT: Provider = chatProvider({
  id: "moonshot",
  telemetry: "moonshot_ai",
  hosts: [/(?:^|\.)moonshot\.(?:ai|cn)$/],
  aliases: ["moonshotai", "moonshot-ai", "kimi"],
  upstream: { base: "https://api.moonshot.ai", version: "/v1" },
  routes: [
    [/\/chat\/completions$/, "openai-chat"],
    [/\/messages$/, "anthropic-messages"],
  ],
  // https://platform.moonshot.ai/docs/api/estimate
  free: [/\/tokenizers\/estimate-token-count$/],
  limits: BOTH_NAMES,
  asksForUsage: false,
  hiddenPromptTokens: () => 1024,
});
