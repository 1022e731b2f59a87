// What becomes of an exchange, for whoever watches.

import type { Amount, AmountView } from "../core/amount.ts";
import type { BudgetExceeded } from "../core/errors.ts";
import type { Usage } from "../core/usage.ts";
import type { WireName } from "../wire/wire.ts";

/**
 * How an exchange was settled.
 *
 * - `"used"`: what the provider told, priced.
 * - `"bounded"`: the provider was paid and did not tell all: what is known, and the bound for the
 *   rest.
 * - `"unknown"`: nobody knows whether the provider was paid: what was held.
 * - `"released"`: nothing was billed.
 * - `"refused"`: no request was made.
 */
export type ExchangeOutcome = "used" | "bounded" | "unknown" | "released" | "refused";

/** What became of an exchange. */
export interface ExchangeReport {
  readonly outcome: ExchangeOutcome;
  /** The path of the pool; undefined when there was none. */
  readonly pool: string | undefined;
  readonly wire: WireName | "ai-sdk" | undefined;
  readonly provider: string | undefined;
  /** The model as the request names it. */
  readonly model: string | undefined;
  /** The status of the answer; undefined when none came. */
  readonly status: number | undefined;
  /** What the provider told, by class; parts of it may be missing. */
  readonly usage: Usage | undefined;
  /** What was held. */
  readonly held: AmountView | undefined;
  /** What was booked. */
  readonly booked: AmountView | undefined;
  /**
   * What was used and could not be booked, because the store does not answer. It is tried again in
   * the background for as long as the pool is open.
   */
  readonly unbooked: Amount | undefined;
  /** What was booked beyond what was held, when it went over a cap. */
  readonly exceeded: boolean;
  /** Of a stored reservation: its id in the ledger, for `pool.amend`. */
  readonly id: string | undefined;
  /** From the reservation to the settlement, in milliseconds. */
  readonly durationMs: number;
  /** Why it was refused, or what kept it from being settled. */
  readonly error: BudgetExceeded | Error | undefined;
}
