// Made by scripts/generate-prices.ts; not to be edited.

import type { ProviderTable } from "../table.ts";

export const ZAI: ProviderTable = {
  id: "zai",
  name: "Z.AI",
  aliases: ["z-ai","zhipuai","zhipu"],
  names: [],
  serves: [],
  sources: ["https://docs.z.ai/guides/overview/pricing"],
  multipliers: {},
  models: [
    {"id":"GLM-5.2","names":["=GLM-5.2","=glm-5.2"],"context":1000000,"outputMax":131072,"prices":[{"rates":{"inputTokens":1.4,"cacheReadTokens":0.26,"outputTokens":4.4}}]},
    {"id":"GLM-5.3","names":["=GLM-5.3","=glm-5.3"],"context":1000000,"outputMax":131072,"prices":[{"rates":{"inputTokens":1.4,"cacheReadTokens":0.26,"outputTokens":4.4}}]},
    {"id":"GLM-5.3-Flash","names":["=GLM-5.3-Flash","=glm-5.3-flash"],"context":1000000,"outputMax":131072,"prices":[{"rates":{"inputTokens":0.075,"cacheReadTokens":0.015,"outputTokens":0.25}}]},
    {"id":"GLM-4-Air","names":["=GLM-4-Air","=glm-4-air"],"context":200000,"outputMax":131072,"prices":[{"rates":{"inputTokens":0.069,"cacheReadTokens":0.034,"outputTokens":0.069}}]},
    {"id":"GLM-4-AirX","names":["=GLM-4-AirX","=glm-4-airx"],"context":200000,"outputMax":131072,"prices":[{"rates":{"inputTokens":1.379,"outputTokens":1.379}}]},
    {"id":"GLM-4-Assistant","names":["=GLM-4-Assistant","=glm-4-assistant"],"context":200000,"outputMax":131072,"prices":[{"rates":{"inputTokens":0.69,"outputTokens":0.69}}]},
    {"id":"GLM-4-FlashX-250414","names":["=GLM-4-FlashX-250414","=glm-4-flashx-250414"],"context":200000,"outputMax":131072,"prices":[{"rates":{"inputTokens":0.014,"cacheReadTokens":0.007,"outputTokens":0.014}}]},
    {"id":"GLM-4-Long","names":["=GLM-4-Long","=glm-4-long"],"context":1000000,"outputMax":131072,"prices":[{"rates":{"inputTokens":0.138,"cacheReadTokens":0.069,"outputTokens":0.138}}]},
    {"id":"GLM-4-Plus","names":["=GLM-4-Plus","=glm-4-plus"],"context":200000,"outputMax":131072,"prices":[{"rates":{"inputTokens":0.69,"cacheReadTokens":0.345,"outputTokens":0.69}}]},
    {"id":"GLM-4.5-Air","names":["=GLM-4.5-Air","=glm-4.5-air"],"context":200000,"outputMax":131072,"prices":[{"rates":{"inputTokens":0.11,"cacheReadTokens":0.022,"outputTokens":0.276}}]},
    {"id":"GLM-4.7","names":["=GLM-4.7","=glm-4.7"],"context":200000,"outputMax":131072,"prices":[{"rates":{"inputTokens":0.276,"cacheReadTokens":0.055,"outputTokens":1.103}}]},
    {"id":"GLM-4.7-FlashX","names":["=GLM-4.7-FlashX","=glm-4.7-flashx"],"context":200000,"outputMax":131072,"prices":[{"rates":{"inputTokens":0.069,"cacheReadTokens":0.014,"outputTokens":0.414}}]},
    {"id":"GLM-5","names":["=GLM-5","=glm-5"],"context":200000,"outputMax":131072,"prices":[{"rates":{"inputTokens":0.552,"cacheReadTokens":0.138,"outputTokens":2.483}}]},
    {"id":"GLM-5-Turbo","names":["=GLM-5-Turbo","=glm-5-turbo"],"context":200000,"outputMax":131072,"prices":[{"rates":{"inputTokens":0.69,"cacheReadTokens":0.166,"outputTokens":3.034}}]},
    {"id":"GLM-5.1","names":["=GLM-5.1","=glm-5.1","=GLM-5.1-20260406","=glm-5.1-20260406"],"context":200000,"outputMax":131072,"prices":[{"rates":{"inputTokens":0.828,"cacheReadTokens":0.179,"outputTokens":3.31}}]},
    {"id":"GLM-5.2","names":["=GLM-5.2","=glm-5.2"],"context":1000000,"outputMax":131072,"prices":[{"rates":{"inputTokens":1.103,"cacheReadTokens":0.276,"outputTokens":3.862}}]},
    {"id":"GLM-5.3","names":["=GLM-5.3","=glm-5.3"],"context":1000000,"outputMax":131072,"prices":[{"rates":{"inputTokens":1.103,"cacheReadTokens":0.276,"outputTokens":3.862}}]},
    {"id":"GLM-5.3-Flash","names":["=GLM-5.3-Flash","=glm-5.3-flash"],"context":1000000,"outputMax":131072,"prices":[{"rates":{"inputTokens":0.055,"cacheReadTokens":0.016,"outputTokens":0.193}}]},
    {"id":"glm-4.5-flash","names":["=glm-4.5-flash"],"context":200000,"outputMax":131072,"prices":[{"rates":{"inputTokens":0,"outputTokens":0}}]},
    {"id":"glm-4.7-flash","names":["=glm-4.7-flash"],"context":200000,"outputMax":131072,"prices":[{"rates":{"inputTokens":0,"outputTokens":0}}]},
    {"id":"glm-4.6v-flash","names":["=glm-4.6v-flash"],"context":200000,"outputMax":131072,"prices":[{"rates":{"inputTokens":0,"outputTokens":0}}]},
  ],
};
