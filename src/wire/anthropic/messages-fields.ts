// The fields of a request for a message (M2).
// https://platform.claude.com/docs/en/api/beta/messages/create

import { fieldsOf } from "../fields.ts";
import type { Fields } from "../fields.ts";

/** All fields of messages that are known. */
export const MESSAGES_FIELDS: Fields = {
  ...fieldsOf("read", ["messages", "system", "tools", "context_management", "compaction"]),
  ...fieldsOf("read", ["container"]),
  ...fieldsOf("setting", [
    "model",
    "max_tokens",
    "stream",
    "thinking",
    "service_tier",
    "speed",
    "inference_geo",
    "cache_control",
  ]),
  ...fieldsOf("content", ["output_config", "output_format", "tool_choice"]),
  ...fieldsOf("steers", [
    "temperature",
    "top_p",
    "top_k",
    "stop_sequences",
    "metadata",
    "betas",
    "anthropic_version",
    "anthropic_beta",
    "diagnostics",
    "billing_policy",
    "fallback_credit_token",
    "user_profile_id",
    "workspace_id",
  ]),
  mcp_servers: "read",
  fallbacks: { unbounded: "fallbacks to models with other prices" },
  thread: { window: "a thread that the provider keeps" },
};
