// The books of one tree as they were loaded, and what is to be written: nothing is sent to the
// server before all commands of a batch are applied.

import type { Quantities } from "../core/quantities.ts";
import { AmendedSums } from "../stores/books/amended-sums.ts";
import type {
  Books,
  DrawnEntries,
  FoundEntry,
  NewEntry,
  OpenReservation,
  StoredPool,
  StoredWaiter,
} from "../stores/books/books.ts";
import { createStoredPool } from "../stores/books/stored-pool.ts";
import { newId } from "../stores/client/id.ts";
import type { Outcome } from "../stores/contract/command.ts";
import { countOf, numberOf, quantitiesInRow, textOf } from "../stores/sql/columns.ts";
import type { Row } from "../stores/sql/columns.ts";
import {
  capsInRow,
  overageOf,
  readFigures,
  readTerms,
  sliceLevelOf,
} from "../stores/sql/pool-row.ts";
import { reservationOf, waiterOf } from "../stores/sql/hold-row.ts";
import { foundEntryOf } from "../stores/sql/entry-row.ts";
import { AppendedEntries, listed } from "./appended-entries.ts";
import {
  endedRowsOf,
  poolRowOf,
  renewedRowOf,
  reservationRowOf,
  waiterRowOf,
} from "./book-rows.ts";
import { setFigures } from "./differences.ts";
import type { BooksBefore } from "./differences.ts";
import type { Loaded, Written } from "./loaded.ts";
import { isBelow } from "../stores/contract/path.ts";
import { settingsTextOf, storedWindow } from "../stores/contract/stored-settings.ts";
import type { StoredSettings } from "../stores/contract/stored-settings.ts";

interface PlacedWaiter extends StoredWaiter {
  readonly seq: number;
}

/** The books of one tree for the duration of one batch. */
export class PostgresBooks implements Books {
  readonly #root: string;
  /** The version of the loaded books. */
  #version: string;
  /** The version after this batch: unique, even if a server loses writes. */
  #next: string = newId();
  /** The version since which only differences were written. */
  #base: string | undefined;
  #isExact = true;
  #entryCount: number;
  /** How many resets and rolls the tree has counted; stored with its root. */
  #resets: number;
  readonly #rows = new Map<string, Row>();
  readonly #pools = new Map<string, StoredPool>();
  readonly #changed = new Set<StoredPool>();
  readonly #deleted = new Set<string>();
  readonly #below: readonly string[];
  readonly #reservations = new Map<string, OpenReservation>();
  /** The earliest end of a lease. */
  #leasesLastTo = -Infinity;
  readonly #kept = new Set<string>();
  /** Whether a lease has ended in this batch, even if its reservation was settled after that. */
  #hasExpired = false;
  readonly #dropped = new Set<string>();
  readonly #lines = new Map<string, FoundEntry>();
  readonly #appended = new AppendedEntries();
  readonly #amended = new AmendedSums();
  readonly #waiters = new Map<string, PlacedWaiter>();
  readonly #waiting = new Set<string>();
  readonly #left = new Set<string>();
  /** Whether a request of this batch waits, so that the queue is loaded. */
  readonly #isLineLoaded: boolean;
  #lastPlace: number;

  constructor(root: string, loaded: Loaded) {
    this.#root = root;
    this.#version = loaded.version;
    this.#base = loaded.base ?? undefined;
    this.#entryCount = loaded.lines ?? 0;
    this.#resets = loaded.resets ?? 0;
    for (const row of loaded.pools ?? []) this.#rows.set(textOf(row, "path"), row);
    for (const row of loaded.reservations ?? [])
      this.#reservations.set(textOf(row, "id"), reservationOf(row));
    for (const row of loaded.ledger ?? []) this.#lines.set(textOf(row, "id"), foundEntryOf(row));
    for (const row of loaded.amended ?? [])
      this.#amended.set(textOf(row, "amends"), quantitiesInRow(row));
    for (const row of loaded.waiters ?? [])
      this.#waiters.set(textOf(row, "id"), { ...waiterOf(row), seq: numberOf(row, "seq") });
    this.#below = loaded.below ?? [];
    this.#isLineLoaded = Array.isArray(loaded.waiters);
    this.#lastPlace = Math.max(0, ...Array.from(this.#waiters.values(), ({ seq }) => seq));
  }

  pool(path: string): StoredPool | undefined {
    const known = this.#pools.get(path);
    if (known !== undefined) return known;
    const row = this.#rows.get(path);
    if (row === undefined) return undefined;
    const end = path.lastIndexOf("/");
    const above = end === -1 ? undefined : this.pool(path.slice(0, end));
    if (end !== -1 && above === undefined)
      throw new Error(`unreachable: "${path}" was loaded without the pools above it`);
    const pool = this.#add(path, textOf(row, "made"), above, {
      caps: capsInRow(row),
      overage: overageOf(row),
      window: storedWindow(textOf(row, "window")),
    });
    readFigures(row, pool.state);
    Object.assign(pool.unknown, quantitiesInRow(row, "unknown_"));
    pool.countsSince = countOf(row, "counts_since");
    pool.slices = sliceLevelOf(row);
    readTerms(row, pool);
    if (above === undefined) pool.state.tree.resets = this.#resets;
    return pool;
  }

  create(path: string, settings: StoredSettings, above: StoredPool | undefined): StoredPool {
    const pool = this.#add(path, settingsTextOf(settings), above, settings);
    const { tree } = pool.state;
    if (above === undefined) tree.resets = this.#resets;
    pool.countsSince = pool.state.droppedBefore = tree.resets;
    this.#changed.add(pool);
    return pool;
  }

  hasBelow(path: string): boolean {
    const below = [...this.#below, ...this.#pools.keys(), ...this.#rows.keys()];
    return below.some(
      (each) =>
        each !== path && isBelow(each, path) && (!this.#deleted.has(each) || this.has(each)),
    );
  }

  remove(pool: StoredPool): void {
    const { path, tree } = pool.state;
    if (path === this.#root) this.#resets = tree.resets;
    for (const each of [this.#pools, this.#rows]) each.delete(path);
    this.#changed.delete(pool);
    this.#deleted.add(path);
  }

  changed(pool: StoredPool): void {
    this.#changed.add(pool);
  }

  reservation(id: string): OpenReservation | undefined {
    return this.#reservations.get(id);
  }

  keep(reservation: OpenReservation): void {
    this.#reservations.set(reservation.id, reservation);
    this.#kept.add(reservation.id);
    if (reservation.expired) this.#hasExpired = true;
    else this.#leasesLastTo = Math.min(this.#leasesLastTo, reservation.expiresAt);
  }

  drop(id: string): void {
    if (!this.#reservations.delete(id)) return;
    this.#kept.delete(id);
    this.#dropped.add(id);
  }

  expiredBy(nowMs: number): readonly OpenReservation[] {
    if (nowMs < this.#leasesLastTo) return [];
    const leased = [...this.#reservations.values()].filter(({ expired }) => !expired);
    const ended = leased.filter(({ expiresAt }) => expiresAt <= nowMs);
    this.#leasesLastTo = leased.reduce(
      (first, { expiresAt }) => (expiresAt > nowMs ? Math.min(first, expiresAt) : first),
      Infinity,
    );
    return ended;
  }

  entry(id: string): FoundEntry | undefined {
    return this.#lines.get(id) ?? this.#appended.find(id);
  }

  append(line: NewEntry): void {
    this.#lines.set(line.id, line);
    this.#appended.add(line);
    this.#amended.count(line);
  }

  appendDrawn(draw: DrawnEntries): void {
    this.#appended.addDrawn(draw);
  }

  amended(id: string): Quantities | undefined {
    return this.#amended.of(id);
  }

  waiters(): readonly StoredWaiter[] {
    return [...this.#waiters.values()].toSorted((one, other) => one.seq - other.seq);
  }

  keepWaiter(waiter: StoredWaiter): void {
    const seq = this.#waiters.get(waiter.id)?.seq ?? ++this.#lastPlace;
    this.#waiters.set(waiter.id, { ...waiter, seq });
    this.#waiting.add(waiter.id);
  }

  dropWaiter(id: string): void {
    if (!this.#waiters.delete(id) && this.#isLineLoaded) return;
    this.#waiting.delete(id);
    this.#left.add(id);
  }

  /**
   * Returns the changes as text for `write`; undefined without any. `at` is the server's time of
   * the books; for cached books, `known` has the rest.
   */
  written(
    at: number,
    known: { readonly now: number | undefined; readonly fresh: readonly string[] } | undefined,
  ): string | undefined {
    const changes = {
      ...listed("pools", [...this.#changed].map(poolRowOf)),
      ...listed("deleted", [...this.#deleted]),
      ...listed("dropped", [...this.#dropped]),
      ...listed("kept", this.#rowsOf(this.#kept, this.#reservations, reservationRowOf)),
      ...this.#appended.rows(this.#root, this.#entryCount),
      ...listed("left", [...this.#left]),
      ...listed("waiters", this.#rowsOf(this.#waiting, this.#waiters, waiterRowOf)),
    };
    if (Object.keys(changes).length === 0) return undefined;
    return this.#writing(at, { ...known, ...changes });
  }

  /** An empty text for `write`, which ends a turn. */
  nothing(at: number): string {
    return this.#writing(at, {});
  }

  /**
   * Returns the changes as differences, as text for `write`; undefined if they are none, or if they
   * depend on more than the room that there is.
   */
  writtenAsDifferences(
    at: number,
    known: {
      readonly now: number | undefined;
      readonly fresh: readonly string[];
      readonly waits?: true | undefined;
    },
    before: BooksBefore,
    outcomes: readonly Outcome[],
  ): string | undefined {
    if (this.#base === undefined) return undefined;
    const by = before.differences(outcomes);
    if (by === undefined) return undefined;
    const isThere = (id: string): boolean => before.reservations.has(id);
    const [renewed, kept] = [true, false].map(
      (isRenewed) => new Set([...this.#kept].filter((id) => isThere(id) === isRenewed)),
    );
    const dropped = [...this.#dropped].flatMap((id) => before.reservations.get(id) ?? []);
    const changes = {
      ...listed("by", by),
      ...listed(
        "dropped",
        dropped.flatMap(({ id, slice }) => (slice === undefined ? [id] : [])),
      ),
      ...listed("ended", dropped.flatMap(endedRowsOf)),
      ...listed("kept", this.#rowsOf(kept ?? [], this.#reservations, reservationRowOf)),
      ...listed(
        "renewed",
        this.#rowsOf(renewed ?? [], this.#reservations, (each) =>
          renewedRowOf(each, before.reservations.get(each.id)),
        ),
      ),
      ...this.#appended.rows(this.#root, this.#entryCount),
    };
    if (Object.keys(changes).length === 0) return undefined;
    return JSON.stringify({
      base: this.#base,
      next: this.#next,
      at,
      after: this.#entryCount,
      lines: this.#appended.count,
      ...known,
      ...changes,
    });
  }

  /** Marks the changes as written, for another batch. */
  settle(): void {
    this.#base = this.#next;
    this.#forgetChanges();
  }

  /**
   * Marks the changes as written by differences. Others may have written before: figures of pools
   * that are not in the answer may have changed too. Returns by how much used is more than in these
   * books, for each pool in the answer.
   */
  settleDifferences({ before, lines, figures }: Written): ReadonlyMap<string, Quantities> {
    if (before !== this.#version) this.#isExact = false;
    this.#forgetChanges();
    this.#entryCount = lines ?? this.#entryCount;
    const moved = new Map<string, Quantities>();
    if (this.#isExact) return moved;
    for (const [path, text] of Object.entries(figures ?? {})) {
      const pool = this.#pools.get(path);
      if (pool !== undefined) moved.set(path, setFigures(pool, text));
    }
    return moved;
  }

  /** Whether these are all the figures that the server had at this version. */
  get isExact(): boolean {
    return this.#isExact;
  }

  /** The pools that were changed. */
  get changedPools(): ReadonlySet<StoredPool> {
    return this.#changed;
  }

  /** Whether nothing changed but figures, entries, and reservations that have not expired. */
  get hasOnlyHolds(): boolean {
    return !this.#hasExpired && this.#deleted.size + this.#waiting.size + this.#left.size === 0;
  }

  /** Returns whether these books contain a pool. */
  has(path: string): boolean {
    return this.#pools.has(path) || this.#rows.has(path);
  }

  /** The entries of draws as text, for the rows of them in `written`. */
  get packs(): string {
    return this.#appended.packs;
  }

  /** How many reservations are in these books. */
  get reservationCount(): number {
    return this.#reservations.size;
  }

  #forgetChanges(): void {
    this.#version = this.#next;
    this.#next = newId();
    this.#entryCount += this.#appended.count;
    this.#appended.clear();
    this.#lines.clear();
    this.#amended.clear();
    this.#deleted.clear();
    this.#hasExpired = false;
    for (const changes of [this.#changed, this.#kept, this.#dropped, this.#waiting, this.#left])
      changes.clear();
  }

  #writing(at: number, changes: object): string {
    return JSON.stringify({
      version: this.#version,
      next: this.#next,
      at,
      resets: this.#pools.get(this.#root)?.state.tree.resets ?? this.#resets,
      lines: this.#entryCount + this.#appended.count,
      ...changes,
    });
  }

  #add(
    path: string,
    made: string,
    above: StoredPool | undefined,
    settings: StoredSettings,
  ): StoredPool {
    const pool = createStoredPool(path, made, above, settings);
    this.#pools.set(path, pool);
    return pool;
  }

  #rowsOf<T>(ids: Iterable<string>, all: ReadonlyMap<string, T>, toRow: (each: T) => Row): Row[] {
    return [...ids].flatMap((id) => {
      const each = all.get(id);
      return each === undefined ? [] : [{ root: this.#root, ...toRow(each) }];
    });
  }
}
