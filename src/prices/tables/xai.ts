// Made by scripts/generate-prices.ts; not to be edited.

import type { ProviderTable } from "../table.ts";

export const XAI: ProviderTable = {
  id: "xai",
  name: "X AI",
  aliases: ["x-ai","grok"],
  names: ["*grok"],
  serves: [],
  sources: ["https://docs.x.ai/docs/models"],
  multipliers: {"places":{"us":1.1}},
  models: [
    {"id":"grok-2-1212","names":["=grok-2-1212","=grok-2","=grok-2-latest"],"context":256000,"prices":[{"rates":{"inputTokens":2,"outputTokens":10}}]},
    {"id":"grok-2-vision-1212","names":["=grok-2-vision-1212","=grok-2-vision","=grok-2-vision-latest"],"context":256000,"prices":[{"rates":{"inputTokens":2,"outputTokens":10}}]},
    {"id":"grok-3","names":["=grok-3","=grok-3-latest","=grok-3-beta"],"context":256000,"prices":[{"rates":{"inputTokens":3,"cacheReadTokens":0.75,"outputTokens":15}}]},
    {"id":"grok-3-fast","names":["=grok-3-fast","=grok-3-fast-latest","=grok-3-fast-beta"],"context":256000,"prices":[{"rates":{"inputTokens":5,"cacheReadTokens":1.25,"outputTokens":25}}]},
    {"id":"grok-3-mini","names":["=grok-3-mini","=grok-3-mini-beta","=grok-3-mini-latest"],"context":256000,"prices":[{"rates":{"inputTokens":0.3,"cacheReadTokens":0.075,"outputTokens":0.5}}]},
    {"id":"grok-3-mini-fast","names":["=grok-3-mini-fast","=grok-3-mini-fast-beta","=grok-3-mini-fast-latest"],"context":256000,"prices":[{"rates":{"inputTokens":0.6,"cacheReadTokens":0.15,"outputTokens":4}}]},
    {"id":"grok-4-0709","names":["=grok-4-0709","=grok-4","=grok-4-latest"],"context":256000,"prices":[{"rates":{"inputTokens":3,"cacheReadTokens":0.75,"outputTokens":15}}]},
    {"id":"grok-4-1-fast-non-reasoning","names":["=grok-4-1-fast-non-reasoning","=grok-4-1-fast-non-reasoning-latest"],"context":2000000,"prices":[{"rates":{"inputTokens":0.2,"cacheReadTokens":0.05,"outputTokens":0.5}}]},
    {"id":"grok-4-1-fast-reasoning","names":["=grok-4-1-fast","=grok-4-1-fast-reasoning","=grok-4-1-fast-reasoning-latest"],"context":2000000,"prices":[{"rates":{"inputTokens":0.2,"cacheReadTokens":0.05,"outputTokens":0.5}}]},
    {"id":"grok-4-fast-non-reasoning","names":["=grok-4-fast-non-reasoning","=grok-4-fast-non-reasoning-latest"],"context":2000000,"prices":[{"rates":{"inputTokens":0.2,"cacheReadTokens":0.05,"outputTokens":0.5}}]},
    {"id":"grok-4-fast-reasoning","names":["=grok-4-fast","=grok-4-fast-reasoning","=grok-4-fast-reasoning-latest"],"context":2000000,"prices":[{"rates":{"inputTokens":0.2,"cacheReadTokens":0.05,"outputTokens":0.5}}]},
    {"id":"grok-4.20","names":["=grok-4.20"],"context":2000000,"prices":[{"rates":{"inputTokens":{"base":1.25,"tiers":[{"above":199999,"rate":2.5}]},"cacheReadTokens":{"base":0.2,"tiers":[{"above":199999,"rate":0.4}]},"outputTokens":{"base":2.5,"tiers":[{"above":199999,"rate":5}]}}}]},
    {"id":"grok-4.20-multi-agent","names":["=grok-4.20-multi-agent"],"context":2000000,"prices":[{"rates":{"inputTokens":2,"cacheReadTokens":0.2,"outputTokens":6}}]},
    {"id":"grok-4.3","names":["=grok-4.3","~^grok-4\\.3-\\d{8}$","=x-ai/grok-4.3","~^x-ai/grok-4\\.3-\\d{8}$","=grok-4.3-latest"],"context":1000000,"prices":[{"rates":{"inputTokens":{"base":1.25,"tiers":[{"above":199999,"rate":2.5}]},"cacheReadTokens":{"base":0.2,"tiers":[{"above":199999,"rate":0.4}]},"outputTokens":{"base":2.5,"tiers":[{"above":199999,"rate":5}]}}}]},
    {"id":"grok-4.5","names":["=grok-4.5","~^grok-4\\.5-\\d{8}$","=x-ai/grok-4.5","~^x-ai/grok-4\\.5-\\d{8}$","=grok-4.5-latest","=grok-latest"],"context":500000,"prices":[{"rates":{"inputTokens":{"base":2,"tiers":[{"above":199999,"rate":4}]},"cacheReadTokens":{"base":0.3,"tiers":[{"above":199999,"rate":0.6}]},"outputTokens":{"base":6,"tiers":[{"above":199999,"rate":12}]}}}]},
    {"id":"grok-4.6","names":["=grok-4.6","~^grok-4\\.6-\\d{8}$","=x-ai/grok-4.6","~^x-ai/grok-4\\.6-\\d{8}$","=grok-4.6-latest"],"context":500000,"prices":[{"rates":{"inputTokens":{"base":2,"tiers":[{"above":199999,"rate":4}]},"cacheReadTokens":{"base":0.5,"tiers":[{"above":199999,"rate":1}]},"outputTokens":{"base":6,"tiers":[{"above":199999,"rate":12}]}}}]},
    {"id":"grok-build-0.1","names":["=grok-build-0.1"],"context":256000,"prices":[{"rates":{"inputTokens":{"base":1,"tiers":[{"above":199999,"rate":2}]},"cacheReadTokens":{"base":0.2,"tiers":[{"above":199999,"rate":0.4}]},"outputTokens":{"base":2,"tiers":[{"above":199999,"rate":4}]}}}]},
    {"id":"grok-code-fast-1","names":["=grok-code-fast","=grok-code-fast-1","=grok-code-fast-1-0825"],"context":256000,"prices":[{"rates":{"inputTokens":0.2,"cacheReadTokens":0.02,"outputTokens":1.5}}]},
    {"id":"grok-voice-latest","names":["=grok-voice-latest"],"context":256000,"prices":[{"rates":{"audioSeconds":0.833333333334}},{"from":"2026-08-05","rates":{"audioSeconds":1.33333333334}}]},
    {"id":"grok-voice-think-fast-1.0","names":["=grok-voice-think-fast-1.0"],"context":256000,"prices":[{"rates":{"audioSeconds":0.833333333334}}]},
    {"id":"grok-voice-think-fast-2.0","names":["=grok-voice-think-fast-2.0"],"context":256000,"prices":[{"rates":{"audioSeconds":1.33333333334}}]},
  ],
};
