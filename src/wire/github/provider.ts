import { chatProvider, PERHAPS_BOTH } from "../compatible/chat-provider.ts";
import type { Provider } from "../provider.ts";
import { grokElsewhere } from "../xai/provider.ts";

/** GitHub Models. https://docs.github.com/en/rest/models/inference */
export const GITHUB: Provider = chatProvider({
  id: "github",
  prices: undefined,
  hosts: [/^models\.github\.ai$/, /^models\.inference\.ai\.azure\.com$/],
  aliases: ["github-models"],
  upstream: { base: "https://models.github.ai", version: "" },
  // Its reference has `max_tokens` alone, and does not say when a stream reports usage.
  limits: PERHAPS_BOTH,
  asksForUsage: false,
  hiddenPromptTokens: () => 2048,
  overshoot: grokElsewhere,
});
