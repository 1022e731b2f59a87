// The books of one tree in the memory of one process.

import type { Quantities } from "../../core/quantities.ts";
import { AmendedSums } from "../books/amended-sums.ts";
import type {
  Books,
  FoundEntry,
  NewEntry,
  OpenReservation,
  StoredPool,
  StoredWaiter,
} from "../books/books.ts";
import { createStoredPool } from "../books/stored-pool.ts";
import type { StoredEntry } from "../contract/ledger.ts";
import { isBelow } from "../contract/path.ts";
import { settingsTextOf } from "../contract/stored-settings.ts";
import type { StoredSettings } from "../contract/stored-settings.ts";

/** The books of one tree in memory; they keep every entry and never forget an id. */
export class MemoryBooks implements Books {
  readonly pools: Map<string, StoredPool> = new Map<string, StoredPool>();
  readonly entries: (NewEntry & StoredEntry)[] = [];
  readonly #reservations = new Map<string, OpenReservation>();
  readonly #entryOfId = new Map<string, NewEntry>();
  readonly #amended = new AmendedSums();
  /** How many resets and rolls the tree had counted when its root was deleted. */
  #resets = 0;
  readonly #waiters = new Map<string, StoredWaiter>();

  pool(path: string): StoredPool | undefined {
    return this.pools.get(path);
  }

  create(path: string, settings: StoredSettings, above: StoredPool | undefined): StoredPool {
    const pool = createStoredPool(path, settingsTextOf(settings), above, settings);
    const { state } = pool;
    if (above === undefined) state.tree.resets = this.#resets;
    state.droppedBefore = state.tree.resets;
    pool.countsSince = state.tree.resets;
    this.pools.set(path, pool);
    return pool;
  }

  hasBelow(path: string): boolean {
    return [...this.pools.keys()].some((each) => each !== path && isBelow(each, path));
  }

  remove({ state, above }: StoredPool): void {
    this.pools.delete(state.path);
    if (above === undefined) this.#resets = state.tree.resets;
  }

  changed(): void {
    // Pools are changed in place, so there is nothing to save.
  }

  reservation(id: string): OpenReservation | undefined {
    return this.#reservations.get(id);
  }

  /** All that are not settled. */
  openReservations(): readonly OpenReservation[] {
    return [...this.#reservations.values()];
  }

  keep(reservation: OpenReservation): void {
    this.#reservations.set(reservation.id, reservation);
  }

  drop(id: string): void {
    this.#reservations.delete(id);
  }

  expiredBy(nowMs: number): readonly OpenReservation[] {
    return [...this.#reservations.values()].filter(
      ({ expired, expiresAt }) => !expired && expiresAt <= nowMs,
    );
  }

  entry(id: string): FoundEntry | undefined {
    return this.#entryOfId.get(id);
  }

  append(entry: NewEntry): void {
    this.#entryOfId.set(entry.id, entry);
    this.entries.push({ ...entry, seq: this.entries.length + 1 });
    this.#amended.count(entry);
  }

  amended(id: string): Quantities | undefined {
    return this.#amended.of(id);
  }

  waiters(): readonly StoredWaiter[] {
    return [...this.#waiters.values()];
  }

  keepWaiter(waiter: StoredWaiter): void {
    this.#waiters.set(waiter.id, waiter);
  }

  dropWaiter(id: string): void {
    this.#waiters.delete(id);
  }
}
