// Used of a pool in each of its periods, computed from ledger entries: the state of the pool no
// longer shows a period that ended since the last pass.

import { add, assign, uniform } from "../../core/quantities.ts";
import type { Quantities } from "../../core/quantities.ts";
import { windowAt } from "../../core/window.ts";
import type { WindowRule } from "../../core/window-rule.ts";
import { isBelow } from "../contract/path.ts";
import type { StoredEntry } from "../contract/ledger.ts";
import { comparePeriods } from "./reported-events.ts";
import type { Period } from "./reported-events.ts";

/** Used in a period, as far as the read entries show. */
export interface PeriodSum {
  readonly period: Period;
  readonly used: Quantities;
  /** The last of the entries. */
  last: Pick<StoredEntry, "seq" | "at">;
  /** Whether it covers the whole period. */
  isWhole: boolean;
}

/** How many earlier entries are read again if the start of a period is unknown. */
const LINES_MAX = 20_000;
const ENTRIES_AT_ONCE = 1000;
const POOLS_MAX = 100_000;

/** Reads entries of a pool and those below it, oldest first. */
export type LinesReader = (
  path: string,
  after: number,
  sinceMs: number,
  limit: number,
) => Promise<readonly StoredEntry[]>;

/**
 * Returns the period of an instant, after a reset. For a sliding window, periods of its length
 * stand in for windows.
 */
export function periodAt(window: WindowRule | undefined, atMs: number, reset: number): Period {
  if (window === undefined) return { startsAt: 0, reset };
  if (window.kind === "sliding") return { startsAt: atMs - (atMs % window.lengthMs), reset };
  return { startsAt: windowAt(window, atMs).startsAt, reset };
}

/** The sums of the periods of pools, kept from one pass over the ledger to the next. */
export class PeriodSums {
  /** The last period of each pool whose start is known. */
  readonly #last = new Map<string, { readonly period: Period; readonly used: Quantities }>();

  /** Discards the sums: another process may have read further. */
  forget(): void {
    this.#last.clear();
  }

  /** Sums of the periods in which entries of a pool lie, in the order of the periods. */
  add(
    path: string,
    window: WindowRule | undefined,
    lines: readonly StoredEntry[],
    resetBefore: number,
  ): readonly PeriodSum[] {
    const sums: PeriodSum[] = [];
    let reset = resetBefore;
    for (const line of lines) {
      // Entries before an already reported reset were reported too.
      if (line.seq <= resetBefore || !isBelow(line.path, path)) continue;
      if (line.kind === "reset" && line.path === path) reset = line.seq;
      if (line.kind !== "record" && line.kind !== "commit" && line.kind !== "amend") continue;
      const period = periodAt(window, line.bookedAt, reset);
      let sum = sums.find((each) => comparePeriods(each.period, period) === 0);
      if (sum === undefined) sums.push((sum = this.#begun(path, period, line, sums.length > 0)));
      add(sum.used, line.amount);
      sum.last = line;
    }
    const ordered = sums.toSorted((one, other) => comparePeriods(one.period, other.period));
    const last = ordered.at(-1);
    if (last?.isWhole === true) {
      if (this.#last.size >= POOLS_MAX) this.#last.clear();
      this.#last.set(path, { period: last.period, used: last.used });
    }
    return ordered;
  }

  /** Adds what was used in the period before the entries of a sum. */
  async complete(
    path: string,
    window: WindowRule | undefined,
    sum: PeriodSum,
    readTo: number,
    read: LinesReader,
  ): Promise<void> {
    const { startsAt, reset } = sum.period;
    let after = reset;
    for (let count = 0; count < LINES_MAX && after < readTo && !sum.isWhole;) {
      // oxlint-disable-next-line no-await-in-loop -- each page begins where the last one ended
      const page = await read(path, after, startsAt, ENTRIES_AT_ONCE);
      const found = page.filter(({ seq }) => seq <= readTo);
      for (const line of found) {
        const isBooked = line.kind === "record" || line.kind === "commit" || line.kind === "amend";
        if (!isBooked) continue;
        if (periodAt(window, line.bookedAt, reset).startsAt === startsAt)
          add(sum.used, line.amount);
      }
      count += page.length;
      after = page.at(-1)?.seq ?? readTo;
      if (page.length < ENTRIES_AT_ONCE) break;
    }
    sum.isWhole = true;
  }

  #begun(path: string, period: Period, last: StoredEntry, isLater: boolean): PeriodSum {
    const known = this.#last.get(path);
    const used = uniform(0);
    const isSame = known !== undefined && comparePeriods(known.period, period) === 0;
    if (isSame) assign(used, known.used);
    return { period, used, last, isWhole: isLater || known !== undefined };
  }
}
