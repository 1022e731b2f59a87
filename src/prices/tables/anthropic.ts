// Made by scripts/generate-prices.ts; not to be edited.

import type { ProviderTable } from "../table.ts";

export const ANTHROPIC: ProviderTable = {
  id: "anthropic",
  name: "Anthropic",
  aliases: ["claude"],
  names: ["*claude"],
  serves: [],
  sources: ["https://www.anthropic.com/pricing#api"],
  multipliers: {"tiers":{"batch":0.5}},
  models: [
    {"id":"claude-2","names":["^claude-2","*claude-v2"],"context":200000,"prices":[{"rates":{"inputTokens":8,"outputTokens":24}}]},
    {"id":"claude-3-5-haiku-latest","names":["^claude-3-5-haiku","^claude-3.5-haiku"],"context":200000,"prices":[{"rates":{"inputTokens":0.8,"cacheWriteTokens":1,"cacheReadTokens":0.08,"outputTokens":4,"cacheWrite1hTokens":1.6,"webSearches":10}}]},
    {"id":"claude-3-5-sonnet","names":["^claude-3-5-sonnet","^claude-3.5-sonnet"],"context":200000,"prices":[{"rates":{"inputTokens":3,"cacheWriteTokens":3.75,"cacheReadTokens":0.3,"outputTokens":15,"cacheWrite1hTokens":6,"webSearches":10}}]},
    {"id":"claude-3-7-sonnet-latest","names":["^claude-3-7-sonnet","^claude-3.7-sonnet","^claude-sonnet-3.7","^claude-sonnet-3-7"],"context":200000,"prices":[{"rates":{"inputTokens":3,"cacheWriteTokens":3.75,"cacheReadTokens":0.3,"outputTokens":15,"cacheWrite1hTokens":6,"webSearches":10}}]},
    {"id":"claude-3-haiku","names":["^claude-3-haiku"],"context":200000,"prices":[{"rates":{"inputTokens":0.25,"cacheWriteTokens":0.3,"cacheReadTokens":0.03,"outputTokens":1.25,"cacheWrite1hTokens":0.5}}]},
    {"id":"claude-3-opus-latest","names":["^claude-3-opus"],"context":200000,"prices":[{"rates":{"inputTokens":15,"cacheWriteTokens":18.75,"cacheReadTokens":1.5,"outputTokens":75,"cacheWrite1hTokens":30}}]},
    {"id":"claude-3-sonnet","names":["^claude-3-sonnet"],"context":200000,"prices":[{"rates":{"inputTokens":3,"cacheWriteTokens":3.75,"cacheReadTokens":0.3,"outputTokens":15,"cacheWrite1hTokens":6}}]},
    {"id":"claude-fable-5","names":["=claude-fable-5","~^claude-fable-5-\\d{8}$"],"context":1000000,"prices":[{"rates":{"inputTokens":10,"cacheWriteTokens":12.5,"cacheReadTokens":1,"outputTokens":50,"cacheWrite1hTokens":20,"webSearches":10}}]},
    {"id":"claude-fable-5-1","names":["=claude-fable-5-1","~^claude-fable-5-1-\\d{8}$"],"context":1000000,"prices":[{"rates":{"inputTokens":10,"cacheWriteTokens":12.5,"cacheReadTokens":0.25,"outputTokens":50,"cacheWrite1hTokens":20,"webSearches":10}}]},
    {"id":"claude-haiku-4-5","names":["^claude-haiku-4-5","^claude-haiku-4.5","^claude-4-5-haiku","^claude-4.5-haiku"],"context":200000,"prices":[{"rates":{"inputTokens":1,"cacheWriteTokens":1.25,"cacheReadTokens":0.1,"outputTokens":5,"cacheWrite1hTokens":2,"webSearches":10}}]},
    {"id":"claude-opus-4-0","names":["^claude-opus-4-0","^claude-4-opus","=claude-opus-4","=claude-opus-4-20250514"],"context":200000,"prices":[{"rates":{"inputTokens":15,"cacheWriteTokens":18.75,"cacheReadTokens":1.5,"outputTokens":75,"cacheWrite1hTokens":30,"webSearches":10}}]},
    {"id":"claude-opus-4-1","names":["^claude-opus-4-1","^claude-opus-4.1"],"context":200000,"prices":[{"rates":{"inputTokens":15,"cacheWriteTokens":18.75,"cacheReadTokens":1.5,"outputTokens":75,"cacheWrite1hTokens":30,"webSearches":10}}]},
    {"id":"claude-opus-4-5","names":["^claude-opus-4-5","^claude-opus-4.5","^claude-4-5-opus","^claude-4.5-opus"],"context":200000,"prices":[{"rates":{"inputTokens":5,"cacheWriteTokens":6.25,"cacheReadTokens":0.5,"outputTokens":25,"cacheWrite1hTokens":10,"webSearches":10}}]},
    {"id":"claude-opus-4-6","names":["^claude-opus-4-6","^claude-opus-4.6","^claude-4-6-opus","^claude-4.6-opus"],"context":1000000,"prices":[{"rates":{"inputTokens":{"base":5,"tiers":[{"above":200000,"rate":10}]},"cacheWriteTokens":{"base":6.25,"tiers":[{"above":200000,"rate":12.5}]},"cacheReadTokens":{"base":0.5,"tiers":[{"above":200000,"rate":1}]},"outputTokens":{"base":25,"tiers":[{"above":200000,"rate":37.5}]},"cacheWrite1hTokens":{"base":10,"tiers":[{"above":200000,"rate":20}]},"webSearches":10}},{"from":"2026-03-13","rates":{"inputTokens":5,"cacheWriteTokens":6.25,"cacheReadTokens":0.5,"outputTokens":25,"cacheWrite1hTokens":10,"webSearches":10}}]},
    {"id":"claude-opus-4-7","names":["^claude-opus-4-7","^claude-opus-4.7","^claude-4-7-opus","^claude-4.7-opus"],"context":1000000,"prices":[{"rates":{"inputTokens":5,"cacheWriteTokens":6.25,"cacheReadTokens":0.5,"outputTokens":25,"cacheWrite1hTokens":10,"webSearches":10}}]},
    {"id":"claude-opus-4-8","names":["^claude-opus-4-8","^claude-opus-4.8","^claude-4-8-opus","^claude-4.8-opus"],"context":1000000,"prices":[{"rates":{"inputTokens":5,"cacheWriteTokens":6.25,"cacheReadTokens":0.5,"outputTokens":25,"cacheWrite1hTokens":10,"webSearches":10}}]},
    {"id":"claude-opus-5","names":["=claude-opus-5","~^claude-opus-5-\\d{8}$","^claude-opus-5.0","^claude-5-opus","^claude-5.0-opus"],"context":1000000,"prices":[{"rates":{"inputTokens":5,"cacheWriteTokens":6.25,"cacheReadTokens":0.5,"outputTokens":25,"cacheWrite1hTokens":10,"webSearches":10}}]},
    {"id":"claude-opus-5-5","names":["=claude-opus-5-5","~^claude-opus-5-5-\\d{8}$","^claude-opus-5.5","^claude-5-5-opus","^claude-5.5-opus"],"context":1000000,"prices":[{"rates":{"inputTokens":4,"cacheWriteTokens":5,"cacheReadTokens":0.2,"outputTokens":20,"cacheWrite1hTokens":8,"webSearches":10}}]},
    {"id":"claude-sonnet-4-0","names":["^claude-sonnet-4-2025","^claude-sonnet-4-0","^claude-sonnet-4@","=claude-sonnet-4","^claude-4-sonnet"],"context":200000,"prices":[{"rates":{"inputTokens":3,"cacheWriteTokens":3.75,"cacheReadTokens":0.3,"outputTokens":15,"cacheWrite1hTokens":6,"webSearches":10}}]},
    {"id":"claude-sonnet-4-5","names":["^claude-sonnet-4-5","^claude-sonnet-4.5"],"context":200000,"prices":[{"rates":{"inputTokens":{"base":3,"tiers":[{"above":200000,"rate":6}]},"cacheWriteTokens":{"base":3.75,"tiers":[{"above":200000,"rate":7.5}]},"cacheReadTokens":{"base":0.3,"tiers":[{"above":200000,"rate":0.6}]},"outputTokens":{"base":15,"tiers":[{"above":200000,"rate":22.5}]},"cacheWrite1hTokens":{"base":6,"tiers":[{"above":200000,"rate":12}]},"webSearches":10}}]},
    {"id":"claude-sonnet-4-6","names":["^claude-sonnet-4-6","^claude-sonnet-4.6"],"context":1000000,"prices":[{"rates":{"inputTokens":{"base":3,"tiers":[{"above":200000,"rate":6}]},"cacheWriteTokens":{"base":3.75,"tiers":[{"above":200000,"rate":7.5}]},"cacheReadTokens":{"base":0.3,"tiers":[{"above":200000,"rate":0.6}]},"outputTokens":{"base":15,"tiers":[{"above":200000,"rate":22.5}]},"cacheWrite1hTokens":{"base":6,"tiers":[{"above":200000,"rate":12}]},"webSearches":10}},{"from":"2026-03-13","rates":{"inputTokens":3,"cacheWriteTokens":3.75,"cacheReadTokens":0.3,"outputTokens":15,"cacheWrite1hTokens":6,"webSearches":10}}]},
    {"id":"claude-sonnet-5","names":["^claude-sonnet-5","^claude-sonnet-5.0","^claude-5-sonnet","^claude-5.0-sonnet"],"context":1000000,"prices":[{"rates":{"inputTokens":2,"cacheWriteTokens":2.5,"cacheReadTokens":0.2,"outputTokens":10,"cacheWrite1hTokens":4,"webSearches":10}}]},
    {"id":"claude-v1","names":["=claude-v1"],"prices":[{"rates":{"inputTokens":8,"outputTokens":24}}]},
  ],
};
