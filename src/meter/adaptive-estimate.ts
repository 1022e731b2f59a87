// Learns how much of its bound a call uses, and holds that instead.

import { describe } from "../core/describe.ts";
import { asGiven, optionalFunction, readOptions, whole } from "../core/read-options.ts";
import type { TableFor } from "../core/read-options.ts";
import { readWhole } from "../core/whole.ts";
import type { EstimateRequest, Estimator, Expected, Observed } from "./estimate.ts";

/** Options of `adaptiveEstimate`. */
export interface AdaptiveEstimateOptions {
  /**
   * The fraction of calls that should stay within their hold, above 0 and at most 1.
   *
   * @default 0.85
   */
  readonly quantile?: number | undefined;
  /**
   * How many calls of a kind are held at their bound before the estimate is used.
   *
   * @default 20
   */
  readonly samplesMin?: number | undefined;
  /**
   * How many calls of a kind are remembered.
   *
   * @default 200
   */
  readonly samplesMax?: number | undefined;
  /**
   * Groups calls of a model further: returns a name for the place in the program that makes the
   * call.
   *
   * @default one group per model
   */
  readonly callSite?: ((request: EstimateRequest) => string) | undefined;
}

/** The ratio of held to used, over the calls learned from. */
export interface HoldRatio {
  readonly calls: number;
  /** Tokens held per token used; 1 is perfect, undefined before the first call. */
  readonly overHold: number | undefined;
  /** How many calls used more tokens than were held for them. */
  readonly underHolds: number;
}

/** A learning estimate that reports its accuracy. */
export interface AdaptiveEstimate extends Estimator {
  /** Returns how accurate it is. */
  readonly ratio: () => HoldRatio;
}

const SAMPLES_MIN = 20;
const SAMPLES_MAX = 200;
const QUANTILE = 0.85;
const ADAPTIVE = {
  quantile: readQuantile,
  // At most as many as `samplesMax`.
  samplesMin: asGiven<number>,
  samplesMax: whole(1, 100_000, SAMPLES_MAX),
  callSite: optionalFunction<AdaptiveEstimateOptions["callSite"]>,
} satisfies TableFor<AdaptiveEstimateOptions>;
/**
 * Beyond this many groups, calls are no longer distinguished: their names must contain changing
 * parts.
 */
const KINDS_MAX = 1000;

/**
 * Returns an estimate for `meteredFetch` and `budgetMiddleware`. For each model and place in the
 * program, it learns how much of its input bound and output limit a call uses, and holds the
 * requested quantile of that. Fewer calls are refused that would have fit. A call that uses more
 * than was held is overage, so the cap may be passed by that much.
 *
 * @throws {TypeError | RangeError} if an option is unknown or invalid.
 *
 * @example
 * const pool = new BudgetPool({ caps: { usd: 5 } });
 * const estimate = adaptiveEstimate({ quantile: 0.9 });
 * const client = new OpenAI({ fetch: meteredFetch(pool, { estimate }) });
 * estimate.ratio().calls; // => 0
 */
export function adaptiveEstimate(options: AdaptiveEstimateOptions = {}): AdaptiveEstimate {
  const { quantile, samplesMax, callSite, ...read } = readOptions(options, ADAPTIVE);
  const { samplesMin = Math.min(SAMPLES_MIN, samplesMax) } = read;
  readWhole("samplesMin", samplesMin, 1, samplesMax);
  const learned = new Learned(quantile, samplesMin, samplesMax);
  const kindOf = (request: EstimateRequest): string =>
    `${request.provider}/${request.model} ${callSite?.(request) ?? ""}`;
  return {
    estimate: (request) => learned.expect(kindOf(request), request),
    learn: (request, used) => learned.add(kindOf(request), request, used),
    ratio: () => learned.ratio(),
  };
}

function readQuantile(quantile: number = QUANTILE): number {
  if (typeof quantile === "number" && quantile > 0 && quantile <= 1) return quantile;
  throw new RangeError(
    `Expected \`quantile\` to be over 0 and at most 1, got ${describe(quantile)}`,
  );
}

/** Statistics of one kind of calls: for input, the fraction of the bound; for output, tokens. */
interface Kind {
  readonly input: Samples;
  readonly output: Samples;
}

class Learned {
  readonly #quantile: number;
  readonly #samplesMin: number;
  readonly #samplesMax: number;
  readonly #kinds = new Map<string, Kind>();
  /** The holds of running requests. */
  readonly #held = new WeakMap<EstimateRequest, number>();
  #calls = 0;
  #heldTokens = 0;
  #usedTokens = 0;
  #underHolds = 0;

  constructor(quantile: number, samplesMin: number, samplesMax: number) {
    this.#quantile = quantile;
    this.#samplesMin = samplesMin;
    this.#samplesMax = samplesMax;
  }

  expect(name: string, request: EstimateRequest): Expected | undefined {
    const { inputTokens, outputTokens } = request;
    const kind = this.#kinds.get(name);
    const isKnown = kind !== undefined && kind.output.count >= this.#samplesMin;
    const expected: Expected | undefined = isKnown
      ? {
          inputTokens:
            inputTokens && Math.ceil(inputTokens * Math.min(1, kind.input.at(this.#quantile))),
          outputTokens: Math.min(outputTokens, Math.ceil(kind.output.at(this.#quantile))),
        }
      : undefined;
    const { inputTokens: input = inputTokens, outputTokens: output = outputTokens } =
      expected ?? {};
    this.#held.set(request, (input ?? 0) + output);
    return expected;
  }

  add(name: string, request: EstimateRequest, used: Observed): void {
    const kind = this.#kindOf(name);
    if (request.inputTokens !== undefined && request.inputTokens > 0)
      kind.input.add(used.inputTokens / request.inputTokens);
    kind.output.add(used.outputTokens);
    const held = this.#held.get(request);
    if (held === undefined) return;
    const tokens = used.inputTokens + used.outputTokens;
    this.#calls++;
    this.#heldTokens += held;
    this.#usedTokens += tokens;
    if (tokens > held) this.#underHolds++;
  }

  ratio(): HoldRatio {
    const overHold = this.#usedTokens === 0 ? undefined : this.#heldTokens / this.#usedTokens;
    return { calls: this.#calls, overHold, underHolds: this.#underHolds };
  }

  #kindOf(name: string): Kind {
    const known = this.#kinds.get(name);
    if (known !== undefined) return known;
    const made = { input: new Samples(this.#samplesMax), output: new Samples(this.#samplesMax) };
    if (this.#kinds.size < KINDS_MAX) this.#kinds.set(name, made);
    return made;
  }
}

/** The last numbers, from which a quantile is computed. */
class Samples {
  readonly #max: number;
  readonly #values: number[] = [];
  #sorted: readonly number[] | undefined;
  #next = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get count(): number {
    return this.#values.length;
  }

  add(value: number): void {
    this.#values[this.#next] = value;
    this.#next = (this.#next + 1) % this.#max;
    this.#sorted = undefined;
  }

  /** Returns the quantile; 1 if there are no numbers. */
  at(quantile: number): number {
    this.#sorted ??= this.#values.toSorted((one, other) => one - other);
    return this.#sorted[Math.ceil(quantile * this.#sorted.length) - 1] ?? 1;
  }
}
