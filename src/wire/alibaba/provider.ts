import { chatProvider, PERHAPS_BOTH } from "../compatible/chat-provider.ts";
import type { Provider } from "../provider.ts";

/** Alibaba's Model Studio. https://www.alibabacloud.com/help/en/model-studio/stream */
export const ALIBABA: Provider = chatProvider({
  id: "alibaba",
  prices: undefined,
  // https://www.alibabacloud.com/help/en/model-studio/compatibility-of-openai-with-dashscope
  hosts: [/(?:^|\.)dashscope[\w-]*\.aliyuncs\.com$/, /\.maas\.aliyuncs\.com$/],
  aliases: ["dashscope", "qwen"],
  upstream: { base: "https://dashscope-intl.aliyuncs.com/compatible-mode", version: "/v1" },
  limits: PERHAPS_BOTH,
  asksForUsage: true,
  hiddenPromptTokens: () => 2048,
  fields: {
    "openai-chat": {
      enable_code_interpreter: {
        unbounded: "enable_code_interpreter, a tool that the provider runs",
      },
      vl_high_resolution_images: { window: "images in high resolution" },
    },
  },
});
