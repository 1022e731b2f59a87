import { chatProvider, PERHAPS_BOTH } from "../compatible/chat-provider.ts";
import type { Provider } from "../provider.ts";

/**
 * OVHcloud's AI Endpoints.
 * https://help.ovhcloud.com/csm/en-public-cloud-ai-endpoints-getting-started
 */
export const OVHCLOUD: Provider = chatProvider({
  id: "ovhcloud",
  hosts: [/\.ai\.cloud\.ovh\.net$/],
  aliases: ["ovh"],
  upstream: { base: "https://oai.endpoints.kepler.ai.cloud.ovh.net", version: "/v1" },
  limits: PERHAPS_BOTH,
  asksForUsage: false,
  hiddenPromptTokens: () => 2048,
});
