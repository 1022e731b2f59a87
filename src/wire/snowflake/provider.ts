import { anthropicMessages } from "../anthropic/messages.ts";
import { chatProvider, PERHAPS_BOTH } from "../compatible/chat-provider.ts";
import { openaiChat } from "../openai/chat.ts";
import type { Provider } from "../provider.ts";

/** Snowflake's Cortex. https://docs.snowflake.com/en/user-guide/snowflake-cortex/cortex-rest-api */
export const SNOWFLAKE: Provider = chatProvider({
  id: "snowflake",
  prices: undefined,
  hosts: [/\.snowflakecomputing\.(?:com|cn)$/],
  routes: [
    [/\/chat\/completions$/, openaiChat],
    [/\/messages$/, anthropicMessages],
  ],
  limits: PERHAPS_BOTH,
  asksForUsage: false,
  hiddenPromptTokens: () => 2048,
});
