// Made by scripts/generate-prices.ts; not to be edited.

import type { ProviderTable } from "../table.ts";

export const AZURE: ProviderTable = {
  id: "azure",
  name: "Microsoft Azure",
  aliases: ["azure-openai"],
  names: [],
  serves: ["openai","anthropic","xai"],
  sources: ["https://azure.microsoft.com/en-us/pricing/details/cognitive-services/openai-service/#pricing"],
  multipliers: {"tiers":{"batch":0.5,"priority":2.5}},
  models: [
    {"id":"ada","names":["=ada","=text-embedding-ada","=text-embedding-ada-002","=text-embedding-ada-002-v2"],"prices":[{"rates":{"inputTokens":0.1}}]},
    {"id":"babbage","names":["=babbage","=babbage-002"],"prices":[{"rates":{"inputTokens":0.4}}]},
    {"id":"curie","names":["=curie","=text-curie","=text-curie-001"],"prices":[{"rates":{"inputTokens":2}}]},
    {"id":"davinci","names":["=davinci","=davinci-002","=text-davinci","=text-davinci-002"],"prices":[{"rates":{"inputTokens":2}}]},
    {"id":"o1","names":["=o1","=o1-2024-12-17"],"context":200000,"outputMax":100000,"prices":[{"rates":{"inputTokens":15,"cacheReadTokens":7.5,"outputTokens":60}}]},
    {"id":"o1-mini","names":["=o1-mini","=o1-mini-2024-09-12"],"context":128000,"outputMax":65536,"prices":[{"rates":{"inputTokens":1.1,"cacheReadTokens":0.55,"outputTokens":4.4}}]},
    {"id":"o1-preview","names":["=o1-preview","=o1-preview-2024-09-12"],"context":128000,"outputMax":32768,"prices":[{"rates":{"inputTokens":15,"cacheReadTokens":7.5,"outputTokens":60}}]},
    {"id":"o3-2025-04-16","names":["=o3","=o3-2025-04-16"],"context":200000,"outputMax":100000,"prices":[{"rates":{"inputTokens":2,"cacheReadTokens":0.5,"outputTokens":8}}]},
    {"id":"o3-mini","names":["=o3-mini","=o3-mini-2025-01-31"],"context":200000,"outputMax":100000,"prices":[{"rates":{"inputTokens":1.1,"cacheReadTokens":0.55,"outputTokens":4.4}}]},
    {"id":"o4-mini","names":["*o4-mini","*o4-mini-2025-04-16"],"context":200000,"outputMax":100000,"prices":[{"rates":{"inputTokens":1.1,"cacheReadTokens":0.28,"outputTokens":4.4}}]},
    {"id":"phi-3-medium-128k-instruct","names":["=phi-3-medium-128k-instruct"],"context":131072,"prices":[{"rates":{"inputTokens":1,"outputTokens":1}}]},
    {"id":"phi-3-mini-128k-instruct","names":["=phi-3-mini-128k-instruct"],"context":131072,"prices":[{"rates":{"inputTokens":0.1,"outputTokens":0.1}}]},
    {"id":"phi-3.5-mini-128k-instruct","names":["=phi-3.5-mini-128k-instruct"],"context":131072,"prices":[{"rates":{"inputTokens":0.1,"outputTokens":0.1}}]},
    {"id":"phi-4","names":["=phi-4"],"context":16384,"prices":[{"rates":{"inputTokens":0.07,"outputTokens":0.14}}]},
    {"id":"phi-4-mini-instruct","names":["=phi-4-mini-instruct"],"context":131072,"prices":[{"rates":{"inputTokens":0.08,"outputTokens":0.35}}]},
    {"id":"phi-4-multimodal-instruct","names":["=phi-4-multimodal-instruct"],"context":131072,"prices":[{"rates":{"inputTokens":0.05,"outputTokens":0.1}}]},
    {"id":"phi-4-reasoning-plus","names":["=phi-4-reasoning-plus"],"context":32768,"prices":[{"rates":{"inputTokens":0.07,"outputTokens":0.35}}]},
    {"id":"text-embedding-3-large","names":["=text-embedding-3-large"],"context":8192,"prices":[{"rates":{"inputTokens":0.13}}]},
    {"id":"text-embedding-3-small","names":["=text-embedding-3-small"],"context":8192,"prices":[{"rates":{"inputTokens":0.02}}]},
    {"id":"wizardlm-2-8x22b","names":["=wizardlm-2-8x22b"],"prices":[{"rates":{"inputTokens":0.48,"outputTokens":0.48}}]},
  ],
};
