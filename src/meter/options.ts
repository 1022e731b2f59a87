// How traffic is metered, and how the options are read.

import { checkKeys } from "../core/check-keys.ts";
import { describe } from "../core/describe.ts";
import { readWhole } from "../core/whole.ts";
import { readWord } from "../core/word.ts";
import type { WaitOptions } from "../pool/wait.ts";
import { priceBook } from "../prices/index.ts";
import type { PriceBook } from "../prices/index.ts";
import type { Estimate, Estimator } from "./estimate.ts";
import type { ExchangeReport } from "./report.ts";

/** How traffic is metered. */
export interface MeterOptions {
  /** What calls cost. Default: `priceBook`, the prices of the providers. */
  readonly prices?: PriceBook | undefined;
  /**
   * What becomes of a call to a model without a price: `"refuse"` answers it with an error that
   * names the nearest models, `"tokens only"` lets it through, so that only caps on tokens and
   * calls hold it. Default: `"refuse"`.
   */
  readonly unknownModel?: "refuse" | "tokens only" | undefined;
  /**
   * Whose prices count, such as `"azure"`; where the address does not tell. Default: by the host,
   * else by the name of the model, else the provider whose format it is.
   */
  readonly provider?: string | undefined;
  /**
   * Whether a call is given the output limit that the budget has room for, in the provider's own
   * field, when it has no limit or a higher one. Otherwise it is refused when its own does not fit.
   * Default: true.
   */
  readonly clampOutput?: boolean | undefined;
  /**
   * The output that is held for a call without a limit of its own, in tokens; with `clampOutput` it
   * becomes the call's limit. Default: 8,192.
   */
  readonly outputTokensMax?: number | undefined;
  /**
   * The least output limit that a call is given; below it, it is refused, unless its own is lower.
   * Default: 256.
   */
  readonly outputTokensMin?: number | undefined;
  /**
   * What is held in place of the bound: a function, or an estimator such as `adaptiveEstimate()`.
   * What it tells of output is held as it is, and the call's own limit stays. Default: the bound.
   */
  readonly estimate?: Estimate | Estimator | undefined;
  /**
   * How many tokens a text has, for a tighter bound than its bytes. It must not count too low, and
   * runs on the event loop with whatever is in the request.
   */
  readonly tokenizer?: ((text: string, model: string) => number) | undefined;
  /**
   * What becomes of a call with tools that the provider runs, whose input nothing bounds:
   * `"refuse"`; `"context window"` holds one full window; `"overage"` holds what the request itself
   * tells, so that what the tools read may take the pool over its cap. Default: `"refuse"`.
   */
  readonly unbounded?: "refuse" | "context window" | "overage" | undefined;
  /**
   * What becomes of requests that may cost something and that no wire reads, such as images or
   * batches: `"refuse"`, or `"pass"` lets them through unmetered. Default: `"refuse"`.
   */
  readonly unmetered?: "refuse" | "pass" | undefined;
  /**
   * Whether a call waits for room while others hold it, first come, first served. Default: false.
   */
  readonly wait?: boolean | Pick<WaitOptions, "timeoutMs"> | undefined;
  /**
   * Who or what is spent for, as the ledger of a stored pool tells it, beside the model: 1 to 128
   * characters without control characters.
   */
  readonly label?: string | undefined;
  /**
   * What a refusal says to whoever made the call, such as how to raise the cap, in place of the
   * message of the error. When it throws, the message stays.
   */
  readonly explain?: ((error: Error) => string) | undefined;
  /** Called after every exchange and refusal. What it throws is dropped. */
  readonly onExchange?: ((report: ExchangeReport) => void) | undefined;
}

/** The options as read. */
export interface MeterSettings {
  readonly prices: PriceBook;
  readonly unknownModel: "refuse" | "tokens only";
  readonly provider: string | undefined;
  readonly clampOutput: boolean;
  readonly outputTokensMax: number;
  readonly outputTokensMin: number;
  readonly estimator: Estimator | undefined;
  readonly tokenizer: ((text: string, model: string) => number) | undefined;
  readonly unbounded: "refuse" | "context window" | "overage";
  readonly unmetered: "refuse" | "pass";
  readonly wait: Pick<WaitOptions, "timeoutMs"> | undefined;
  readonly label: string | undefined;
  readonly explain: ((error: Error) => string) | undefined;
  readonly onExchange: (report: ExchangeReport) => void;
}

/** The names of the options. */
export const METER_KEYS: readonly string[] = [
  "prices",
  "unknownModel",
  "provider",
  "clampOutput",
  "outputTokensMax",
  "outputTokensMin",
  "estimate",
  "tokenizer",
  "unbounded",
  "unmetered",
  "wait",
  "label",
  "explain",
  "onExchange",
];
const OUTPUT_TOKENS_MAX = 8192;
const OUTPUT_TOKENS_MIN = 256;

/** Reads the options. @throws {TypeError | RangeError} on what is wrong. */
export function readMeterOptions(options: MeterOptions): MeterSettings {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`Expected \`options\` to be an object, got ${describe(options)}`);
  }
  checkKeys(options, METER_KEYS, "options");
  const { outputTokensMax = OUTPUT_TOKENS_MAX, wait = false, estimate } = options;
  const { outputTokensMin = Math.min(OUTPUT_TOKENS_MIN, outputTokensMax) } = options;
  readWhole("outputTokensMax", outputTokensMax, 1, 2 ** 31);
  readWhole("outputTokensMin", outputTokensMin, 1, outputTokensMax);
  if (typeof wait !== "boolean" && (typeof wait !== "object" || wait === null)) {
    throw new TypeError(`Expected \`wait\` to be true or { timeoutMs }, got ${describe(wait)}`);
  }
  return {
    prices: readPrices(options.prices),
    unknownModel: oneOf("unknownModel", options.unknownModel, ["refuse", "tokens only"]),
    provider: options.provider,
    clampOutput: options.clampOutput ?? true,
    outputTokensMax,
    outputTokensMin,
    estimator: readEstimate(estimate),
    tokenizer: readFunction("tokenizer", options.tokenizer),
    unbounded: oneOf("unbounded", options.unbounded, ["refuse", "context window", "overage"]),
    unmetered: oneOf("unmetered", options.unmetered, ["refuse", "pass"]),
    wait: wait === false ? undefined : wait === true ? {} : wait,
    label: options.label === undefined ? undefined : readWord("label", options.label),
    explain: readFunction("explain", options.explain),
    onExchange: readFunction("onExchange", options.onExchange) ?? tellNobody,
  };
}

function tellNobody(): void {}

function readPrices(prices: PriceBook = priceBook): PriceBook {
  if (typeof prices.find === "function") return prices;
  throw new TypeError(`Expected \`prices\` to be a PriceBook, got ${describe(prices)}`);
}

function readEstimate(estimate: Estimate | Estimator | undefined): Estimator | undefined {
  if (estimate === undefined) return undefined;
  if (typeof estimate === "function") return { estimate };
  if (typeof estimate === "object" && typeof estimate.estimate === "function") return estimate;
  throw new TypeError(
    `Expected \`estimate\` to be a function or adaptiveEstimate(), got ${describe(estimate)}`,
  );
}

function readFunction<T>(name: string, given: T | undefined): T | undefined {
  if (given === undefined || typeof given === "function") return given;
  throw new TypeError(`Expected \`${name}\` to be a function, got ${describe(given)}`);
}

/** One of some words, of which the first is the default. */
function oneOf<T extends string>(
  name: string,
  given: T | undefined,
  known: readonly [T, ...T[]],
): T {
  if (given === undefined) return known[0];
  if (known.includes(given)) return given;
  const listed = known.map((word) => JSON.stringify(word)).join(" or ");
  throw new RangeError(`Expected \`${name}\` to be ${listed}, got ${describe(given)}`);
}
