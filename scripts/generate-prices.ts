// Makes src/prices/tables from @pydantic/genai-prices (MIT), which collects what providers publish:
// `npm run prices`. What it prices in units that we do not count (hours of audio, pages) is left out.

import { findProvider } from "@pydantic/genai-prices";
import type { MatchLogic, ModelInfo, ModelPrice, Provider } from "@pydantic/genai-prices";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";

import type { Rate, ServiceMultipliers } from "../src/prices/rates.ts";
import type { DatedRates, ModelRow, NameMatch } from "../src/prices/table.ts";
import type { UsageClass } from "../src/core/usage.ts";

interface Chosen {
  /** What it is called in our book. */
  readonly id: string;
  readonly aliases: readonly string[];
  readonly multipliers: Partial<ServiceMultipliers>;
}

/** The providers of the book, by their ids there; multipliers with the page that says so. */
const PROVIDERS: Readonly<Record<string, Chosen>> = {
  // https://platform.openai.com/docs/guides/batch, https://platform.openai.com/docs/guides/flex-processing
  openai: { id: "openai", aliases: [], multipliers: { tiers: { batch: 0.5, flex: 0.5 } } },
  // https://platform.claude.com/docs/en/build-with-claude/batch-processing
  anthropic: { id: "anthropic", aliases: ["claude"], multipliers: { tiers: { batch: 0.5 } } },
  // https://ai.google.dev/gemini-api/docs/batch-api
  google: {
    id: "google",
    aliases: ["gemini", "google-vertex", "vertex", "google-generative-ai"],
    multipliers: { tiers: { batch: 0.5 } },
  },
  aws: { id: "bedrock", aliases: ["aws", "amazon-bedrock"], multipliers: {} },
  azure: { id: "azure", aliases: ["azure-openai"], multipliers: {} },
  mistral: { id: "mistral", aliases: ["mistralai"], multipliers: {} },
  "x-ai": { id: "xai", aliases: ["x-ai", "grok"], multipliers: {} },
  deepseek: { id: "deepseek", aliases: [], multipliers: {} },
  groq: { id: "groq", aliases: [], multipliers: {} },
  cohere: { id: "cohere", aliases: [], multipliers: {} },
};

const CLASS_OF_KEY: Readonly<Record<string, UsageClass>> = {
  input_mtok: "inputTokens",
  cache_read_mtok: "cacheReadTokens",
  cache_write_mtok: "cacheWriteTokens",
  cache_write_1h_mtok: "cacheWrite1hTokens",
  input_audio_mtok: "inputAudioTokens",
  cache_audio_read_mtok: "cacheReadAudioTokens",
  input_image_mtok: "inputImageTokens",
  cache_image_read_mtok: "cacheReadImageTokens",
  input_video_mtok: "inputVideoTokens",
  output_mtok: "outputTokens",
  output_reasoning_mtok: "reasoningTokens",
  output_audio_mtok: "outputAudioTokens",
  output_image_mtok: "outputImageTokens",
  output_video_mtok: "outputVideoTokens",
  web_searches_kcount: "webSearches",
  requests_kcount: "requests",
};

/** The day on which this version of genai-prices was published. */
const PUBLISHED = "2026-09-23";
const FOLDER = new URL("../src/prices/tables/", import.meta.url);

function matchOf(logic: MatchLogic): NameMatch {
  if ("equals" in logic) return `=${logic.equals}`;
  if ("starts_with" in logic) return `^${logic.starts_with}`;
  if ("ends_with" in logic) return `$${logic.ends_with}`;
  if ("contains" in logic) return `*${logic.contains}`;
  if ("regex" in logic) return `~${logic.regex}`;
  if ("and" in logic) return logic.and.map(matchOf);
  throw new Error(`Either of several within all of several: ${JSON.stringify(logic)}`);
}

function matchesOf(logic: MatchLogic): NameMatch[] {
  return "or" in logic ? logic.or.flatMap(matchesOf) : [matchOf(logic)];
}

function ratesOf(prices: ModelPrice): Record<string, Rate> {
  const rates: Record<string, Rate> = {};
  for (const [key, price] of Object.entries(prices)) {
    const name = CLASS_OF_KEY[key];
    if (name === undefined || price === undefined) continue;
    rates[name] =
      typeof price === "number"
        ? price
        : {
            base: price.base,
            tiers: price.tiers.map(({ start, price: rate }) => ({ above: start, rate })),
          };
  }
  return rates;
}

function datedRatesOf(model: ModelInfo): DatedRates[] {
  const all = Array.isArray(model.prices) ? model.prices : [{ prices: model.prices }];
  return all.map(({ constraint, prices }) => {
    const rates = ratesOf(prices);
    if (constraint === undefined) return { rates };
    return constraint.type === "start_date"
      ? { from: constraint.start_date, rates }
      : { daily: [secondOf(constraint.start_time), secondOf(constraint.end_time)], rates };
  });
}

function secondOf(time: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = time.replace(/Z$/, "").split(":").map(Number);
  return hours * 3600 + minutes * 60 + seconds;
}

function rowsOf(provider: Provider): ModelRow[] {
  return provider.models
    .map((model) => ({
      id: model.id,
      names: matchesOf(model.match),
      ...(model.context_window !== undefined && { context: model.context_window }),
      prices: datedRatesOf(model),
    }))
    .filter(({ prices }) => prices.some(({ rates }) => Object.keys(rates).length > 0));
}

/** Whose models a provider serves besides, by our ids. */
function fallbacksOf({ fallback_model_providers: ids = [] }: Provider): string[] {
  return ids.flatMap((id) => PROVIDERS[id]?.id ?? []);
}

function tableText(provider: Provider, { id, aliases, multipliers }: Chosen): string {
  const rows = rowsOf(provider).map((row) => `    ${JSON.stringify(row)},`);
  return `// Made by scripts/generate-prices.ts; not to be edited.

import type { ProviderTable } from "../table.ts";

export const ${id.toUpperCase()}: ProviderTable = {
  id: ${JSON.stringify(id)},
  name: ${JSON.stringify(provider.name)},
  aliases: ${JSON.stringify(aliases)},
  names: ${JSON.stringify(provider.model_match === undefined ? [] : matchesOf(provider.model_match))},
  serves: ${JSON.stringify(fallbacksOf(provider))},
  sources: ${JSON.stringify(provider.pricing_urls ?? [])},
  multipliers: ${JSON.stringify(multipliers)},
  models: [
${rows.join("\n")}
  ],
};
`;
}

function indexText(version: string, day: string): string {
  const ids = Object.values(PROVIDERS).map(({ id }) => id);
  return `// Made by scripts/generate-prices.ts from @pydantic/genai-prices ${version} (MIT, Copyright (c) Pydantic
// Services Inc. 2025 to present); not to be edited.

import type { ProviderTable } from "../table.ts";
${ids.map((id) => `import { ${id.toUpperCase()} } from "./${id}.ts";`).join("\n")}

/** The day of the prices. */
export const AS_OF = ${JSON.stringify(day)};

/** The providers, in the order in which a name without one is looked up. */
export const TABLES: readonly ProviderTable[] = [${ids.map((id) => id.toUpperCase()).join(", ")}];
`;
}

const manifest: unknown = JSON.parse(
  readFileSync(
    new URL("../node_modules/@pydantic/genai-prices/package.json", import.meta.url),
    "utf8",
  ),
);
const version = String(Reflect.get(Object(manifest), "version"));
rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });
for (const [providerId, chosen] of Object.entries(PROVIDERS)) {
  const provider = findProvider({ providerId });
  if (provider === undefined) throw new Error(`No provider ${providerId} in genai-prices`);
  writeFileSync(new URL(`${chosen.id}.ts`, FOLDER), tableText(provider, chosen));
}
writeFileSync(new URL("tables.ts", FOLDER), indexText(version, PUBLISHED));
