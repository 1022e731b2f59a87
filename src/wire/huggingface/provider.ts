import { chatProvider, PERHAPS_BOTH } from "../compatible/chat-provider.ts";
import type { Provider } from "../provider.ts";

/** Hugging Face's router, which forwards to other providers at their prices. */
export const HUGGINGFACE: Provider = chatProvider({
  id: "huggingface",
  telemetry: "hugging_face",
  hosts: [/^router\.huggingface\.co$/],
  upstream: { base: "https://router.huggingface.co", version: "/v1" },
  limits: PERHAPS_BOTH,
  asksForUsage: false,
  hiddenPromptTokens: () => 2048,
});
