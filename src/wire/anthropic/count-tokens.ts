// Anthropic's count of a message. It "should be considered an estimate", which may differ "by a
// small amount"; system prompt, tools, images, documents and thinking are in it.
// https://platform.claude.com/docs/en/build-with-claude/token-counting

import { countedFields, inputTokensIn } from "../counting.ts";
import type { Counting } from "../counting.ts";

/** https://platform.claude.com/docs/en/api/messages/count_tokens */
const FIELDS: readonly string[] = [
  "model",
  "messages",
  "system",
  "tools",
  "tool_choice",
  "thinking",
  "output_config",
  "output_format",
  "cache_control",
  "context_management",
  "mcp_servers",
];

/** Asks Anthropic how many tokens a message has. */
export const anthropicCounting: Counting = {
  request({ url, body }) {
    const counting = new URL(url);
    counting.pathname = `${url.pathname.replace(/\/+$/, "")}/count_tokens`;
    return { url: counting, body: JSON.stringify(countedFields(body, FIELDS)) };
  },
  tokensOf: inputTokensIn,
};
