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
  hosts: [/(?:^|[.-])aiplatform\.googleapis\.com$/],
  aliases: ["google-vertex"],
  routes: [
    [/\/models\/[^/]+:(?:streamGenerateContent|generateContent)$/, gemini],
    [/\/endpoints\/openapi\/chat\/completions$/, openaiChat],
  ],
  free: [/:countTokens$/],
};
