import { anthropicContext } from "../anthropic/context.ts";
import { BOTH_NAMES, NEW_NAME_FIRST, OLD_NAME } from "../compatible/chat-provider.ts";
import { OPENAI, openaiOvershoot } from "../openai/provider.ts";
import type { CallFacts, Provider } from "../provider.ts";
import { grokElsewhere } from "../xai/provider.ts";

/** The first version of the API with `max_completion_tokens` and `stream_options`. */
const NEWER_FROM = "2024-09-01";

/**
 * Deployments with an older version of the API, and the addresses of Azure AI inference, know
 * neither.
 * https://learn.microsoft.com/azure/ai-services/openai/reference
 * https://learn.microsoft.com/rest/api/aifoundry/modelinference
 */
function isNewer({ url }: CallFacts): boolean {
  if (url.pathname.startsWith("/models/")) return false;
  if (!url.pathname.includes("/deployments/")) return true;
  const version = url.searchParams.get("api-version") ?? "";
  return version.slice(0, NEWER_FROM.length) >= NEWER_FROM;
}

/** Models that take the new name alone. */
const REASONS = /^(?:o\d|gpt-5)/;

/** Azure OpenAI and Azure AI Foundry. */
export const AZURE: Provider = {
  id: "azure",
  prices: "azure",
  contextOf: anthropicContext,
  telemetry: "azure.ai.openai",
  hosts: [/(?:^|\.)openai\.azure\.com$/, /\.(?:cognitiveservices|services\.ai)\.azure\.com$/],
  aliases: ["azure-openai"],
  routes: OPENAI.routes,
  uploads: /\/openai\/v1\/files$/,
  free: [/\/responses\/[^/]+\/cancel$/, /\/openai\/(?:v1\/)?files$/],
  limitNames(call) {
    if (!isNewer(call)) return OLD_NAME;
    return REASONS.test(call.model) ? NEW_NAME_FIRST : BOTH_NAMES;
  },
  usageByOption: isNewer,
  overshoot: (call) => grokElsewhere(call) ?? openaiOvershoot(call),
  limitsToolCalls: true,
  fields: {
    "openai-chat": {
      data_sources: { unbounded: "data_sources, which the provider searches" },
      user_security_context: "steers",
    },
  },
};
