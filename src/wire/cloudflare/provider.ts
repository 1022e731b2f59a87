import { chatProvider, PERHAPS_BOTH } from "../compatible/chat-provider.ts";
import type { Provider } from "../provider.ts";

/**
 * Cloudflare's Workers AI.
 * https://developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility/
 */
export const CLOUDFLARE: Provider = chatProvider({
  id: "cloudflare",
  hosts: [/^api\.cloudflare\.com$/],
  aliases: ["workers-ai"],
  upstream: { base: "https://api.cloudflare.com/client/v4", version: "" },
  limits: PERHAPS_BOTH,
  asksForUsage: false,
  hiddenPromptTokens: () => 2048,
});
