import { chatProvider, NEW_NAME_FIRST } from "../compatible/chat-provider.ts";
import type { Provider } from "../provider.ts";

/** Models that search the web and run code by themselves. */
const COMPOUND = /(?:^|\/)compound/;

/** Groq. */
export const GROQ: Provider = chatProvider({
  id: "groq",
  hosts: [/(?:^|\.)groq\.com$/],
  upstream: { base: "https://api.groq.com", version: "/openai/v1" },
  environment: [
    { name: "GROQ_BASE_URL", path: "" },
    // LiteLLM. https://docs.litellm.ai/docs/providers/groq
    { name: "GROQ_API_BASE", path: "/openai/v1" },
  ],
  routes: [
    [/\/chat\/completions$/, "openai-chat"],
    [/\/responses$/, "openai-responses"],
    [/\/audio\/speech$/, "openai-speech"],
    [/\/audio\/(?:transcriptions|translations)$/, "openai-transcriptions"],
  ],
  // https://console.groq.com/docs/api-reference
  free: [/\/v1\/files$/],
  limits: NEW_NAME_FIRST,
  asksForUsage: true,
  hiddenPromptTokens: () => 1024,
  unboundedModel: (model) =>
    COMPOUND.test(model) ? `the model ${model.slice(0, 40)}, which runs tools` : undefined,
});
