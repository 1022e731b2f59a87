// Made by scripts/generate-prices.ts; not to be edited.

import type { ProviderTable } from "../table.ts";

export const ARCEE: ProviderTable = {
  id: "arcee",
  name: "Arcee",
  aliases: [],
  names: [],
  serves: [],
  sources: ["https://docs.arcee.ai/get-started/pricing","https://api.arcee.ai/api/v1/models"],
  multipliers: {},
  models: [
    {"id":"deepseek/deepseek-v4-flash-latest","names":["=deepseek/deepseek-v4-flash-latest"],"prices":[{"rates":{"inputTokens":0.14,"cacheReadTokens":0.028,"outputTokens":0.28}}]},
    {"id":"deepseek/deepseek-v4-pro","names":["=deepseek/deepseek-v4-pro"],"prices":[{"rates":{"inputTokens":1.74,"cacheReadTokens":0.2,"outputTokens":3.48}}]},
    {"id":"moonshotai/kimi-k3","names":["=moonshotai/kimi-k3"],"prices":[{"rates":{"inputTokens":3,"cacheReadTokens":0.3,"outputTokens":15}}]},
    {"id":"thinkingmachines/inkling-small","names":["=thinkingmachines/inkling-small"],"prices":[{"rates":{"inputTokens":0.5,"cacheReadTokens":0.1,"outputTokens":1.2}}]},
    {"id":"trinity-large-thinking","names":["=trinity-large-thinking"],"prices":[{"rates":{"inputTokens":0.25,"cacheReadTokens":0.06,"outputTokens":0.8}}]},
    {"id":"zai-org/glm-5.2","names":["=zai-org/glm-5.2"],"prices":[{"rates":{"inputTokens":1.4,"cacheReadTokens":0.26,"outputTokens":4.4}}]},
  ],
};
