// Made by scripts/generate-prices.ts; not to be edited.

import type { ProviderTable } from "../table.ts";

export const AVIAN: ProviderTable = {
  id: "avian",
  name: "Avian",
  aliases: [],
  names: [],
  serves: [],
  sources: ["https://avian.io/pricing/"],
  multipliers: {},
  models: [
    {"id":"Meta-Llama-3.1-405B-Instruct","names":["=Meta-Llama-3.1-405B-Instruct"],"prices":[{"rates":{"inputTokens":1.5,"outputTokens":1.5}}]},
    {"id":"Meta-Llama-3.1-70B-Instruct","names":["=Meta-Llama-3.1-70B-Instruct"],"prices":[{"rates":{"inputTokens":0.45,"outputTokens":0.45}}]},
    {"id":"Meta-Llama-3.1-8B-Instruct","names":["=Meta-Llama-3.1-8B-Instruct"],"prices":[{"rates":{"inputTokens":0.1,"outputTokens":0.1}}]},
    {"id":"Meta-Llama-3.3-70B-Instruct","names":["=Meta-Llama-3.3-70B-Instruct"],"prices":[{"rates":{"inputTokens":0.45,"outputTokens":0.45}}]},
    {"id":"deepseek/deepseek-v3.2","names":["=deepseek/deepseek-v3.2"],"context":163000,"prices":[{"rates":{"inputTokens":0.23,"cacheReadTokens":0.012,"outputTokens":0.33}}]},
    {"id":"deepseek/deepseek-v4-flash","names":["=deepseek/deepseek-v4-flash"],"context":1000000,"prices":[{"rates":{"inputTokens":0.0805,"cacheReadTokens":0.0165,"outputTokens":0.161}}]},
    {"id":"deepseek/deepseek-v4-pro","names":["=deepseek/deepseek-v4-pro"],"context":1000000,"prices":[{"rates":{"inputTokens":1.305,"cacheReadTokens":0.10875,"outputTokens":2.61}}]},
    {"id":"deepseek/deepseek-v4-pro-0813","names":["=deepseek/deepseek-v4-pro-0813"],"context":1000000,"prices":[{"rates":{"inputTokens":0.594,"cacheReadTokens":0.0198,"outputTokens":1.782}}]},
    {"id":"minimax/minimax-m2.5","names":["=minimax/minimax-m2.5"],"context":196000,"prices":[{"rates":{"inputTokens":0.27,"cacheReadTokens":0.15,"outputTokens":1.08}}]},
    {"id":"moonshotai/kimi-k2.5","names":["=moonshotai/kimi-k2.5"],"context":262000,"prices":[{"rates":{"inputTokens":0.45,"cacheReadTokens":0.225,"outputTokens":2.2}}]},
    {"id":"moonshotai/kimi-k2.6","names":["=moonshotai/kimi-k2.6"],"context":262000,"prices":[{"rates":{"inputTokens":0.95,"cacheReadTokens":0.16,"outputTokens":4}}]},
    {"id":"xiaomi/mimo-v2.5","names":["=xiaomi/mimo-v2.5"],"context":1000000,"prices":[{"rates":{"inputTokens":0.2,"cacheReadTokens":0.05,"outputTokens":0.4}}]},
    {"id":"xiaomi/mimo-v2.5-pro","names":["=xiaomi/mimo-v2.5-pro"],"context":1000000,"prices":[{"rates":{"inputTokens":0.435,"cacheReadTokens":0.0036,"outputTokens":0.87}}]},
    {"id":"z-ai/glm-4.7","names":["=z-ai/glm-4.7"],"context":202000,"prices":[{"rates":{"inputTokens":0.388,"cacheReadTokens":0.097,"outputTokens":1.806}}]},
    {"id":"z-ai/glm-5","names":["=z-ai/glm-5"],"context":205000,"prices":[{"rates":{"inputTokens":0.516,"cacheReadTokens":0.129,"outputTokens":2.322}}]},
    {"id":"z-ai/glm-5.1","names":["=z-ai/glm-5.1"],"context":202000,"prices":[{"rates":{"inputTokens":0.743,"cacheReadTokens":0.186,"outputTokens":2.971}}]},
    {"id":"z-ai/glm-5.2","names":["=z-ai/glm-5.2"],"context":1000000,"prices":[{"rates":{"inputTokens":0.495,"cacheReadTokens":0.124,"outputTokens":1.733}}]},
  ],
};
