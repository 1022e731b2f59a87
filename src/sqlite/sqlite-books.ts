// The books of one tree in SQLite, within one transaction. Uncached pools are read, and changed
// ones written at its end; everything else is written at once.

import type { Quantities } from "../core/quantities.ts";
import type {
  Books,
  FoundEntry,
  NewEntry,
  OpenReservation,
  StoredPool,
  StoredWaiter,
} from "../stores/books/books.ts";
import { createStoredPool } from "../stores/books/stored-pool.ts";
import {
  countOf,
  instantInRow,
  numberOf,
  quantitiesInRow,
  toRow,
  textOf,
} from "../stores/sql/columns.ts";
import {
  capsInRow,
  overageOf,
  readFigures,
  readTerms,
  sliceLevelOf,
} from "../stores/sql/pool-row.ts";
import { reservationOf, holdStateText, waiterOf } from "../stores/sql/hold-row.ts";
import { detailsColumn, foundEntryOf, outcomeText } from "../stores/sql/entry-row.ts";
import { settingsTextOf, storedWindow } from "../stores/contract/stored-settings.ts";
import type { StoredSettings } from "../stores/contract/stored-settings.ts";
import type { KnownTrees, KnownTree } from "./known-trees.ts";
import { figuresInRow, rankOfPool, settingsInRow, valuesOf } from "./rows.ts";
import type { Statements } from "./statements.ts";

/** The books of one tree for the duration of one transaction. */
export class SqliteBooks implements Books {
  readonly #statements: Statements;
  readonly #root: string;
  readonly #pools: Map<string, StoredPool>;
  readonly #tree: KnownTree;
  readonly #changed = new Set<StoredPool>();
  /** How many entries were appended. */
  entryCount = 0;

  constructor(statements: Statements, root: string, known: KnownTrees) {
    this.#statements = statements;
    this.#root = root;
    this.#pools = known.pools;
    this.#tree = known.tree(root);
  }

  pool(path: string): StoredPool | undefined {
    const known = this.#pools.get(path);
    if (known !== undefined) return known;
    const row = toRow(this.#statements.pool.get(path));
    if (row === undefined) return undefined;
    const end = path.lastIndexOf("/");
    const above = end === -1 ? undefined : this.pool(path.slice(0, end));
    const pool = createStoredPool(path, textOf(row, "made"), above, {
      caps: capsInRow(row),
      overage: overageOf(row),
      window: storedWindow(textOf(row, "window")),
    });
    readFigures(row, pool.state);
    const { tree } = pool.state;
    tree.resets = Math.max(tree.resets, numberOf(row, "resets"));
    Object.assign(pool.unknown, quantitiesInRow(row, "unknown_"));
    pool.countsSince = countOf(row, "counts_since");
    pool.slices = sliceLevelOf(row);
    readTerms(row, pool);
    markWritten(pool, numberOf(row, "rank"));
    if (above === undefined) this.#tree.leaseEndsAt = numberOf(row, "lease_ends_at", Infinity);
    this.#pools.set(path, pool);
    return pool;
  }

  create(path: string, settings: StoredSettings, above: StoredPool | undefined): StoredPool {
    const pool = createStoredPool(path, settingsTextOf(settings), above, settings);
    const { createPool, deletion } = this.#statements;
    const { state } = pool;
    if (above === undefined)
      state.tree.resets = numberOf(toRow(deletion.get(this.#root)) ?? {}, "as_of");
    state.droppedBefore = state.tree.resets;
    pool.countsSince = state.tree.resets;
    createPool.run(...settingsInRow(pool), ...figuresInRow(pool), path, pool.made);
    markWritten(pool);
    // There may be reservations of a deleted pool of that name.
    if (above === undefined) this.#tree.leaseEndsAt = 0;
    this.#pools.set(path, pool);
    return pool;
  }

  hasBelow(path: string): boolean {
    return toRow(this.#statements.below.get(path, path)) !== undefined;
  }

  remove(pool: StoredPool): void {
    this.#statements.removePool.run(pool.state.path);
    this.#pools.delete(pool.state.path);
    this.#changed.delete(pool);
  }

  changed(pool: StoredPool): void {
    this.#changed.add(pool);
  }

  /** Writes the pools that were changed. */
  write(): void {
    const { writePool, writeFigures } = this.#statements;
    for (const pool of this.#changed) {
      const { path } = pool.state;
      if (hasWritten(pool)) {
        writeFigures.run(...figuresInRow(pool), path);
      } else {
        writePool.run(...settingsInRow(pool), ...figuresInRow(pool), path);
        markWritten(pool);
      }
    }
  }

  reservation(id: string): OpenReservation | undefined {
    const known = this.#tree.hold(id);
    if (known !== undefined) return known;
    const row = toRow(this.#statements.reservation.get(this.#root, id));
    return row && reservationOf(row);
  }

  keep(reservation: OpenReservation): void {
    const { id, path, quantities, asOf, units, expiresAt, expired } = reservation;
    const state = [expiresAt, expired ? 1 : 0, holdStateText(reservation)];
    const changing = [...valuesOf(quantities), asOf, units, ...state];
    const tree = this.#tree;
    // A lease that becomes the first to end is inserted: the trigger writes down its end.
    const isUpdate = tree.hold(id)?.path === path && (expired || expiresAt >= tree.leaseEndsAt);
    if (isUpdate) this.#statements.update.run(...changing, this.#root, id);
    else this.#statements.keep.run(this.#root, id, path, ...changing);
    tree.keep(reservation);
  }

  drop(id: string): void {
    this.#statements.drop.run(this.#root, id);
    this.#tree.drop(id);
  }

  expiredBy(nowMs: number): readonly OpenReservation[] {
    const root = this.#root;
    if (this.pool(root) !== undefined && this.#tree.leaseEndsAt > nowMs) return [];
    // Reads all open reservations of the tree, but only once one of their leases may have ended.
    const { expired, leaseEnd, writeLeaseEnd } = this.#statements;
    const endAfter = (atMs: number): number =>
      numberOf(toRow(leaseEnd.get(root, atMs)) ?? {}, "at", Infinity);
    let next = endAfter(Number.MIN_SAFE_INTEGER);
    let ended: readonly OpenReservation[] = [];
    if (next <= nowMs) {
      ended = expired.all(root, nowMs).map((row) => reservationOf(toRow(row) ?? {}));
      next = endAfter(nowMs);
    }
    writeLeaseEnd.run(instantInRow(next), root);
    this.#tree.leaseEndsAt = next;
    return ended;
  }

  entry(id: string): FoundEntry | undefined {
    const row = toRow(this.#statements.line.get(this.#root, id));
    return row && foundEntryOf(row);
  }

  append(line: NewEntry): void {
    this.entryCount++;
    const { id, kind, path, at, amount, unknown, of, bookedAt, asOf, model, label } = line;
    this.#statements.append.run(
      this.#root,
      id,
      kind,
      path,
      at,
      ...valuesOf(amount),
      unknown ? 1 : 0,
      of ?? null,
      bookedAt,
      asOf,
      outcomeText(line),
      model ?? null,
      label ?? null,
      detailsColumn(line),
    );
  }

  amended(id: string): Quantities | undefined {
    const row = toRow(this.#statements.amended.get(this.#root, id));
    return row === undefined || numberOf(row, "lines") === 0 ? undefined : quantitiesInRow(row);
  }

  waiters(): readonly StoredWaiter[] {
    return this.#statements.waiters
      .all(this.#root)
      .map(toRow)
      .filter((row) => row !== undefined)
      .map(waiterOf);
  }

  keepWaiter({ id, path, ask, expiresAt }: StoredWaiter): void {
    this.#statements.keepWaiter.run(this.#root, id, path, ...valuesOf(ask), expiresAt);
  }

  dropWaiter(id: string): void {
    this.#statements.dropWaiter.run(this.#root, id);
  }
}

/** The settings of pools in the file. They are replaced, never changed in place. */
const written = new WeakMap<StoredPool, readonly unknown[]>();

function settingsNow({ state, raises }: StoredPool): readonly unknown[] {
  const { caps, overage, frozen, window, windowStartsAt, windowEndsAt, parts } = state;
  const times = [windowStartsAt, windowEndsAt, parts];
  return [caps, overage, frozen, raises, window, ...times, rankOfPool(state)];
}

function markWritten(pool: StoredPool, rank?: number): void {
  const settings = settingsNow(pool);
  // A pool written by an earlier version may have another rank.
  written.set(pool, rank === undefined ? settings : [...settings.slice(0, -1), rank]);
}

function hasWritten(pool: StoredPool): boolean {
  const before = written.get(pool);
  return settingsNow(pool).every((setting, index) => setting === before?.[index]);
}
