// R15. What a slice with `ledger: "sums"` reports of the calls that it has settled: one entry for
// each model and label.

import { add, assign, NOTHING, plus, Totals } from "../../core/quantities.ts";
import type { Quantities } from "../../core/quantities.ts";
import type { SliceEntry } from "../contract/command.ts";
import type { EntryMetadata } from "../contract/entry-details.ts";

/**
 * The sums of settled calls, by model and label. Calls in a row about the same are no work: what
 * they used is the difference of the totals before the first of them and after the last.
 */
export class EntrySums {
  #sums = new Map<string, SliceEntry>();
  /** The sum that the last call belongs to, what it was about, and the total before the row. */
  #sum: SliceEntry | undefined;
  #about: EntryMetadata | undefined;
  #isUnknown = false;
  readonly #before: Quantities = new Totals(0, 0, 0, 0, 0);

  /** How many sums there are. */
  get size(): number {
    return this.#sums.size;
  }

  /** Adds a settled call; `before` is the total without it. What was released is in no sum. */
  note(
    before: Quantities,
    _amount: Quantities,
    kind: SliceEntry["kind"],
    unknown: boolean,
    about: EntryMetadata | undefined,
  ): void {
    if (kind === "release") return;
    // Mostly it is about the same object as the entry before.
    const sum = this.#sum;
    if (
      sum !== undefined &&
      about === this.#about &&
      (unknown ? this.#isUnknown : !this.#isUnknown)
    )
      return;
    this.#endRow(before);
    this.#sum = this.#sumOf(about, unknown);
    this.#about = about;
    this.#isUnknown = unknown;
  }

  /** Returns the sums up to a total, and begins new ones with a total of nothing. */
  take(total: Quantities): readonly SliceEntry[] {
    this.#endRow(total);
    assign(this.#before, NOTHING);
    this.#sum = undefined;
    const sums = [...this.#sums.values()];
    this.#sums = new Map();
    return sums;
  }

  #endRow(total: Quantities): void {
    if (this.#sum !== undefined) add(this.#sum.amount, plus(total, this.#before, -1));
    assign(this.#before, total);
  }

  #sumOf(about: EntryMetadata | undefined, unknown: boolean): SliceEntry {
    const { model, label } = about ?? {};
    // Words hold no entry ends.
    const name = `${model ?? ""}\n${label ?? ""}\n${unknown}`;
    const known = this.#sums.get(name);
    if (known !== undefined) return known;
    const sum: SliceEntry = {
      kind: "commit",
      amount: new Totals(0, 0, 0, 0, 0),
      unknown,
      // Details of one call say nothing of a sum of many.
      about: { model, label },
    };
    this.#sums.set(name, sum);
    return sum;
  }
}
