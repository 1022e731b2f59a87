// Made by scripts/generate-prices.ts; not to be edited.

import type { ProviderTable } from "../table.ts";

export const MINIMAX: ProviderTable = {
  id: "minimax",
  name: "MiniMax",
  aliases: [],
  names: [],
  serves: [],
  sources: ["https://platform.minimax.io/docs/guides/pricing-paygo"],
  multipliers: {},
  models: [
    {"id":"M2-her","names":["=M2-her","=m2-her"],"context":64000,"prices":[{"rates":{"inputTokens":0.3,"outputTokens":1.2}}]},
    {"id":"MiniMax-M2","names":["=MiniMax-M2","=minimax-m2","=MiniMax-M2.1","=minimax-m2.1","=MiniMax-M2.5","=minimax-m2.5"],"context":204800,"prices":[{"rates":{"inputTokens":0.3,"cacheWriteTokens":0.375,"cacheReadTokens":0.03,"outputTokens":1.2}}]},
    {"id":"MiniMax-M2.1-highspeed","names":["*M2.1-highspeed","*m2.1-highspeed"],"context":204800,"prices":[{"rates":{"inputTokens":0.6,"cacheWriteTokens":0.375,"cacheReadTokens":0.03,"outputTokens":2.4}}]},
    {"id":"MiniMax-M2.5-highspeed","names":["*M2.5-highspeed","*m2.5-highspeed"],"context":204800,"prices":[{"rates":{"inputTokens":0.6,"cacheWriteTokens":0.375,"cacheReadTokens":0.03,"outputTokens":2.4}}]},
    {"id":"MiniMax-M2.7","names":["=MiniMax-M2.7","=minimax-m2.7"],"context":204800,"prices":[{"rates":{"inputTokens":0.3,"cacheWriteTokens":0.375,"cacheReadTokens":0.06,"outputTokens":1.2}}]},
    {"id":"MiniMax-M2.7-highspeed","names":["*M2.7-highspeed","*m2.7-highspeed"],"context":204800,"prices":[{"rates":{"inputTokens":0.6,"cacheWriteTokens":0.375,"cacheReadTokens":0.06,"outputTokens":2.4}}]},
    {"id":"minimax-01","names":["=minimax-01"],"context":1000192,"prices":[{"rates":{"inputTokens":0.2,"outputTokens":1.1}}]},
    {"id":"minimax-m1","names":["=minimax-m1"],"prices":[{"rates":{"inputTokens":0.4,"outputTokens":2.2}}]},
    {"id":"minimax-m3","names":["=minimax-m3"],"context":1000000,"prices":[{"rates":{"inputTokens":{"base":0.3,"tiers":[{"above":512000,"rate":0.6}]},"cacheReadTokens":{"base":0.06,"tiers":[{"above":512000,"rate":0.12}]},"outputTokens":{"base":1.2,"tiers":[{"above":512000,"rate":2.4}]}}}]},
  ],
};
