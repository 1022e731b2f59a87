// Made by scripts/generate-prices.ts; not to be edited.

import type { ProviderTable } from "../table.ts";

export const COHERE: ProviderTable = {
  id: "cohere",
  name: "Cohere",
  aliases: [],
  names: ["^command-"],
  serves: [],
  sources: ["https://cohere.com/pricing"],
  multipliers: {},
  models: [
    {"id":"c4ai-aya-expanse-32b","names":["*aya-expanse-32b"],"context":128000,"prices":[{"rates":{"inputTokens":0.5,"outputTokens":1.5}}]},
    {"id":"c4ai-aya-expanse-8b","names":["*aya-expanse-8b"],"context":8192,"prices":[{"rates":{"inputTokens":0.5,"outputTokens":1.5}}]},
    {"id":"command","names":["=command"],"context":128000,"prices":[{"rates":{"inputTokens":1,"outputTokens":2}}]},
    {"id":"command-a","names":["=command-a","=command-a-03-2025"],"context":256000,"prices":[{"rates":{"inputTokens":2.5,"outputTokens":10}}]},
    {"id":"command-light","names":["^command-light"],"context":128000,"prices":[{"rates":{"inputTokens":0.3,"outputTokens":0.6}}]},
    {"id":"command-r","names":["=command-r","=command-r-08-2024"],"context":128000,"prices":[{"rates":{"inputTokens":0.15,"outputTokens":0.6}}]},
    {"id":"command-r-plus","names":["=command-r-plus","=command-r-plus-08-2024"],"context":128000,"prices":[{"rates":{"inputTokens":2.5,"outputTokens":10}}]},
    {"id":"command-r7b","names":["=command-r7b","=command-r7b-12-2024"],"context":128000,"prices":[{"rates":{"inputTokens":0.0375,"outputTokens":0.15}}]},
    {"id":"embed-v4.0","names":["=embed-v4.0"],"context":128000,"prices":[{"rates":{"inputTokens":0.12}}]},
    {"id":"rerank-v4.0-pro","names":["=rerank-v4.0-pro"],"prices":[{"rates":{"searchUnits":2.5}}]},
    {"id":"rerank-v4.0-fast","names":["=rerank-v4.0-fast"],"prices":[{"rates":{"searchUnits":2}}]},
    {"id":"rerank-v3.5","names":["=rerank-v3.5"],"prices":[{"rates":{"searchUnits":2}}]},
    {"id":"rerank-english-v3.0","names":["=rerank-english-v3.0"],"prices":[{"rates":{"searchUnits":2}}]},
    {"id":"rerank-multilingual-v3.0","names":["=rerank-multilingual-v3.0"],"prices":[{"rates":{"searchUnits":2}}]},
    {"id":"rerank-english-v2.0","names":["=rerank-english-v2.0"],"prices":[{"rates":{"searchUnits":1}}]},
    {"id":"rerank-multilingual-v2.0","names":["=rerank-multilingual-v2.0"],"prices":[{"rates":{"searchUnits":1}}]},
  ],
};
