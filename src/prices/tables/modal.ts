// Made by scripts/generate-prices.ts; not to be edited.

import type { ProviderTable } from "../table.ts";

export const MODAL: ProviderTable = {
  id: "modal",
  name: "Modal",
  aliases: [],
  names: [],
  serves: [],
  sources: ["https://modal.com/library"],
  multipliers: {},
  models: [
    {"id":"moonshotai/Kimi-K3","names":["=moonshotai/Kimi-K3"],"context":1048576,"prices":[{"rates":{"inputTokens":3,"cacheReadTokens":0.3,"outputTokens":15}}]},
    {"id":"thinkingmachines/Inkling-NVFP4","names":["=thinkingmachines/Inkling-NVFP4"],"prices":[{"rates":{"inputTokens":1.2,"cacheReadTokens":0.27,"outputTokens":5}}]},
  ],
};
