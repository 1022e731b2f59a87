// What is booked for an exchange, by its ending and by what the provider reported. "Unknown" is
// never $0: the bound replaces whatever was not reported.

import type { Amount } from "../core/amount.ts";
import { toNanoUsd, toUsd } from "../core/nano-usd.ts";
import type { Service } from "../core/service.ts";
import { INPUT_CLASSES, OUTPUT_CLASSES, readUsage, sumOf, USAGE_CLASSES } from "../core/usage.ts";
import type { Usage } from "../core/usage.ts";
import { PriceUnknown } from "../prices/index.ts";
import type { Price } from "../prices/index.ts";
import type { WireUsage } from "../wire/wire-usage.ts";
import { CHARGE_MAX } from "./answer-head.ts";
import type { HeadCharge } from "./answer-head.ts";
import type { Ending } from "./endings.ts";
import { observedOf } from "./bound-request.ts";
import { billable, soldByCount } from "./counted-usage.ts";
import type { Bounded } from "./bounded.ts";
import type { ExchangeOutcome } from "./report.ts";

/** The basis of a booking: reported usage, its bound, output seen, the whole hold, or nothing. */
type BookingBasis = "reported" | "bound" | "seen" | "held" | "nothing";

/** For each ending: the basis if the provider reported all usage, and otherwise. */
const SETTLING: Readonly<Record<Ending, readonly [whole: BookingBasis, otherwise: BookingBasis]>> =
  {
    answered: ["reported", "bound"],
    interrupted: ["reported", "seen"],
    declined: ["reported", "nothing"],
    "timed out": ["reported", "held"],
    lost: ["reported", "held"],
    unsent: ["nothing", "nothing"],
  };
const OUTCOMES: Readonly<Record<BookingBasis, ExchangeOutcome>> = {
  reported: "used",
  bound: "bounded",
  seen: "bounded",
  held: "unknown",
  nothing: "released",
};
/**
 * The output that a provider may have generated after an interrupted stream: on the network, and
 * before it noticed. A few seconds of the fastest models.
 */
const UNSEEN_TOKENS = 256;

/** What was seen of an answer. */
export interface Seen {
  readonly reported: WireUsage | undefined;
  /** The cost in the headers of the answer, by the user's option. */
  readonly charge?: HeadCharge | undefined;
  /** Bytes of output: no fewer than its tokens. */
  readonly outputBytes: number;
  readonly isOutputHidden: boolean;
  /** The most tokens of output, of all choices. */
  readonly outputTokensMax: number;
  /**
   * The price of a model that the answer names, for a pass or the whole; undefined if it is the
   * request's, or unknown.
   */
  readonly priceOf: (model: string) => Price | undefined;
}

/** What to book. */
export interface Settling {
  readonly outcome: ExchangeOutcome;
  /** Undefined: the hold. */
  readonly amount: Amount | undefined;
  /** Why the amount may be too low. */
  readonly doubts: readonly string[];
}

/** Returns what is booked for an exchange. */
export function settlingOf(ending: Ending, bounded: Bounded, seen: Seen): Settling {
  const { reported } = seen;
  const [whole, otherwise] = SETTLING[ending];
  const isWhole = reported?.isWhole === true || isCounted(bounded, reported);
  const basis = isWhole ? whole : otherwise;
  const outcome = OUTCOMES[basis];
  if (basis === "nothing" || basis === "held") return { outcome, amount: undefined, doubts: [] };
  if (basis === "reported" && reported !== undefined) {
    const { amount, doubts } = pricedAs(bounded, reported, reported.usage, seen);
    return { outcome: doubts.length === 0 ? outcome : "bounded", amount, doubts };
  }
  const isShown = basis === "seen" && !seen.isOutputHidden;
  const shown = Math.min(seen.outputBytes + UNSEEN_TOKENS, seen.outputTokensMax);
  const outputTokens = isShown ? shown : seen.outputTokensMax;
  return { outcome, amount: boundedAmount(bounded, seen, outputTokens), doubts: [] };
}

/** Whether all counted classes with a price are reported. */
function isCounted({ prices, counted }: Bounded, reported: WireUsage | undefined): boolean {
  if (counted === undefined || reported === undefined) return false;
  const names = USAGE_CLASSES.filter((name) => name in counted);
  const isReported = names.every((name) => reported.usage[name] !== undefined);
  return isReported && prices.every((price) => soldByCount(price, counted));
}

/** The reported usage, with the bound in place of missing parts. */
function boundedAmount(bounded: Bounded, seen: Seen, outputTokensMax: number): Amount {
  const { bound } = bounded;
  const { reported } = seen;
  const usage = reported?.usage ?? {};
  const whole = readUsage(usage);
  const outputTokens = Math.max(outputTokensMax, sumOf(whole, OUTPUT_CLASSES));
  if (reported === undefined || usage.inputTokens === undefined)
    return withCharge(ceilingOf(bounded, { ...bound, outputTokens }), seen);
  const inputTokens = sumOf(whole, INPUT_CLASSES);
  const hasMedia = bound.media?.output === true;
  if (hasMedia)
    return withCharge(ceilingOf(bounded, { ...bound, inputTokens, outputTokens }), seen);
  const input = Object.fromEntries(INPUT_CLASSES.map((name) => [name, whole[name]]));
  const { webSearches, fileSearches, codeSessions } = usage;
  const counted = { webSearches, fileSearches, codeSessions, ...bounded.counted };
  return pricedAs(bounded, reported, { ...input, outputTokens, ...counted }, seen).amount;
}

/** The bound of a call at the highest price of the models that may answer. */
function ceilingOf({ prices, service, counted = {} }: Bounded, bound: Bounded["bound"]): Amount {
  return dearestOf(
    prices.map((price) => {
      const { factor } = price.factorFor(service);
      const amount = price.ceiling(bound, { factor });
      const usd = price.cost(billable(price, counted), { factor });
      return usd === 0 ? amount : plus(amount, { usd });
    }),
  );
}

interface Priced {
  readonly amount: Amount;
  readonly doubts: readonly string[];
}

/** Usage at the higher price of the requested model and the one that answered. */
function pricedAs(bounded: Bounded, reported: WireUsage, usage: Usage, seen: Seen): Priced {
  const service = servedAs(bounded.service, reported.service);
  const doubts = [...reported.doubts, ...(seen.charge?.doubts ?? [])];
  const amounts = pricesFor(bounded, reported, seen, doubts).map((price) =>
    amountOf(price, usage, service, doubts),
  );
  const passes = reported.passes.map((pass) => {
    const price = pass.model === undefined ? bounded.price : seen.priceOf(pass.model);
    if (price === undefined || price.isGuess)
      doubts.push(
        `the price of ${String(pass.model).slice(0, 60)}, which also worked on it, is unknown`,
      );
    return amountOf(price ?? bounded.price, pass.usage, service, doubts);
  });
  const amount = withCharge(passes.reduce(plus, dearestOf(amounts)), seen);
  const isCharged = chargeOf(seen) !== undefined;
  return { amount, doubts: isCharged ? reported.doubts : [...new Set(doubts)] };
}

/** The possible prices: the request's, and that of the model that answered. */
function pricesFor(
  { price, request, doubts: held }: Bounded,
  { model }: WireUsage,
  seen: Seen,
  doubts: string[],
): readonly Price[] {
  doubts.push(...held);
  if (model === undefined || model === request.model) return [price];
  // Bedrock answers with Anthropic's name of a model, which does not include the region.
  if (isNameWithin(model, request.model)) return [price];
  const answered = seen.priceOf(model);
  // If one of two prices is a guess, the known one is on the bill.
  if (answered !== undefined && !answered.isGuess)
    return price.isGuess ? [answered] : [price, answered];
  // A dated name of the same model is not another model.
  if (!isRelated(model, request.model) && price.source !== "override")
    doubts.push(`the answer is from the model ${model.slice(0, 60)}, whose price is unknown`);
  return [price];
}

/** Returns whether the model that answered is the requested one, under another name. */
export function isSameModel(answered: string, asked: string): boolean {
  return answered === asked || isNameWithin(answered, asked) || isRelated(answered, asked);
}

/** Whether `global.anthropic.claude-x-v1:0` was requested, and `claude-x` answered. */
function isNameWithin(answered: string, asked: string): boolean {
  const start = asked.lastIndexOf(answered);
  if (start < 1 || answered === "" || asked[start - 1] !== ".") return false;
  return /^(?:-v\d[\d:]*)?$/.test(asked.slice(start + answered.length));
}

function isRelated(one: string, other: string): boolean {
  const [short, long] = [lastName(one), lastName(other)].toSorted((a, b) => a.length - b.length);
  return short !== undefined && short !== "" && long?.startsWith(short) === true;
}

function lastName(model: string): string {
  return model.slice(model.lastIndexOf("/") + 1).toLowerCase();
}

/** The served tier overrides the requested one, on its own axis (M4). */
function servedAs(asked: Service, served: Service): Service {
  return {
    tier: served.tier ?? asked.tier,
    speed: served.speed ?? asked.speed,
    place: served.place ?? asked.place,
  };
}

function amountOf(price: Price, reported: Usage, service: Service, doubts: string[]): Amount {
  // If a provider charges for each request, a call is one.
  const billed = billable(price, reported);
  const usage = price.rates?.requests === undefined ? billed : { requests: 1, ...billed };
  const { factor, unknown } = price.factorFor(service);
  for (const word of unknown)
    doubts.push(`the price of the service ${JSON.stringify(word)} is unknown`);
  try {
    return price.amount(usage, { factor });
  } catch (error) {
    if (!PriceUnknown.is(error)) throw error;
    // Paid for at an unknown price: the reported tokens, at the highest rates of the model.
    doubts.push(error.message);
    const { inputTokens, outputTokens } = observedOf(usage);
    return price.ceiling({ inputTokens, outputTokens }, { factor });
  }
}

/**
 * The total charge from the user's option or the provider replaces the price (M5), unless it is
 * absurd.
 */
function withCharge(amount: Amount, seen: Seen): Amount {
  const charge = chargeOf(seen);
  return charge === undefined ? amount : { ...amount, usd: charge };
}

function chargeOf({ charge, reported }: Seen): number | undefined {
  const usd = charge?.usd ?? reported?.reportedUsd;
  return usd !== undefined && usd >= 0 && usd <= CHARGE_MAX ? usd : undefined;
}

function dearestOf(amounts: readonly Amount[]): Amount {
  const [first = {}, ...others] = amounts;
  return others.reduce(
    (most, each) => (toNanoUsd(each.usd ?? 0) > toNanoUsd(most.usd ?? 0) ? each : most),
    first,
  );
}

function plus(one: Amount, other: Amount): Amount {
  const usd =
    one.usd === undefined && other.usd === undefined
      ? undefined
      : toUsd(toNanoUsd(one.usd ?? 0) + toNanoUsd(other.usd ?? 0));
  return {
    inputTokens: (one.inputTokens ?? 0) + (other.inputTokens ?? 0),
    outputTokens: (one.outputTokens ?? 0) + (other.outputTokens ?? 0),
    ...(usd !== undefined && { usd }),
    calls: one.calls,
  };
}
