import { chatProvider, PERHAPS_BOTH } from "../compatible/chat-provider.ts";
import type { Provider } from "../provider.ts";

/** Avian. */
export const AVIAN: Provider = chatProvider({
  id: "avian",
  hosts: [/(?:^|\.)avian\.io$/],
  upstream: { base: "https://api.avian.io", version: "/v1" },
  limits: PERHAPS_BOTH,
  asksForUsage: true,
  hiddenPromptTokens: () => 2048,
});
