// A server whose host is not known: the formats are read, no POST is free, nothing is added but a
// limit in the name that every such server reads, and no price of anybody else's is taken (M1, B7).

import { anthropicMessages } from "../anthropic/messages.ts";
import { chatProvider, PERHAPS_BOTH } from "../compatible/chat-provider.ts";
import { gemini } from "../google/generate-content.ts";
import { ollamaChat } from "../ollama/chat.ts";
import { openaiChat } from "../openai/chat.ts";
import { openaiCompletions } from "../openai/completions.ts";
import { openaiEmbeddings } from "../openai/embeddings.ts";
import { openaiResponses } from "../openai/responses.ts";
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
    [/\/chat\/completions$/, openaiChat],
    [/\/completions$/, openaiCompletions],
    [/\/responses$/, openaiResponses],
    [/\/embeddings$/, openaiEmbeddings],
    [/\/messages$/, anthropicMessages],
    [/\/models\/[^/]+:(?:streamGenerateContent|generateContent)$/, gemini],
    [/\/api\/(?:chat|generate)$/, ollamaChat],
  ],
});
