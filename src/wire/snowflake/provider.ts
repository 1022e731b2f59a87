import { chatProvider, NEW_NAME } from "../compatible/chat-provider.ts";
import type { Provider } from "../provider.ts";

/** Snowflake's Cortex. https://docs.snowflake.com/en/user-guide/snowflake-cortex/cortex-rest-api */
export const SNOWFLAKE: Provider = chatProvider({
  id: "snowflake",
  prices: undefined,
  hosts: [/\.snowflakecomputing\.(?:com|cn)$/],
  routes: [
    [/\/chat\/completions$/, "openai-chat"],
    [/\/messages$/, "anthropic-messages"],
  ],
  // "A superset of the OpenAI Chat Completions API", where the older name is deprecated.
  // https://docs.snowflake.com/en/user-guide/snowflake-cortex/open_ai_sdk
  limits: NEW_NAME,
  asksForUsage: false,
  hiddenPromptTokens: () => 2048,
});
