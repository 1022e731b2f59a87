import type { AmountView, RefusalReason, Settlement } from "token-budget";
import { figuresOf, NO_FIGURES, sum } from "./figures.ts";
import type { Figures } from "./figures.ts";

/** The ways in which tasks ask the pool. */
export const WAYS = ["reserve", "tryReserve", "reserveWhenFree", "reserveUpTo", "run"] as const;
export type Way = (typeof WAYS)[number];

/** How the asks of one way were answered. */
export type Answers = Record<"asked" | "admitted" | RefusalReason, number>;
export const ANSWERS = ["asked", "admitted", "never", "busy", "spent", "frozen"] as const;

/** What the tasks saw, counted beside the pool so that the books can be compared with it. */
export class Tally {
  readonly answers: Readonly<Record<Way, Answers>> = {
    reserve: noAnswers(),
    tryReserve: noAnswers(),
    reserveWhenFree: noAnswers(),
    reserveUpTo: noAnswers(),
    run: noAnswers(),
  };
  committed = 0;
  committedWithOverage = 0;
  releasedAfterFailure = 0;
  billedAfterFailure = 0;
  /** Σ of what records and commits said that they booked. */
  reported: Figures = NO_FIGURES;
  /** Σ of the overage that commits told. */
  overage: Figures = NO_FIGURES;

  recorded(amount: AmountView): void {
    this.reported = sum(this.reported, figuresOf(amount));
  }

  settled(settlement: Settlement, failed: boolean): void {
    this.recorded(settlement.booked);
    this.overage = sum(this.overage, figuresOf(settlement.overage));
    if (failed) this.billedAfterFailure++;
    else this.committed++;
    if (settlement.overage.tokens > 0) this.committedWithOverage++;
  }
}

export function noAnswers(): Answers {
  return { asked: 0, admitted: 0, never: 0, busy: 0, spent: 0, frozen: 0 };
}
