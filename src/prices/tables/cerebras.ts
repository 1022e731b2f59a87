// Made by scripts/generate-prices.ts; not to be edited.

import type { ProviderTable } from "../table.ts";

export const CEREBRAS: ProviderTable = {
  id: "cerebras",
  name: "Cerebras",
  aliases: [],
  names: [],
  serves: [],
  sources: ["https://www.cerebras.ai/pricing#pricing","https://inference-docs.cerebras.ai/models/openai-oss","https://inference-docs.cerebras.ai/models/gemma-4-31b","https://inference-docs.cerebras.ai/support/change-log"],
  multipliers: {},
  models: [
    {"id":"gemma-4-31b","names":["=gemma-4-31b","^cerebras/gemma-4-31b","^cerebras:gemma-4-31b"],"context":131072,"prices":[{"rates":{"inputTokens":0.99,"outputTokens":1.49}}]},
    {"id":"gpt-oss-120b","names":["=gpt-oss-120b","^cerebras/gpt-oss-120b","^cerebras:gpt-oss-120b"],"context":131072,"prices":[{"rates":{"inputTokens":0.35,"outputTokens":0.75}}]},
    {"id":"llama-3.3-70b","names":["=llama-3.3-70b","^cerebras/llama-3.3-70b","^cerebras:llama-3.3-70b"],"context":131072,"prices":[{"rates":{"inputTokens":0.85,"outputTokens":1.2}}]},
    {"id":"llama3.1-8b","names":["=llama3.1-8b","^cerebras/llama3.1-8b","^cerebras:llama3.1-8b"],"context":131072,"prices":[{"rates":{"inputTokens":0.1,"outputTokens":0.1}}]},
    {"id":"qwen-3-32b","names":["=qwen-3-32b","^cerebras/qwen-3-32b","^cerebras:qwen-3-32b"],"context":131072,"prices":[{"rates":{"inputTokens":0.4,"outputTokens":0.8}}]},
    {"id":"zai-glm-4.7","names":["=zai-glm-4.7","^cerebras/zai-glm-4.7","^cerebras:zai-glm-4.7"],"context":131072,"prices":[{"rates":{"inputTokens":2.25,"outputTokens":2.75}}]},
  ],
};
