// R15. What a slice with `ledger: "sums"` reports of the calls that it has settled: one entry for
// each model and label. It adds up at each settlement, so that no object outlives its call.

import { add, Totals } from "../../core/quantities.ts";
import type { SliceEntry } from "../contract/command.ts";
import type { EntryMetadata } from "../contract/entry-details.ts";

/** The sums of settled calls, by model and label. */
export class EntrySums {
  #sums = new Map<string, SliceEntry>();
  #last: SliceEntry | undefined;
  #lastAbout: EntryMetadata | undefined;

  /** How many sums there are. */
  get size(): number {
    return this.#sums.size;
  }

  /** Adds a settled call; what was released is in no sum. */
  count({ kind, amount, unknown, about }: SliceEntry): void {
    if (kind === "release") return;
    // Mostly it is about the same object as the entry before.
    const last = this.#last;
    const isAsLast = last !== undefined && about === this.#lastAbout && unknown === last.unknown;
    const sum = isAsLast ? last : this.#sumOf(about, unknown);
    add(sum.amount, amount);
  }

  /** Returns the sums so far, and begins new ones. */
  take(): readonly SliceEntry[] {
    const sums = [...this.#sums.values()];
    this.#sums = new Map();
    this.#last = undefined;
    return sums;
  }

  #sumOf(about: EntryMetadata | undefined, unknown: boolean): SliceEntry {
    const { model, label } = about ?? {};
    // Words hold no entry ends.
    const name = `${model ?? ""}\n${label ?? ""}\n${unknown}`;
    let sum = this.#sums.get(name);
    if (sum === undefined) {
      // Details of one call say nothing of a sum of many.
      sum = {
        kind: "commit",
        amount: new Totals(0, 0, 0, 0, 0),
        unknown,
        about: { model, label },
      };
      this.#sums.set(name, sum);
    }
    this.#last = sum;
    this.#lastAbout = about;
    return sum;
  }
}
