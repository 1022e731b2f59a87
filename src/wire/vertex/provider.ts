import { anthropicMessages } from "../anthropic/messages.ts";
import { GOOGLE } from "../google/provider.ts";
import { gemini } from "../google/generate-content.ts";
import { openaiChat } from "../openai/chat.ts";
import type { Provider } from "../provider.ts";

const { upstream: _upstream, environment: _environment, ...SHARED } = GOOGLE;

/** Gemini on Google Cloud's Vertex AI. */
export const VERTEX: Provider = {
  ...SHARED,
  id: "vertex",
  telemetry: "gcp.vertex_ai",
  // The multi-region addresses are those of Anthropic's SDK.
  hosts: [/(?:^|[.-])aiplatform\.(?:[\w-]+\.rep\.)?googleapis\.com$/],
  aliases: ["google-vertex"],
  routes: [
    [/\/models\/[^/]+:(?:streamGenerateContent|generateContent)$/, gemini],
    [/\/endpoints\/openapi\/chat\/completions$/, openaiChat],
    // What Anthropic's SDK shows its middleware before it rewrites a request.
    [/\/messages$/, anthropicMessages],
  ],
  // https://platform.claude.com/docs/en/build-with-claude/token-counting
  free: [/:countTokens$/, /\/messages\/count_tokens$/],
};
