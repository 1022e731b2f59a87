// The options of a meter, and how they are read.

import { describe } from "../core/describe.ts";
import {
  asGiven,
  flag,
  oneOf,
  optional,
  optionalFunction,
  readOptions,
  whole,
} from "../core/read-options.ts";
import type { OptionTable } from "../core/read-options.ts";
import { readWhole } from "../core/whole.ts";
import { readWord } from "../core/word.ts";
import { readAmount } from "../core/amount.ts";
import type { Amount } from "../core/amount.ts";
import type { WaitOptions } from "../pool/wait.ts";
import { priceBook } from "../prices/index.ts";
import type { PriceBook } from "../prices/index.ts";
import type { ReportedUsd } from "./answer-head.ts";
import type { Estimate, Estimator } from "./estimate.ts";
import { boundSourcesFor } from "./bound-sources.ts";
import { COUNTED_OPTIONS } from "./counted/options.ts";
import type { CountedMeterOptions, ReadCountedOptions } from "./counted/options.ts";
import { readTokenizer } from "./public-tokenizer.ts";
import type { PublicTokenizer } from "./public-tokenizer.ts";
import type { ExchangeReport } from "./report.ts";
import type { MeterSettings } from "./settings.ts";

/** Options of every meter. */
export interface MeterOptions extends CountedMeterOptions {
  /**
   * The price book.
   *
   * @default `priceBook`, the prices of the providers
   */
  readonly prices?: PriceBook | undefined;
  /**
   * The model that a name stands for, for deployments and gateways with names of their own: `{
   * "my-deployment": "gpt-4o" }`. With a provider, as in `"openai/gpt-4o"`, that provider's price
   * applies; without one, the price of the provider that serves the call.
   *
   * @default no names
   */
  readonly models?: Readonly<Record<string, string>> | undefined;
  /**
   * How to treat a call to a model without a price. `"refuse"` answers it with an error that names
   * the nearest models. `"dearest"` holds and books it at the highest rates of its provider, and
   * marks the booking as unsure; at an unknown host the call is refused. `"tokens only"` lets it
   * through, so that only caps on tokens and calls limit it.
   *
   * @default "refuse"
   */
  readonly unknownModel?: "refuse" | "dearest" | "tokens only" | undefined;
  /**
   * What models without a price cost on this machine, at a loopback address: nothing (`"free"`), or
   * according to `unknownModel` (`"priced"`).
   *
   * @default "priced"
   */
  readonly localModels?: "priced" | "free" | undefined;
  /**
   * The provider that serves the calls, such as `"azure"`: its prices, free routes and fields
   * apply. Needed if the address is a gateway's or your own.
   *
   * @default the provider of the host
   */
  readonly provider?: string | undefined;
  /**
   * Whether a call may be given an output limit, in the provider's own field, if the pool has no
   * room for what the model may write or for the call's own limit. Otherwise such a call is
   * refused. A call is never limited while there is room for it.
   *
   * @default true
   */
  readonly clampOutput?: boolean | undefined;
  /**
   * Whether anything may be written into requests. `"never"` forwards every request unchanged or
   * refuses it: no output limit, no `stream_options`.
   *
   * @default "when needed"
   */
  readonly rewrite?: "when needed" | "never" | undefined;
  /**
   * The output, in tokens, that a call without a limit should get room for, and its limit if the
   * output maximum of its model is unknown.
   *
   * @default 8192
   */
  readonly outputTokensMax?: number | undefined;
  /**
   * The smallest output limit that a call may be given, in tokens; below it, the call is refused,
   * unless its own limit is lower.
   *
   * @default 256
   */
  readonly outputTokensMin?: number | undefined;
  /**
   * What is held instead of the bound: a function, or an estimator such as `adaptiveEstimate()`.
   * Its output estimate is held as returned, and the call keeps its own limit.
   *
   * @default the bound
   */
  readonly estimate?: Estimate | Estimator | undefined;
  /**
   * How many tokens a text has, for a tighter bound than its bytes. A function must not undercount,
   * and runs on the event loop for the text of each request. A `publicTokenizer` is used only if
   * the bytes do not fit, for the models it is published for.
   *
   * @default the bytes
   */
  readonly tokenizer?: ((text: string, model: string) => number) | PublicTokenizer | undefined;
  /**
   * Whether a provider that counts tokens for free (Anthropic, Gemini, OpenAI) is asked for its
   * count before a call is refused or its answer shortened, with the credentials of the call.
   *
   * @default true
   */
  readonly countTokens?: boolean | undefined;
  /**
   * How to treat a call with provider-run tools, whose input nothing bounds. `"refuse"` refuses it.
   * `"context window"` holds a full window. `"overage"` holds a full window as far as half of the
   * room allows, and at least what the request itself shows, so that what the tools read may take
   * the pool over its cap.
   *
   * @default "refuse"
   */
  readonly unbounded?: "refuse" | "context window" | "overage" | undefined;
  /**
   * How to treat requests that may cost money and that no format reads, such as images or batches:
   * `"refuse"`, or `"pass"` to let them through unmetered.
   *
   * @default "refuse"
   */
  readonly unmetered?: "refuse" | "pass" | undefined;
  /**
   * The cost of requests that no format reads, by the end of their path: `{ "/v1/audio/speech": {
   * usd: 0.01 } }`. It is held before the call, and booked unless the provider declines it.
   *
   * @default no routes
   */
  readonly routes?: Readonly<Record<string, Amount>> | undefined;
  /**
   * Returns what a call cost, in dollars, if the headers of its answer say so, and undefined
   * otherwise: `({ headers }) => headers.get("cf-aig-cache-status") === "HIT" ? 0 : undefined` for
   * answers from a gateway's cache. It is booked instead of the price. If it throws, or returns
   * anything else, the price is booked and marked as unsure.
   *
   * @default the price
   */
  readonly reportedUsd?: ReportedUsd | undefined;
  /**
   * Whether a call waits while other calls hold the room, first come, first served: for up to
   * `timeoutMs` milliseconds, by default two minutes. `false` refuses it at once.
   *
   * @default true
   */
  readonly wait?: boolean | Pick<WaitOptions, "timeoutMs"> | undefined;
  /**
   * The user or purpose of the spend, as the ledger of a stored pool records it next to the model:
   * 1 to 128 characters without control characters.
   *
   * @default none
   */
  readonly label?: string | undefined;
  /**
   * Returns the message of a refusal, such as how to raise the cap, instead of that of the error.
   * If it throws, the message stays.
   *
   * @default the message of the error
   */
  readonly explain?: ((error: Error) => string) | undefined;
  /**
   * Called after every exchange and refusal. Its errors are dropped.
   *
   * @default none, nothing is called
   */
  readonly onExchange?: ((report: ExchangeReport) => void) | undefined;
}

/** The options of a meter after reading. */
export interface ReadMeterOptions
  extends
    ReadCountedOptions,
    Omit<
      MeterSettings,
      "limitsOutput" | "rewrites" | "outputTokensMin" | "estimator" | "tokenizer" | "state"
    > {
  readonly clampOutput: boolean;
  readonly rewrite: "when needed" | "never";
  readonly outputTokensMin: number | undefined;
  readonly estimate: Estimator | undefined;
  readonly tokenizer: MeterOptions["tokenizer"];
  readonly countTokens: boolean;
}

const OUTPUT_TOKENS_MAX = 8192;
const OUTPUT_TOKENS_MIN = 256;
/** Less than the time after which SDKs give up on an answer. */
const WAIT_MS = 120_000;

/** The options of every meter. */
export const METER_OPTIONS: OptionTable<MeterOptions, ReadMeterOptions> = {
  prices: readPrices,
  models: readModels,
  unknownModel: oneOf("refuse", "dearest", "tokens only"),
  localModels: oneOf("priced", "free"),
  provider: optional(named),
  clampOutput: flag(true),
  rewrite: oneOf("when needed", "never"),
  outputTokensMax: whole(1, 2 ** 31, OUTPUT_TOKENS_MAX),
  // At most as many as `outputTokensMax`.
  outputTokensMin: asGiven,
  estimate: optional(readEstimate),
  tokenizer: asGiven,
  countTokens: flag(true),
  unbounded: oneOf("refuse", "context window", "overage"),
  unmetered: oneOf("refuse", "pass"),
  routes: readRoutes,
  reportedUsd: optionalFunction,
  wait: readWait,
  label: optional(named),
  explain: optionalFunction,
  onExchange: optionalFunction,
  ...COUNTED_OPTIONS,
};

/** Reads the options. @throws {TypeError | RangeError} if one is invalid. */
export function readMeterOptions(options: MeterOptions): MeterSettings {
  return meterSettingsOf(readOptions(options, METER_OPTIONS));
}

/** Returns the settings for options after reading. */
export function meterSettingsOf(read: ReadMeterOptions): MeterSettings {
  const { outputTokensMax, tokenizer } = read;
  const { outputTokensMin = Math.min(OUTPUT_TOKENS_MIN, outputTokensMax) } = read;
  readWhole("outputTokensMin", outputTokensMin, 1, outputTokensMax);
  const rewrites = read.rewrite === "when needed";
  return {
    ...read,
    limitsOutput: rewrites && read.clampOutput,
    rewrites,
    outputTokensMin,
    estimator: read.estimate,
    tokenizer: readTokenizer(tokenizer),
    state: {
      underWay: 0,
      rejected: new Set(),
      boundSources: boundSourcesFor(read),
    },
  };
}

function readWait(wait: MeterOptions["wait"] = true): MeterSettings["wait"] {
  if (typeof wait !== "boolean" && (typeof wait !== "object" || wait === null)) {
    throw new TypeError(`Expected \`wait\` to be true or { timeoutMs }, got ${describe(wait)}`);
  }
  if (wait === false) return undefined;
  return { timeoutMs: (wait === true ? undefined : wait.timeoutMs) ?? WAIT_MS };
}

function readModels(models: MeterOptions["models"] = {}): ReadonlyMap<string, string> {
  const entries = entriesOf("models", models);
  for (const [name, model] of entries) {
    if (typeof model === "string" && model !== "") continue;
    throw new TypeError(
      `Expected \`models[${JSON.stringify(name)}]\` to be the name of a model, got ${describe(model)}`,
    );
  }
  return new Map(entries);
}

function readRoutes(routes: MeterOptions["routes"] = {}): ReadonlyMap<string, Amount> {
  const entries = entriesOf("routes", routes);
  for (const [path, amount] of entries) {
    if (!path.startsWith("/"))
      throw new RangeError(
        `Expected a path in \`routes\` to begin with "/", got ${describe(path)}`,
      );
    readAmount(amount);
  }
  return new Map(entries);
}

function entriesOf<T>(name: string, given: Readonly<Record<string, T>>): [string, T][] {
  if (typeof given === "object" && given !== null) return Object.entries(given);
  throw new TypeError(`Expected \`${name}\` to be an object, got ${describe(given)}`);
}

function named(word: string, name: string): string {
  return readWord(name, word);
}

function readPrices(prices: PriceBook = priceBook): PriceBook {
  if (typeof prices.find === "function") return prices;
  throw new TypeError(`Expected \`prices\` to be a PriceBook, got ${describe(prices)}`);
}

function readEstimate(estimate: Estimate | Estimator): Estimator {
  if (typeof estimate === "function") return { estimate };
  if (typeof estimate === "object" && typeof estimate.estimate === "function") return estimate;
  throw new TypeError(
    `Expected \`estimate\` to be a function or adaptiveEstimate(), got ${describe(estimate)}`,
  );
}
