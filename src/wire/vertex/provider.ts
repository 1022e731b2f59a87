import { GOOGLE } from "../google/provider.ts";
import { gemini } from "../google/generate-content.ts";
import { openaiChat } from "../openai/chat.ts";
import type { Provider } from "../provider.ts";
import { grokElsewhere } from "../xai/provider.ts";

const { upstream: _upstream, environment: _environment, ...SHARED } = GOOGLE;

/** Gemini on Google Cloud's Vertex AI. */
export const VERTEX: Provider = {
  ...SHARED,
  id: "vertex",
  telemetry: "gcp.vertex_ai",
  // https://docs.cloud.google.com/gemini-enterprise-agent-platform/resources/locations
  hosts: [
    /(?:^|[.-])aiplatform\.googleapis\.com$/,
    /^aiplatform\.[a-z]+(?:-[a-z0-9]+)*\.rep\.googleapis\.com$/,
  ],
  aliases: ["google-vertex"],
  routes: [
    [/\/models\/[^/]+:(?:streamGenerateContent|generateContent)$/, gemini],
    [/\/endpoints\/openapi\/chat\/completions$/, openaiChat],
  ],
  free: [/:countTokens$/],
  overshoot: (call) => grokElsewhere(call) ?? SHARED.overshoot?.(call),
};
