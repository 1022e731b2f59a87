import { chatProvider, PERHAPS_BOTH } from "../compatible/chat-provider.ts";
import type { Provider } from "../provider.ts";

/** NVIDIA's hosted NIM. https://docs.api.nvidia.com/nim/reference/llm-apis */
export const NVIDIA: Provider = chatProvider({
  id: "nvidia",
  prices: undefined,
  hosts: [/^integrate\.api\.nvidia\.com$/],
  aliases: ["nim"],
  upstream: { base: "https://integrate.api.nvidia.com", version: "/v1" },
  // LiteLLM. https://docs.litellm.ai/docs/providers/nvidia_nim
  environment: [{ name: "NVIDIA_NIM_API_BASE", path: "/v1" }],
  limits: PERHAPS_BOTH,
  // vLLM answers: https://docs.nvidia.com/nim/large-language-models/reference/api-reference
  asksForUsage: true,
  hiddenPromptTokens: () => 2048,
});
