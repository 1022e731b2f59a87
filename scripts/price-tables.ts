// The texts of src/prices/tables, made from @pydantic/genai-prices (MIT), which collects what providers
// publish. What it prices in units that we do not count is left out.

import { findProvider } from "@pydantic/genai-prices";
import type { MatchLogic, ModelInfo, ModelPrice, Provider } from "@pydantic/genai-prices";
import { readFileSync } from "node:fs";

import type { Rate, Rates } from "../src/prices/rates.ts";
import type { DatedRates, ModelRow, NameMatch } from "../src/prices/table.ts";
import type { UsageClass } from "../src/core/usage.ts";
import { limitsOf, SEPARATE } from "./model-limits.ts";
import { codeFee, EXTRA_MODELS, MULTIPLIERS, supplementsOf } from "./price-supplements.ts";
import type { ExtraModel } from "./price-supplements.ts";

interface Chosen {
  /** What it is called in our book. */
  readonly id: string;
  readonly aliases: readonly string[];
  /** Providers whose models it sells at their prices, by our ids. */
  readonly serves?: readonly string[];
  /** Further providers there whose models are sold at the same address. */
  readonly besides?: readonly string[];
  /** Whether names begin with whose model it is, at that maker's price. */
  readonly resells?: boolean;
  /** Whether names may end in whom it forwards to. */
  readonly routes?: boolean;
  /** What names end in that cost nothing. */
  readonly freeSuffix?: string;
}

function plain(id: string, aliases: readonly string[] = []): Chosen {
  return { id, aliases };
}

/** The providers of the book, by their ids there. */
const PROVIDERS: Readonly<Record<string, Chosen>> = {
  openai: plain("openai"),
  anthropic: plain("anthropic", ["claude"]),
  google: plain("google", ["gemini", "google-vertex", "vertex", "google-generative-ai"]),
  aws: plain("bedrock", ["aws", "amazon-bedrock"]),
  // Azure has prices of its own for DeepSeek and Kimi.
  // https://azure.microsoft.com/pricing/details/cognitive-services/openai-service/
  azure: { id: "azure", aliases: ["azure-openai"], serves: ["openai", "anthropic", "xai"] },
  mistral: plain("mistral", ["mistralai"]),
  "x-ai": plain("xai", ["x-ai", "grok"]),
  deepseek: plain("deepseek"),
  groq: plain("groq"),
  cohere: plain("cohere"),
  // https://openrouter.ai/docs/guides/routing/model-variants/free
  openrouter: { ...plain("openrouter"), freeSuffix: ":free" },
  cerebras: plain("cerebras"),
  perplexity: plain("perplexity"),
  together: plain("together", ["togetherai", "together-ai"]),
  fireworks: plain("fireworks", ["fireworks-ai"]),
  zai: { id: "zai", aliases: ["z-ai", "zhipuai", "zhipu"], besides: ["zhipuai"] },
  moonshotai: plain("moonshot", ["moonshotai", "moonshot-ai", "kimi"]),
  minimax: plain("minimax"),
  novita: plain("novita"),
  voyageai: plain("voyage", ["voyageai"]),
  avian: plain("avian"),
  arcee: plain("arcee"),
  baseten: plain("baseten"),
  cloudflare: plain("cloudflare"),
  cursor: plain("cursor"),
  doubleword: plain("doubleword"),
  "github-copilot": plain("github-copilot"),
  modal: plain("modal"),
  ovhcloud: plain("ovhcloud"),
  quicksilverpro: plain("quicksilverpro"),
  typesafe: plain("typesafe"),
};
/** Hugging Face routes to these, at their prices. */
const ROUTED = "huggingface_";
const ROUTES: readonly string[] = [
  "cerebras",
  "fireworks-ai",
  "groq",
  "hyperbolic",
  "nebius",
  "novita",
  "nscale",
  "ovhcloud",
  "publicai",
  "sambanova",
  "together",
];

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
  storage_searches_kcount: "fileSearches",
  input_document_kpages: "pages",
};

/** The day on which this version of genai-prices was published. */
const PUBLISHED = "2026-09-23";

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

const DIGITS = 12;

/** Dollars for a thousand seconds, from those for an hour: rounded up, so that no hold is too low. */
function perThousandSeconds(hour: number): number {
  const exact = (hour * 1000) / 3600;
  const rounded = Number(exact.toPrecision(DIGITS));
  if (rounded >= exact) return rounded;
  const lastDigit = 10 ** (Math.floor(Math.log10(exact)) + 1 - DIGITS);
  return Number((rounded + lastDigit).toPrecision(DIGITS));
}

function ratesOf(prices: ModelPrice): Record<string, Rate> {
  const rates: Record<string, Rate> = {};
  const { audio_hours: hours } = prices as { readonly audio_hours?: number };
  if (hours !== undefined) rates["audioSeconds"] = perThousandSeconds(hours);
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

function rowsOf(provider: Provider, { id, besides = [] }: Chosen): ModelRow[] {
  const models = [provider, ...besides.map(foundProvider)].flatMap((each) => each.models);
  const listed = models
    .flatMap((model) => rowsOfModel(model, id))
    .filter(({ prices }) => prices.some(({ rates }) => Object.keys(rates).length > 0));
  const extra = EXTRA_MODELS[id] ?? [];
  const rows = (isFirst: boolean): ModelRow[] =>
    extra
      .filter((model) => (model.isFirst === true) === isFirst)
      .map((model) => extraRow(model, id));
  return [...rows(true), ...listed, ...rows(false)];
}

function extraRow({ id, names = [], rates, multipliers }: ExtraModel, provider: string): ModelRow {
  return {
    id,
    names: [`=${id}`, ...names],
    ...limitFields(provider, id, 0),
    ...(multipliers !== undefined && { multipliers }),
    prices: [{ rates }],
  };
}

/** The window of the data counts where it is larger than ours: it bounds what may be billed. */
function limitFields(
  provider: string,
  model: string,
  listed: number,
): Pick<ModelRow, "context" | "outputMax"> {
  const { context = 0, output } = limitsOf(provider, model);
  const most = Math.max(context, listed);
  return {
    ...(most > 0 && { context: most }),
    ...(output !== undefined && { outputMax: output }),
  };
}

/** Names of a row that have limits of their own get a row of their own, at the same price. */
function rowsOfModel(model: ModelInfo, provider: string): ModelRow[] {
  const row = rowOf(model, provider);
  const own = row.names.filter(
    (name) => typeof name === "string" && name.startsWith("=") && SEPARATE.test(name.slice(1)),
  );
  if (own.length === 0 || own.length === row.names.length) return [row];
  const [first = ""] = own;
  const id = String(first).slice(1);
  const apart = { ...row, id, names: own, ...limitFields(provider, id, 0) };
  return [{ ...row, names: row.names.filter((name) => !own.includes(name)) }, apart];
}

function rowOf(model: ModelInfo, provider: string): ModelRow {
  const { names = [], rates = {}, multipliers } = supplementsOf(provider, model.id);
  // OpenRouter takes Claude's versions as Anthropic writes them, too.
  const dashed = model.id.startsWith("anthropic/") ? [`=${model.id.replaceAll(".", "-")}`] : [];
  return {
    id: model.id,
    // Thinking has a price of its own where it is sold under a name of its own.
    names: [...matchesOf(model.match), ...names, ...dashed].filter(
      (name) => provider !== "google" || typeof name !== "string" || !name.endsWith(":thinking"),
    ),
    ...limitFields(provider, model.id, model.context_window ?? 0),
    ...(multipliers !== undefined && { multipliers }),
    prices: datedRatesOf(model).map((each) => withRates(each, provider, rates)),
  };
}

function withRates(
  dated: DatedRates,
  provider: string,
  rates: Readonly<Record<string, number>>,
): DatedRates {
  return { ...dated, rates: { ...dated.rates, ...codeFee(provider, dated.rates), ...rates } };
}

interface RoutedModel {
  context: number;
  readonly rates: Record<string, number>;
}

function routedRow([id, { context, rates }]: readonly [string, RoutedModel]): ModelRow {
  return { id, names: [`=${id}`], ...(context > 0 && { context }), prices: [{ rates }] };
}

/**
 * The models of Hugging Face's router: by themselves at the dearest price of those that may serve
 * them, and with `:provider` behind the name at that provider's.
 */
function routedRows(): ModelRow[] {
  const rows = new Map<string, RoutedModel>();
  const add = (name: string, context: number, rates: Rates): void => {
    const row = rows.get(name) ?? { context: 0, rates: {} };
    row.context = Math.max(row.context, context);
    for (const [key, rate] of Object.entries(rates))
      row.rates[key] = Math.max(row.rates[key] ?? 0, highest(rate));
    rows.set(name, row);
  };
  for (const route of ROUTES) {
    for (const model of foundProvider(`${ROUTED}${route}`).models) {
      const [{ rates } = { rates: {} }] = datedRatesOf(model);
      for (const match of matchesOf(model.match)) {
        if (typeof match !== "string" || !match.startsWith("=")) throw new Error(model.id);
        const name = match.slice(1).toLowerCase();
        for (const each of new Set([name.split(":")[0] ?? name, `${name.split(":")[0]}:${route}`]))
          add(each, model.context_window ?? 0, rates);
      }
    }
  }
  return [...rows].map(routedRow);
}

function highest(rate: Rate | undefined): number {
  if (rate === undefined || typeof rate === "number") return rate ?? 0;
  return Math.max(rate.base, ...rate.tiers.map((tier) => tier.rate));
}

function foundProvider(providerId: string): Provider {
  const provider = findProvider({ providerId });
  if (provider === undefined) throw new Error(`No provider ${providerId} in genai-prices`);
  return provider;
}

function tableText(
  chosen: Chosen,
  name: string,
  names: readonly NameMatch[],
  sources: readonly string[],
  rows: readonly ModelRow[],
): string {
  const { id, aliases, serves = [], resells, routes, freeSuffix } = chosen;
  const flags = Object.entries({ resells, routes, freeSuffix })
    .filter(([, value]) => value !== undefined)
    .map(([flag, value]) => `\n  ${flag}: ${JSON.stringify(value)},`);
  const lines = rows.map((row) => `    ${JSON.stringify(row)},`);
  return `// Made by scripts/generate-prices.ts; not to be edited.
${rows.length > LINES_MAX ? LONG : ""}
import type { ProviderTable } from "../table.ts";

export const ${constantOf(id)}: ProviderTable = {
  id: ${JSON.stringify(id)},
  name: ${JSON.stringify(name)},
  aliases: ${JSON.stringify(aliases)},
  names: ${JSON.stringify(names)},
  serves: ${JSON.stringify(serves)},
  sources: ${JSON.stringify(sources)},
  multipliers: ${JSON.stringify(MULTIPLIERS[id] ?? {})},${flags.join("")}
  models: [
${lines.join("\n")}
  ],
};
`;
}

/** What a file may have in lines without its frame. */
const LINES_MAX = 380;
const LONG = "// oxlint-disable max-lines -- a table has a line for each model\n";

function constantOf(id: string): string {
  return id.toUpperCase().replaceAll("-", "_");
}

function indexText(version: string, day: string, ids: readonly string[]): string {
  return `// Made by scripts/generate-prices.ts from @pydantic/genai-prices ${version} (MIT, Copyright (c) Pydantic
// Services Inc. 2025 to present); not to be edited.

import type { ProviderTable } from "../table.ts";
${ids.map((id) => `import { ${constantOf(id)} } from "./${id}.ts";`).join("\n")}

/** The day of the prices. */
export const AS_OF = ${JSON.stringify(day)};

/** The providers, in the order in which a name without one is looked up. */
export const TABLES: readonly ProviderTable[] = [${ids.map(constantOf).join(", ")}];
`;
}

function installedVersion(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(
      new URL("../node_modules/@pydantic/genai-prices/package.json", import.meta.url),
      "utf8",
    ),
  );
  return String(Reflect.get(Object(manifest), "version"));
}

/** Makers whose names say whose model it is; of resellers nothing is taken for theirs. */
const MAKERS: ReadonlySet<string> = new Set([
  "openai",
  "anthropic",
  "google",
  "mistral",
  "xai",
  "deepseek",
  "cohere",
  "zai",
  "moonshot",
]);

/** Returns the tables of the version that is installed, by the names of their files. */
export function priceTables(): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const [providerId, chosen] of Object.entries(PROVIDERS)) {
    const provider = foundProvider(providerId);
    const names =
      provider.model_match === undefined || !MAKERS.has(chosen.id)
        ? []
        : matchesOf(provider.model_match);
    const sources = provider.pricing_urls ?? [];
    const text = tableText(chosen, provider.name, names, sources, rowsOf(provider, chosen));
    texts.set(chosen.id, text);
  }
  const router: Chosen = { ...plain("huggingface"), routes: true };
  const routerPage = "https://huggingface.co/docs/inference-providers/pricing";
  texts.set(router.id, tableText(router, "Hugging Face", [], [routerPage], routedRows()));
  // Vercel's gateway adds nothing to what makers ask for. https://vercel.com/docs/ai-gateway/pricing
  const gateway: Chosen = { ...plain("vercel", ["gateway", "ai-gateway"]), resells: true };
  const gatewayPage = "https://vercel.com/docs/ai-gateway/pricing";
  texts.set(gateway.id, tableText(gateway, "Vercel AI Gateway", [], [gatewayPage], []));
  texts.set("tables", indexText(installedVersion(), PUBLISHED, [...texts.keys()]));
  return new Map(Array.from(texts, ([id, text]): [string, string] => [`${id}.ts`, text]));
}
