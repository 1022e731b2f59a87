import { amountView } from "../core/amount.ts";
import type { AmountView } from "../core/amount.ts";
import { NOTHING } from "../core/quantities.ts";
import type { Quantities } from "../core/quantities.ts";
import type { Refusal } from "../core/refusal.ts";
import type { Settled } from "../core/rules.ts";

/** The result of a commit. `usd` figures are dollars. */
export interface Settlement {
  /**
   * The amount booked as used: the actual amount, or nothing under the overage policy `"reject"`.
   */
  readonly booked: AmountView;
  /** Usage beyond what the reservation still held, on each axis. */
  readonly overage: AmountView;
  /** Why the pool, or one above it, is now over a cap; undefined if none is, or without overage. */
  readonly exceeded: Refusal | undefined;
}

/** No amount, as callers see it. */
export const NO_AMOUNT: AmountView = Object.freeze(amountView(NOTHING));

/** Settlement of a commit within its hold. */
export function withinHold(actual: Quantities): Settlement {
  return { booked: amountView(actual), overage: NO_AMOUNT, exceeded: undefined };
}

/** Converts the result of a commit of `actual` to the form that callers see. */
export function settlementOf(settled: Settled, actual: Quantities): Settlement {
  return {
    booked: settled.booked ? amountView(actual) : NO_AMOUNT,
    overage: settled.overage === undefined ? NO_AMOUNT : amountView(settled.overage),
    exceeded: settled.exceeded,
  };
}
