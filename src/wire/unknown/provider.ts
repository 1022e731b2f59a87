// A server whose host is not known: the formats are read, no POST is free, nothing is added but a
// limit in the name that every such server reads, and no other seller's price is taken (M1).

import { chatProvider, PERHAPS_BOTH } from "../compatible/chat-provider.ts";
import type { Provider } from "../provider.ts";

/** What is assumed of a server that is not known. */
export const UNKNOWN: Provider = chatProvider({
  id: "unknown",
  prices: undefined,
  telemetry: "_OTHER",
  hosts: [],
  limits: PERHAPS_BOTH,
  asksForUsage: false,
  // It may be a gateway of any kind.
  switchesHosts: true,
  // A template of an open model may begin with a prompt of its own: Devstral's has 1,220 tokens.
  hiddenPromptTokens: () => 2048,
  routes: [
    [/\/chat\/completions$/, "openai-chat"],
    [/\/completions$/, "openai-completions"],
    [/\/responses$/, "openai-responses"],
    [/\/embeddings$/, "openai-embeddings"],
    [/\/messages$/, "anthropic-messages"],
    [/\/models\/[^/]+:(?:streamGenerateContent|generateContent)$/, "gemini"],
    [/\/api\/(?:chat|generate)$/, "ollama"],
    [/\/api\/embed(?:dings)?$/, "ollama-embeddings"],
    [/\/completion$/, "llama-completion"],
    [/\/rerank$/, "rerank"],
    [/\/images\/generations$/, "openai-images"],
    [/\/audio\/speech$/, "openai-speech"],
    [/\/audio\/(?:transcriptions|translations)$/, "openai-transcriptions"],
  ],
});
