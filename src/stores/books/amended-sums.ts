// What amendments have added to the entries they amend.

import { add, uniform } from "../../core/quantities.ts";
import type { Quantities } from "../../core/quantities.ts";
import type { NewEntry } from "./books.ts";

/** The sums of amendments in the books of one tree. */
export class AmendedSums {
  readonly #sums = new Map<string, Quantities>();

  /** Counts an entry, if it is an amendment. */
  count({ of, amount }: NewEntry): void {
    if (of === undefined) return;
    const sum = this.#sums.get(of) ?? uniform(0);
    add(sum, amount);
    this.#sums.set(of, sum);
  }

  /** Sets the sum of an entry's amendments, as read from the store. */
  set(id: string, sum: Quantities): void {
    this.#sums.set(id, sum);
  }

  clear(): void {
    this.#sums.clear();
  }

  /** Returns what was added to an entry; undefined if it was never amended. */
  of(id: string): Quantities | undefined {
    return this.#sums.get(id);
  }
}
