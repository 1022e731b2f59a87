// R15. What a slice with `ledger: "entries"` reports of the calls that it has settled: an entry for
// each.

import type { Quantities } from "../../core/quantities.ts";
import type { SliceEntry } from "../contract/command.ts";
import type { EntryMetadata } from "../contract/entry-details.ts";
import { askOf } from "./ask.ts";

/** The settled calls, in order. */
export class EntryList {
  #entries: SliceEntry[] = [];

  /** How many entries there are. */
  get size(): number {
    return this.#entries.length;
  }

  /** Adds an entry. `amount` may change later. */
  note(
    _before: Quantities,
    amount: Quantities,
    kind: SliceEntry["kind"],
    unknown: boolean,
    about: EntryMetadata | undefined,
  ): void {
    this.#entries.push({ kind, amount: askOf(amount), unknown, about });
  }

  /** Returns the entries so far, and begins anew. */
  take(): readonly SliceEntry[] {
    const entries = this.#entries;
    this.#entries = [];
    return entries;
  }
}
