import { anthropicContext } from "../anthropic/context.ts";
import { isClaude } from "../anthropic/media-tokens.ts";
import { CLAUDE_TEMPLATES } from "../anthropic/templates.ts";
import { NEW_NAME_FIRST } from "../compatible/chat-provider.ts";
import type { Provider } from "../provider.ts";
import { grokElsewhere } from "../xai/provider.ts";

/**
 * Amazon Bedrock: its own formats, those of the models' makers, and its addresses in OpenAI's and
 * Anthropic's.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/bedrock-mantle.html
 */
export const BEDROCK: Provider = {
  id: "bedrock",
  prices: "bedrock",
  contextOf: anthropicContext,
  telemetry: "aws.bedrock",
  hosts: [/^bedrock[\w-]*\.[\w-]+\.amazonaws\.com(?:\.cn)?$/, /^bedrock-mantle\.[\w-]+\.api\.aws$/],
  aliases: ["amazon-bedrock", "aws", "bedrock-mantle"],
  routes: [
    [/\/model\/[^/]+\/converse(?:-stream)?$/, "bedrock-converse"],
    [/\/model\/[^/]+\/invoke(?:-with-response-stream)?$/, "bedrock-invoke"],
    [/\/rerank$/, "bedrock-rerank"],
    [/\/chat\/completions$/, "openai-chat"],
    [/\/responses$/, "openai-responses"],
    // At bedrock-mantle, and what Anthropic's SDK shows middleware before it rewrites a request.
    // https://platform.claude.com/docs/en/build-with-claude/claude-in-amazon-bedrock
    [/\/messages$/, "anthropic-messages"],
  ],
  // https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CountTokens.html
  free: [/\/model\/[^/]+\/count-tokens$/, /\/anthropic\/v1\/messages\/count_tokens$/],
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
  signsRequests: true,
  limitNames: () => NEW_NAME_FIRST,
  usageByOption: () => true,
  overshoot: grokElsewhere,
  hiddenPromptTokens: ({ model }) => (isClaude(model) ? 0 : 1024),
  templates: { "anthropic-messages": CLAUDE_TEMPLATES },
};
