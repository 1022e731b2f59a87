// Made by scripts/generate-prices.ts; not to be edited.

import type { ProviderTable } from "../table.ts";

export const VERCEL: ProviderTable = {
  id: "vercel",
  name: "Vercel AI Gateway",
  aliases: ["gateway","ai-gateway"],
  names: [],
  serves: [],
  sources: ["https://vercel.com/docs/ai-gateway/pricing"],
  multipliers: {},
  resells: true,
  models: [

  ],
};
