// Spend while the store did not answer: it is booked at the end, if possible.

import type { Amount } from "../../core/amount.ts";
import { BudgetError, BudgetExceeded, ReservationSettled } from "../../core/errors.ts";
import { toNanoUsd, toUsd } from "../../core/nano-usd.ts";
import { aboutOf } from "../../meter/metered-pool.ts";
import type { Attribution } from "../../core/attribution.ts";
import type { ExchangeReport } from "../../meter/report.ts";
import type { StoredBudgetPool, StoredReservation } from "../../stores/index.ts";

interface Spending {
  readonly id: string;
  readonly held: Amount;
  readonly actual: Amount;
  readonly about: Attribution;
}

/** The spend of a run that the store has not accepted yet. */
export class UnbookedSpend {
  readonly #label: string;
  readonly #spendings: Spending[] = [];

  constructor(label: string) {
    this.#label = label;
  }

  add({ id, held, unbooked, model = "" }: ExchangeReport): void {
    if (id === undefined || held === undefined || unbooked === undefined) return;
    this.#spendings.push({ id, held, actual: unbooked, about: aboutOf(model, this.#label) });
  }

  get isEmpty(): boolean {
    return this.#spendings.length === 0;
  }

  /** Books it, as far as the store accepts it; returns the rest. */
  async deliver(pool: StoredBudgetPool): Promise<{ readonly calls: number; readonly usd: number }> {
    let left = this.#spendings.length;
    try {
      for (const spending of this.#spendings) {
        // oxlint-disable-next-line no-await-in-loop -- when one is not taken, the next is not
        await bookOnce(pool, spending);
        left--;
      }
    } catch {
      // What remains is reported.
    }
    const unbooked = left === 0 ? [] : this.#spendings.slice(-left);
    const nanoUsd = unbooked.reduce((sum, { actual }) => sum + toNanoUsd(actual.usd ?? 0), 0);
    return { calls: left, usd: toUsd(nanoUsd) };
  }
}

/** Under the id of its reservation, an amount is booked once, by the first process that tries. */
async function bookOnce(
  pool: StoredBudgetPool,
  { id, held, actual, about }: Spending,
): Promise<void> {
  try {
    const hold = await reserveAgain(pool, held, id);
    // It is booked although it no longer fits, because it was spent.
    if (hold === undefined) await pool.record(actual, { id, overage: "allow", ...about });
    else await hold.commit({ ...actual, ...about });
  } catch (error) {
    const isBooked = BudgetExceeded.is(error) && error.booked;
    if (!ReservationSettled.is(error) && !isBooked) throw error;
  }
}

/** Undefined if there is no room, or if the id was recorded without a reservation before. */
async function reserveAgain(
  pool: StoredBudgetPool,
  held: Amount,
  id: string,
): Promise<StoredReservation | undefined> {
  try {
    return await pool.tryReserve(held, { id });
  } catch (error) {
    if (BudgetError.is(error) && error.code === "ID_TAKEN") return undefined;
    throw error;
  }
}
