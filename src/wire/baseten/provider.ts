import { chatProvider, PERHAPS_BOTH } from "../compatible/chat-provider.ts";
import type { Provider } from "../provider.ts";

/** Baseten. https://docs.baseten.co/inference/model-apis/overview */
export const BASETEN: Provider = chatProvider({
  id: "baseten",
  hosts: [/(?:^|\.)baseten\.co$/],
  // https://docs.baseten.co/reference/inference-api/chat-completions
  upstream: { base: "https://inference.baseten.co", version: "/v1" },
  limits: PERHAPS_BOTH,
  asksForUsage: true,
  hiddenPromptTokens: () => 2048,
});
