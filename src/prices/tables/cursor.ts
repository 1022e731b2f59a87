// Made by scripts/generate-prices.ts; not to be edited.

import type { ProviderTable } from "../table.ts";

export const CURSOR: ProviderTable = {
  id: "cursor",
  name: "Cursor",
  aliases: [],
  names: [],
  serves: [],
  sources: ["https://cursor.com/docs/models-and-pricing","https://cursor.com/docs/models/grok-4-6","https://cursor.com/docs/models/grok-4-5","https://cursor.com/docs/models/cursor-composer-2-5"],
  multipliers: {},
  models: [
    {"id":"composer-2.5","names":["=composer-2.5","~^composer-2\\.5\\[fast=false\\]$"],"context":200000,"prices":[{"rates":{"inputTokens":0.5,"cacheReadTokens":0.2,"outputTokens":2.5}}]},
    {"id":"composer-2.5-fast","names":["=composer-2.5-fast","~^composer-2\\.5\\[fast=true\\]$"],"context":200000,"prices":[{"rates":{"inputTokens":3,"cacheReadTokens":0.5,"outputTokens":15}}]},
    {"id":"grok-4.5","names":["=grok-4.5","~^grok-4\\.5\\[fast=false\\]$"],"context":256000,"prices":[{"rates":{"inputTokens":2,"cacheReadTokens":0.5,"outputTokens":6}}]},
    {"id":"grok-4.5-fast","names":["=grok-4.5-fast","~^grok-4\\.5\\[fast=true\\]$"],"context":256000,"prices":[{"rates":{"inputTokens":4,"cacheReadTokens":1,"outputTokens":18}}]},
    {"id":"grok-4.6","names":["=grok-4.6","~^grok-4\\.6\\[fast=false\\]$"],"context":256000,"prices":[{"rates":{"inputTokens":2,"cacheReadTokens":0.5,"outputTokens":6}}]},
    {"id":"grok-4.6-fast","names":["=grok-4.6-fast","~^grok-4\\.6\\[fast=true\\]$"],"context":256000,"prices":[{"rates":{"inputTokens":4,"cacheReadTokens":1,"outputTokens":12}}]},
  ],
};
