// What is booked for an exchange, by how it ended and by what the provider told of it. "Not known"
// is never $0: the bound stands for whatever was not told.

import type { Amount } from "../core/amount.ts";
import { INPUT_CLASSES, OUTPUT_CLASSES, readUsage, sumOf } from "../core/usage.ts";
import type { Usage } from "../core/usage.ts";
import { PriceUnknown } from "../prices/index.ts";
import type { WireUsage } from "../wire/wire-usage.ts";
import { observedOf } from "./bounding.ts";
import type { Bounded } from "./bounding.ts";
import type { ExchangeOutcome } from "./report.ts";

/**
 * How an exchange ended.
 *
 * - `"answered"`: with a success, to its end.
 * - `"interrupted"`: a success of which the end is missing: aborted by the caller, or cut.
 * - `"declined"`: by the provider, before any work: 4xx, 429 and 5xx.
 * - `"timed out"`: a gateway gave up: 408, 504 and 524. The work may have been done.
 * - `"lost"`: without an answer, after the request was sent.
 * - `"unsent"`: the request never left.
 */
export type Ending = "answered" | "interrupted" | "declined" | "timed out" | "lost" | "unsent";

/**
 * What is booked: what was told, the bound of what was not, what was seen, all that was held, or
 * nothing.
 */
type Booking = "told" | "bound" | "seen" | "held" | "nothing";

/** For each ending: what is booked when the provider told all that it used, and otherwise. */
const SETTLING: Readonly<Record<Ending, readonly [whenTold: Booking, otherwise: Booking]>> = {
  answered: ["told", "bound"],
  interrupted: ["told", "seen"],
  declined: ["told", "nothing"],
  "timed out": ["told", "held"],
  lost: ["told", "held"],
  unsent: ["nothing", "nothing"],
};
const OUTCOMES: Readonly<Record<Booking, ExchangeOutcome>> = {
  told: "used",
  bound: "bounded",
  seen: "bounded",
  held: "unknown",
  nothing: "released",
};
/**
 * What a provider may have generated that an interrupted stream has not shown: what was under way
 * on the network, and what was written before it noticed. Some seconds of the fastest models.
 */
const UNSEEN_TOKENS = 256;

/** What was seen of an answer. */
export interface Seen {
  readonly told: WireUsage | undefined;
  /** Bytes of output: no fewer than its tokens. */
  readonly outputBytes: number;
  readonly isOutputHidden: boolean;
  /** The most tokens that may have come out, of all choices. */
  readonly outputTokensMax: number;
}

/** What is to be booked. */
export interface Settling {
  readonly outcome: ExchangeOutcome;
  /** Undefined: as it was held. */
  readonly amount: Amount | undefined;
}

/** What is booked for an exchange. */
export function settlingOf(ending: Ending, bounded: Bounded, seen: Seen): Settling {
  const { told } = seen;
  const [whenTold, otherwise] = SETTLING[ending];
  const booking = told?.isWhole === true ? whenTold : otherwise;
  const outcome = OUTCOMES[booking];
  switch (booking) {
    case "nothing":
    case "held":
      return { outcome, amount: undefined };
    case "told":
      return { outcome, amount: told && pricedAs(bounded, told, told.usage) };
    default: {
      const isShown = booking === "seen" && !seen.isOutputHidden;
      const shown = Math.min(seen.outputBytes + UNSEEN_TOKENS, seen.outputTokensMax);
      const outputTokens = isShown ? shown : seen.outputTokensMax;
      return { outcome, amount: boundedAmount(bounded, told, outputTokens) };
    }
  }
}

/** What was told, and the bound in place of what was not. */
function boundedAmount(
  bounded: Bounded,
  told: WireUsage | undefined,
  outputTokensMax: number,
): Amount {
  const { price, service, bound } = bounded;
  const usage = told?.usage ?? {};
  const whole = readUsage(usage);
  const outputTokens = Math.max(outputTokensMax, sumOf(whole, OUTPUT_CLASSES));
  if (told === undefined || usage.inputTokens === undefined)
    return price.ceiling({ ...bound, outputTokens }, { service });
  const input = Object.fromEntries(INPUT_CLASSES.map((name) => [name, whole[name]]));
  if (bound.media?.output !== true) return pricedAs(bounded, told, { ...input, outputTokens });
  const inputTokens = sumOf(whole, INPUT_CLASSES);
  return price.ceiling({ ...bound, inputTokens, outputTokens }, { service });
}

/** Usage at the price that was held for. */
function pricedAs(bounded: Bounded, told: WireUsage, usage: Usage): Amount {
  const { price, service: asked } = bounded;
  const isWhole = usage === told.usage;
  try {
    const amount = price.amount(usage, { service: told.service ?? asked });
    const reported = isWhole ? told.reportedUsd : undefined;
    return reported === undefined ? amount : { ...amount, usd: reported };
  } catch (error) {
    if (!PriceUnknown.is(error)) throw error;
    // Paid for, at a price that nobody knows: tokens as told, and the dollars that were held.
    return { ...observedOf(usage), calls: 1 };
  }
}
