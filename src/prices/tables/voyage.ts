// Made by scripts/generate-prices.ts; not to be edited.

import type { ProviderTable } from "../table.ts";

export const VOYAGE: ProviderTable = {
  id: "voyage",
  name: "Voyage AI",
  aliases: ["voyageai"],
  names: [],
  serves: [],
  sources: ["https://docs.voyageai.com/docs/pricing"],
  multipliers: {},
  models: [
    {"id":"voyage-01","names":["=voyage-01"],"prices":[{"rates":{"inputTokens":0.1}}]},
    {"id":"voyage-02","names":["=voyage-02"],"prices":[{"rates":{"inputTokens":0.1}}]},
    {"id":"voyage-2","names":["=voyage-2"],"prices":[{"rates":{"inputTokens":0.1}}]},
    {"id":"voyage-3","names":["=voyage-3"],"prices":[{"rates":{"inputTokens":0.06}}]},
    {"id":"voyage-3-large","names":["=voyage-3-large"],"prices":[{"rates":{"inputTokens":0.18}}]},
    {"id":"voyage-3-lite","names":["=voyage-3-lite"],"prices":[{"rates":{"inputTokens":0.02}}]},
    {"id":"voyage-3.5","names":["=voyage-3.5"],"prices":[{"rates":{"inputTokens":0.06}}]},
    {"id":"voyage-3.5-lite","names":["=voyage-3.5-lite"],"prices":[{"rates":{"inputTokens":0.02}}]},
    {"id":"voyage-4","names":["=voyage-4"],"prices":[{"rates":{"inputTokens":0.06}}]},
    {"id":"voyage-4-large","names":["=voyage-4-large"],"prices":[{"rates":{"inputTokens":0.12}}]},
    {"id":"voyage-4-lite","names":["=voyage-4-lite"],"prices":[{"rates":{"inputTokens":0.02}}]},
    {"id":"voyage-code-2","names":["=voyage-code-2"],"prices":[{"rates":{"inputTokens":0.12}}]},
    {"id":"voyage-code-3","names":["=voyage-code-3"],"prices":[{"rates":{"inputTokens":0.18}}]},
    {"id":"voyage-context-3","names":["=voyage-context-3"],"prices":[{"rates":{"inputTokens":0.18}}]},
    {"id":"voyage-finance-2","names":["=voyage-finance-2"],"prices":[{"rates":{"inputTokens":0.12}}]},
    {"id":"voyage-large-2","names":["=voyage-large-2"],"prices":[{"rates":{"inputTokens":0.12}}]},
    {"id":"voyage-large-2-instruct","names":["=voyage-large-2-instruct"],"prices":[{"rates":{"inputTokens":0.12}}]},
    {"id":"voyage-law-2","names":["=voyage-law-2"],"prices":[{"rates":{"inputTokens":0.12}}]},
    {"id":"voyage-lite-01","names":["=voyage-lite-01"],"prices":[{"rates":{"inputTokens":0.1}}]},
    {"id":"voyage-lite-01-instruct","names":["=voyage-lite-01-instruct"],"prices":[{"rates":{"inputTokens":0.1}}]},
    {"id":"voyage-lite-02-instruct","names":["=voyage-lite-02-instruct"],"prices":[{"rates":{"inputTokens":0.1}}]},
    {"id":"voyage-multilingual-2","names":["=voyage-multilingual-2"],"prices":[{"rates":{"inputTokens":0.12}}]},
  ],
};
