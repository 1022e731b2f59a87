// What was spent while the store did not answer: it is brought to the books at the end, if it can
// be.

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

/** The spending of a run that the store has not taken yet. */
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

  /** AllBooks it, as far as the store takes it; returns what it does not take. */
  async deliver(pool: StoredBudgetPool): Promise<{ readonly calls: number; readonly usd: number }> {
    let left = this.#spendings.length;
    try {
      for (const spending of this.#spendings) {
        // oxlint-disable-next-line no-await-in-loop -- when one is not taken, the next is not
        await bookOnce(pool, spending);
        left--;
      }
    } catch {
      // Those that are left are reported.
    }
    const unbooked = left === 0 ? [] : this.#spendings.slice(-left);
    const nanoUsd = unbooked.reduce((sum, { actual }) => sum + toNanoUsd(actual.usd ?? 0), 0);
    return { calls: left, usd: toUsd(nanoUsd) };
  }
}

/** Under the id of its reservation an amount is booked once, by the first to try. */
async function bookOnce(
  pool: StoredBudgetPool,
  { id, held, actual, about }: Spending,
): Promise<void> {
  try {
    const hold = await reserveAgain(pool, held, id);
    // If there is no room for it any longer, it was spent all the same.
    if (hold === undefined) await pool.record(actual, { id, overage: "allow", ...about });
    else await hold.commit({ ...actual, ...about });
  } catch (error) {
    const isBooked = BudgetExceeded.is(error) && error.booked;
    if (!ReservationSettled.is(error) && !isBooked) throw error;
  }
}

/** Undefined when there is no room, and when the id was recorded without a reservation before. */
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
