// Made by scripts/generate-prices.ts; not to be edited.

import type { ProviderTable } from "../table.ts";

export const PERPLEXITY: ProviderTable = {
  id: "perplexity",
  name: "Perplexity",
  aliases: [],
  names: [],
  serves: [],
  sources: ["https://docs.perplexity.ai/docs/getting-started/pricing"],
  multipliers: {},
  models: [
    {"id":"llama-3.1-sonar-large-128k-online","names":["=llama-3.1-sonar-large-128k-online"],"context":131072,"prices":[{"rates":{"inputTokens":1,"outputTokens":1}}]},
    {"id":"llama-3.1-sonar-small-128k-online","names":["=llama-3.1-sonar-small-128k-online"],"context":131072,"prices":[{"rates":{"inputTokens":0.2,"outputTokens":0.2}}]},
    {"id":"r1-1776","names":["=r1-1776"],"context":131072,"prices":[{"rates":{"inputTokens":2,"outputTokens":8}}]},
    {"id":"sonar","names":["=sonar"],"context":131072,"prices":[{"rates":{"inputTokens":1,"outputTokens":1,"requests":12}}]},
    {"id":"sonar-deep-research","names":["=sonar-deep-research"],"context":131072,"prices":[{"rates":{"inputTokens":2,"outputTokens":8,"reasoningTokens":3,"webSearches":5}}]},
    {"id":"sonar-pro","names":["=sonar-pro"],"context":200000,"prices":[{"rates":{"inputTokens":3,"outputTokens":15,"requests":14}}]},
    {"id":"sonar-pro-search","names":["=sonar-pro-search"],"context":131072,"prices":[{"rates":{"inputTokens":3,"outputTokens":15}}]},
    {"id":"sonar-reasoning","names":["=sonar-reasoning"],"context":131072,"prices":[{"rates":{"inputTokens":1,"outputTokens":5,"requests":12}}]},
    {"id":"sonar-reasoning-pro","names":["=sonar-reasoning-pro"],"context":131072,"prices":[{"rates":{"inputTokens":2,"outputTokens":8,"requests":14}}]},
  ],
};
