// Made by scripts/generate-prices.ts; not to be edited.

import type { ProviderTable } from "../table.ts";

export const MOONSHOT: ProviderTable = {
  id: "moonshot",
  name: "MoonshotAi",
  aliases: ["moonshotai","moonshot-ai","kimi"],
  names: ["^kimi","^moonshot"],
  serves: [],
  sources: ["https://platform.kimi.ai/docs/models.md","https://platform.kimi.ai/docs/pricing/chat-k3.md","https://platform.kimi.ai/docs/pricing/chat-k27-code.md","https://platform.kimi.ai/docs/pricing/chat-k26.md","https://platform.kimi.ai/docs/pricing/chat-k25.md","https://platform.kimi.ai/docs/pricing/chat-v1.md"],
  multipliers: {},
  models: [
    {"id":"kimi-k2","names":["=kimi-k2"],"context":262144,"prices":[{"rates":{"inputTokens":0.57,"outputTokens":2.3}}]},
    {"id":"kimi-k2-0711-preview","names":["=kimi-k2-0711-preview"],"context":262144,"prices":[{"rates":{"inputTokens":0.6,"cacheReadTokens":0.15,"outputTokens":2.5}}]},
    {"id":"kimi-k2-0905-preview","names":["=kimi-k2-0905-preview"],"context":262144,"prices":[{"rates":{"inputTokens":0.6,"cacheReadTokens":0.15,"outputTokens":2.5}}]},
    {"id":"kimi-k2-thinking","names":["=kimi-k2-thinking"],"context":262144,"prices":[{"rates":{"inputTokens":0.6,"cacheReadTokens":0.15,"outputTokens":2.5}}]},
    {"id":"kimi-k2-thinking-turbo","names":["=kimi-k2-thinking-turbo"],"context":262144,"prices":[{"rates":{"inputTokens":1.15,"cacheReadTokens":0.15,"outputTokens":8}}]},
    {"id":"kimi-k2-turbo-preview","names":["^kimi-k2-turbo"],"context":262144,"prices":[{"rates":{"inputTokens":1.15,"cacheReadTokens":0.15,"outputTokens":8}}]},
    {"id":"kimi-k2.5","names":["^kimi-k2.5"],"context":262144,"prices":[{"rates":{"inputTokens":0.6,"cacheReadTokens":0.1,"outputTokens":3}}]},
    {"id":"kimi-k2.6","names":["^kimi-k2.6"],"context":262144,"prices":[{"rates":{"inputTokens":0.95,"cacheReadTokens":0.16,"outputTokens":4}}]},
    {"id":"kimi-k2.7-code","names":["=kimi-k2.7-code"],"context":262144,"prices":[{"rates":{"inputTokens":0.95,"cacheReadTokens":0.19,"outputTokens":4}}]},
    {"id":"kimi-k2.7-code-highspeed","names":["=kimi-k2.7-code-highspeed"],"context":262144,"prices":[{"rates":{"inputTokens":1.9,"cacheReadTokens":0.38,"outputTokens":8}}]},
    {"id":"kimi-k3","names":["=kimi-k3"],"context":1048576,"prices":[{"rates":{"inputTokens":3,"cacheReadTokens":0.3,"outputTokens":15}}]},
    {"id":"moonshot-v1-128k","names":["=moonshot-v1-128k","=moonshot-v1-128k-vision-preview"],"context":262144,"prices":[{"rates":{"inputTokens":2,"outputTokens":5}}]},
    {"id":"moonshot-v1-32k","names":["=moonshot-v1-32k","=moonshot-v1-32k-vision-preview"],"context":262144,"prices":[{"rates":{"inputTokens":1,"outputTokens":3}}]},
    {"id":"moonshot-v1-8k","names":["=moonshot-v1-8k","=moonshot-v1-8k-vision-preview"],"context":262144,"prices":[{"rates":{"inputTokens":0.2,"outputTokens":2}}]},
  ],
};
