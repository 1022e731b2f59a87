// Made by scripts/generate-prices.ts; not to be edited.

import type { ProviderTable } from "../table.ts";

export const DEEPSEEK: ProviderTable = {
  id: "deepseek",
  name: "Deepseek",
  aliases: [],
  names: ["^deepseek"],
  serves: [],
  sources: ["https://api-docs.deepseek.com/quick_start/pricing"],
  multipliers: {},
  models: [
    {"id":"deepseek-chat","names":["^deepseek-chat","=deepseek-chat-v3-0324"],"context":1000000,"outputMax":65536,"prices":[{"rates":{"inputTokens":0.135,"cacheReadTokens":0.035,"outputTokens":0.55}},{"daily":[1800,59400],"rates":{"inputTokens":0.27,"cacheReadTokens":0.07,"outputTokens":1.1}}]},
    {"id":"deepseek-reasoner","names":["=deepseek-reasoner","^deepseek-r1","=deepseek-r1-0528"],"context":1000000,"outputMax":65536,"prices":[{"rates":{"inputTokens":0.135,"cacheReadTokens":0.035,"outputTokens":0.55}},{"daily":[1800,59400],"rates":{"inputTokens":0.55,"cacheReadTokens":0.14,"outputTokens":2.19}}]},
    {"id":"deepseek-v3.1-terminus","names":["=deepseek-v3.1-terminus"],"context":128000,"outputMax":65536,"prices":[{"rates":{"inputTokens":0.27,"cacheReadTokens":0.13,"outputTokens":0.95}}]},
    {"id":"deepseek-v3.2","names":["=deepseek-v3.2"],"context":128000,"outputMax":65536,"prices":[{"rates":{"inputTokens":0.2288,"outputTokens":0.3432}}]},
    {"id":"deepseek-v3.2-exp","names":["=deepseek-v3.2-exp"],"context":128000,"outputMax":65536,"prices":[{"rates":{"inputTokens":0.27,"outputTokens":0.41}}]},
    {"id":"deepseek-v4-flash","names":["^deepseek-v4-flash"],"context":1000000,"outputMax":393216,"prices":[{"rates":{"inputTokens":0.14,"cacheReadTokens":0.0028,"outputTokens":0.28}},{"from":"2026-08-17","rates":{"inputTokens":0.22,"cacheReadTokens":0.007,"outputTokens":0.66}},{"daily":[3600,14400],"rates":{"inputTokens":0.44,"cacheReadTokens":0.014,"outputTokens":1.32}},{"daily":[21600,36000],"rates":{"inputTokens":0.44,"cacheReadTokens":0.014,"outputTokens":1.32}}]},
    {"id":"deepseek-v4-pro","names":["^deepseek-v4-pro"],"context":1000000,"outputMax":393216,"prices":[{"rates":{"inputTokens":0.435,"cacheReadTokens":0.003625,"outputTokens":0.87}},{"from":"2026-08-17","rates":{"inputTokens":0.66,"cacheReadTokens":0.022,"outputTokens":1.98}},{"daily":[3600,14400],"rates":{"inputTokens":1.32,"cacheReadTokens":0.044,"outputTokens":3.96}},{"daily":[21600,36000],"rates":{"inputTokens":1.32,"cacheReadTokens":0.044,"outputTokens":3.96}}]},
  ],
};
