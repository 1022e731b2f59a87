// The outcome of an exchange, for its observers.

import type { Amount, AmountView } from "../core/amount.ts";
import type { BudgetExceeded } from "../core/errors.ts";
import type { Usage } from "../core/usage.ts";
import type { WireName } from "../wire/wire-name.ts";

/**
 * The way in which an exchange was settled.
 *
 * - `"used"`: what the provider reported, priced.
 * - `"bounded"`: the provider was paid, and its report is missing, cut or in doubt: what is known,
 *   and the bound for what is missing.
 * - `"unknown"`: whether the provider was paid is not known: what was held.
 * - `"released"`: nothing was billed.
 * - `"refused"`: no request was made.
 */
export type ExchangeOutcome = "used" | "bounded" | "unknown" | "released" | "refused";

/** A report of an exchange that has ended, or was refused. */
export interface ExchangeReport {
  readonly outcome: ExchangeOutcome;
  /** The path of the pool; undefined if there was none. */
  readonly pool: string | undefined;
  readonly wire: WireName | "ai-sdk" | "route" | undefined;
  readonly provider: string | undefined;
  /** The model as the request names it. */
  readonly model: string | undefined;
  /** The status of the answer; undefined without one. */
  readonly status: number | undefined;
  /** The usage that the provider reported, by class; parts of it may be missing. */
  readonly usage: Usage | undefined;
  /**
   * Why the booking is unsure although the provider reported usage: an unknown count, tier or
   * model. Empty if it is sure.
   */
  readonly doubts: readonly string[];
  /** Whether the highest rates of the provider replaced an unknown price. */
  readonly guessedPrice: boolean;
  /**
   * The output limit, in tokens, that was written into the request because the pool had no room for
   * more; undefined if its output was not limited.
   */
  readonly writtenLimit: number | undefined;
  /**
   * The thinking budget, in tokens, that was lowered with the limit; undefined if it was not. A
   * changed budget loses the provider's cache of the messages.
   */
  readonly writtenThinking: number | undefined;
  /**
   * What bounded the input, in addition to the bytes and the context window: `"the provider's
   * count"`. Empty if nothing else was needed.
   */
  readonly boundedBy: readonly string[];
  /** How often a provider was asked for its count. */
  readonly countRequests: number;
  /** Whether the answer ended at the written limit, or may have. */
  readonly isCut: boolean;
  /** What was held. */
  readonly held: AmountView | undefined;
  /** What was booked. */
  readonly booked: AmountView | undefined;
  /**
   * What was used and could not be booked, because the store does not answer. It is retried in the
   * background as long as the pool is open.
   */
  readonly unbooked: Amount | undefined;
  /** What was booked beyond the hold, if it went over a cap. */
  readonly exceeded: boolean;
  /** Of a stored reservation: its id in the ledger, for `pool.amend`. */
  readonly id: string | undefined;
  /** From the reservation to the settlement, in milliseconds. */
  readonly durationMs: number;
  /** The refusal, or the error that kept it from being settled. */
  readonly error: BudgetExceeded | Error | undefined;
}
