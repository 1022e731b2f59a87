// Made by scripts/generate-prices.ts; not to be edited.

import type { ProviderTable } from "../table.ts";

export const TYPESAFE: ProviderTable = {
  id: "typesafe",
  name: "TypeSafe",
  aliases: [],
  names: [],
  serves: [],
  sources: ["https://docs.typesafe.ai/models"],
  multipliers: {},
  models: [
    {"id":"jev-1.13.0","names":["=jev-1.13.0","=jev-latest","=jev-preview"],"prices":[{"rates":{"inputTokens":0.042}}]},
  ],
};
