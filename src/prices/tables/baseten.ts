// Made by scripts/generate-prices.ts; not to be edited.

import type { ProviderTable } from "../table.ts";

export const BASETEN: ProviderTable = {
  id: "baseten",
  name: "Baseten",
  aliases: [],
  names: [],
  serves: [],
  sources: ["https://www.baseten.co/pricing/","https://docs.baseten.co/inference/model-apis/overview"],
  multipliers: {},
  models: [
    {"id":"deepseek-ai/DeepSeek-V4-Flash-0731","names":["=deepseek-ai/DeepSeek-V4-Flash-0731"],"context":1048000,"prices":[{"rates":{"inputTokens":0.13,"cacheReadTokens":0.028,"outputTokens":0.26}}]},
    {"id":"deepseek-ai/DeepSeek-V4-Pro","names":["=deepseek-ai/DeepSeek-V4-Pro"],"context":1048000,"prices":[{"rates":{"inputTokens":1.74,"cacheReadTokens":0.145,"outputTokens":3.48}}]},
    {"id":"deepseek-ai/DeepSeek-V4-Pro-0813","names":["=deepseek-ai/DeepSeek-V4-Pro-0813"],"context":1048000,"prices":[{"rates":{"inputTokens":1.32,"cacheReadTokens":0.132,"outputTokens":3.96}}]},
    {"id":"moonshotai/Kimi-K2.6","names":["=moonshotai/Kimi-K2.6"],"context":262000,"prices":[{"rates":{"inputTokens":0.95,"cacheReadTokens":0.16,"outputTokens":4}}]},
    {"id":"moonshotai/Kimi-K2.7-Code","names":["=moonshotai/Kimi-K2.7-Code"],"context":262000,"prices":[{"rates":{"inputTokens":0.95,"cacheReadTokens":0.16,"outputTokens":4}}]},
    {"id":"moonshotai/Kimi-K3","names":["=moonshotai/Kimi-K3"],"context":1048000,"prices":[{"rates":{"inputTokens":3,"cacheReadTokens":0.3,"outputTokens":15}}]},
    {"id":"nvidia/NVIDIA-Nemotron-3-Ultra-550B-A55B","names":["=nvidia/NVIDIA-Nemotron-3-Ultra-550B-A55B"],"context":202000,"prices":[{"rates":{"inputTokens":0.6,"cacheReadTokens":0.12,"outputTokens":2.4}}]},
    {"id":"openai/gpt-oss-120b","names":["=openai/gpt-oss-120b"],"context":128000,"prices":[{"rates":{"inputTokens":0.1,"outputTokens":0.5}}]},
    {"id":"thinkingmachines/inkling","names":["=thinkingmachines/inkling"],"context":1048000,"prices":[{"rates":{"inputTokens":1,"cacheReadTokens":0.17,"outputTokens":4.05}}]},
    {"id":"thinkingmachines/inkling-small","names":["=thinkingmachines/inkling-small"],"context":1048000,"prices":[{"rates":{"inputTokens":0.5,"cacheReadTokens":0.1,"outputTokens":1.2}}]},
    {"id":"zai-org/GLM-4.7","names":["=zai-org/GLM-4.7"],"context":200000,"prices":[{"rates":{"inputTokens":0.6,"cacheReadTokens":0.12,"outputTokens":2.2}}]},
    {"id":"zai-org/GLM-5.2","names":["=zai-org/GLM-5.2"],"context":1048000,"prices":[{"rates":{"inputTokens":1.4,"cacheReadTokens":0.14,"outputTokens":4.4}}]},
    {"id":"zai-org/GLM-5.2-Fast","names":["=zai-org/GLM-5.2-Fast"],"context":1048000,"prices":[{"rates":{"inputTokens":2.1,"cacheReadTokens":0.21,"outputTokens":6.6}}]},
    {"id":"zai-org/GLM-5.3","names":["=zai-org/GLM-5.3"],"context":1048000,"prices":[{"rates":{"inputTokens":1.4,"cacheReadTokens":0.14,"outputTokens":4.4}}]},
    {"id":"zai-org/GLM-5.3-Flash","names":["=zai-org/GLM-5.3-Flash"],"context":1048000,"prices":[{"rates":{"inputTokens":0.15,"cacheReadTokens":0.03,"outputTokens":0.5}}]},
  ],
};
