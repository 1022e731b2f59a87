// The formats by name.

import { anthropicMessages } from "./anthropic/messages.ts";
import { gemini } from "./google/generate-content.ts";
import { ollamaChat } from "./ollama/chat.ts";
import { openaiChat } from "./openai/chat.ts";
import { openaiEmbeddings } from "./openai/embeddings.ts";
import { openaiResponses } from "./openai/responses.ts";
import type { Wire, WireName } from "./wire.ts";

/** All formats that are read. */
export const WIRES: Readonly<Record<WireName, Wire>> = {
  "openai-chat": openaiChat,
  "openai-responses": openaiResponses,
  "openai-embeddings": openaiEmbeddings,
  "anthropic-messages": anthropicMessages,
  gemini,
  ollama: ollamaChat,
};
