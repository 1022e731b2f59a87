import { chatProvider, PERHAPS_BOTH } from "../compatible/chat-provider.ts";
import type { Provider } from "../provider.ts";

/** Z.ai. https://docs.z.ai/api-reference/llm/chat-completion */
export const ZAI: Provider = chatProvider({
  id: "zai",
  hosts: [/(?:^|\.)z\.ai$/, /(?:^|\.)bigmodel\.cn$/],
  aliases: ["zhipu", "zhipuai", "z-ai"],
  upstream: { base: "https://api.z.ai/api/paas/v4", version: "" },
  routes: [
    [/\/chat\/completions$/, "openai-chat"],
    [/\/messages$/, "anthropic-messages"],
  ],
  limits: PERHAPS_BOTH,
  asksForUsage: false,
  hiddenPromptTokens: () => 1024,
  fields: { "openai-chat": { tool_stream: "steers", do_sample: "steers" } },
});
