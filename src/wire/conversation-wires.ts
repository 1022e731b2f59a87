// The formats whose conversations are known, by name.

import { anthropicMessages } from "./anthropic/messages.ts";
import { bedrockConverse } from "./bedrock/converse.ts";
import { bedrockInvoke } from "./bedrock/invoke.ts";
import { gemini } from "./google/generate-content.ts";
import { openaiChat } from "./openai/chat.ts";
import { openaiResponses } from "./openai/responses.ts";
import type { Wire, WireName } from "./wire.ts";

/** All formats that say what their messages are. */
export const CONVERSATION_WIRES: Partial<Readonly<Record<WireName, Wire>>> = {
  "openai-chat": openaiChat,
  "openai-responses": openaiResponses,
  "anthropic-messages": anthropicMessages,
  gemini,
  "bedrock-converse": bedrockConverse,
  "bedrock-invoke": bedrockInvoke,
};
