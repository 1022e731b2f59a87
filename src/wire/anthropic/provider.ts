import { chatProvider, BOTH_NAMES } from "../compatible/chat-provider.ts";
import type { Provider } from "../provider.ts";
import { anthropicContext } from "./context.ts";
import { anthropicCounting } from "./count-tokens.ts";
import { CLAUDE_TEMPLATES } from "./templates.ts";

/** Anthropic. */
export const ANTHROPIC: Provider = chatProvider({
  id: "anthropic",
  hosts: [/(?:^|\.)anthropic\.com$/],
  upstream: { base: "https://api.anthropic.com", version: "/v1" },
  environment: [
    { name: "ANTHROPIC_BASE_URL", path: "" },
    { name: "ANTHROPIC_API_BASE", path: "" },
  ],
  // https://platform.claude.com/docs/en/api/openai-sdk
  routes: [
    [/\/messages$/, "anthropic-messages"],
    [/\/messages\/batches$/, "anthropic-batches"],
    [/\/chat\/completions$/, "openai-chat"],
  ],
  // https://platform.claude.com/docs/en/api/messages/count_tokens
  free: [
    /\/messages\/count_tokens$/,
    /\/messages\/batches\/[^/]+\/cancel$/,
    /\/v1\/files$/,
    /\/api\/hello$/,
  ],
  counting: { "anthropic-messages": anthropicCounting },
  contextOf: anthropicContext,
  limits: BOTH_NAMES,
  asksForUsage: true,
  // For five minutes at the least:
  // https://platform.claude.com/docs/en/build-with-claude/prompt-caching
  keepsCaches: true,
  templates: { "anthropic-messages": CLAUDE_TEMPLATES },
});
