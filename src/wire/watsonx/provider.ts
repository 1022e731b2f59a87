import { chatProvider, OLD_NAME } from "../compatible/chat-provider.ts";
import type { Provider } from "../provider.ts";

/** IBM's watsonx.ai: texts in a format of its own. https://cloud.ibm.com/apidocs/watsonx-ai */
export const WATSONX: Provider = chatProvider({
  id: "watsonx",
  prices: undefined,
  hosts: [/\.ml\.cloud\.ibm\.com$/],
  routes: [[/\/ml\/v1[\w-]*\/(?:generation\/text|text\/generation)(?:_stream)?$/, "watsonx-text"]],
  limits: OLD_NAME,
  asksForUsage: false,
  hiddenPromptTokens: () => 2048,
});
