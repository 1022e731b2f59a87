// The books of one tree as commands read and write them, within one exclusive step. Each store
// decides where they are kept.

import type { PoolState } from "../../core/pool-state.ts";
import type { Quantities } from "../../core/quantities.ts";
import type { Settled } from "../../core/rules.ts";
import type { EntryMetadata } from "../contract/entry-details.ts";
import type { LedgerKind, StoredEntry } from "../contract/ledger.ts";
import type { Raise } from "./raises.ts";
import type { SliceLevel, SliceState } from "../slices/slice-state.ts";
import type { StoredSettings } from "../contract/stored-settings.ts";

/** A pool of the tree. */
export interface StoredPool {
  readonly state: PoolState;
  readonly above: StoredPool | undefined;
  /** How much of used stands in for unknown amounts. */
  readonly unknown: Quantities;
  /** The settings it was created with, as text. */
  readonly made: string;
  /**
   * The tree's count of resets and rolls when this period began: entries with a lower `asOf` belong
   * to an earlier period. Undefined in books of an earlier version, which use the start of the
   * window.
   */
  countsSince: number | undefined;
  /** The state of its slices (R15); undefined if it never had any. */
  slices: SliceLevel | undefined;
  /** R17. Changes of caps that end by themselves, the earliest first. Only ever replaced. */
  raises: readonly Raise[];
}

/** An open reservation. */
export interface OpenReservation {
  readonly id: string;
  readonly path: string;
  readonly quantities: Quantities;
  /** How many resets and rolls the tree had counted when it was made. */
  readonly asOf: number;
  readonly units: number;
  readonly expiresAt: number;
  /** Whether its lease has expired, so that it holds nothing. */
  readonly expired: boolean;
  /** R11. Whether its call was sent: it may be billed even if its process dies. */
  readonly sent?: boolean | undefined;
  /** R15. The state of the slice, if it is one. */
  readonly slice?: SliceState | undefined;
}

/** A request that waits for room. */
export interface StoredWaiter {
  readonly id: string;
  readonly path: string;
  readonly ask: Quantities;
  readonly expiresAt: number;
}

/** An entry to be written, and the result of its command. */
export interface NewEntry extends Omit<StoredEntry, "seq"> {
  /** The result of a commit, record or amendment, unless there was nothing to report. */
  readonly settled: Settled | undefined;
  /** The amount it asked to book; `amount`, unless that was rejected. */
  readonly asked: Quantities;
}

/** A call that a draw reports. */
export interface DrawnEntry {
  readonly kind: "commit" | "record" | "release";
  readonly amount: Quantities;
  readonly unknown: boolean;
  readonly about?: EntryMetadata | undefined;
}

/** The entries of a draw; each has the id of the draw and its place, from 1 on. */
export interface DrawnEntries {
  readonly id: string;
  readonly lines: readonly DrawnEntry[];
  /** Returns one of them, by its index. */
  readonly entryAt: (index: number) => NewEntry;
}

/** An entry found by its id. */
export interface FoundEntry {
  readonly kind: LedgerKind;
  readonly path: string;
  readonly amount: Quantities;
  readonly unknown: boolean;
  readonly bookedAt: number;
  readonly asOf: number;
  readonly settled: Settled | undefined;
  readonly asked: Quantities;
  readonly model: string | undefined;
  readonly label: string | undefined;
}

/** The books of one tree. */
export interface Books {
  /**
   * Returns the pool of a path with all pools above it: the same object for the same path within a
   * step.
   */
  pool(path: string): StoredPool | undefined;
  /** Creates a pool. */
  create(path: string, settings: StoredSettings, above: StoredPool | undefined): StoredPool;
  /** Returns whether there is a pool below that path. */
  hasBelow(path: string): boolean;
  /** Deletes a pool without pools below it. */
  remove(pool: StoredPool): void;
  /** Marks figures or settings of a pool as changed. */
  changed(pool: StoredPool): void;

  reservation(id: string): OpenReservation | undefined;
  /** Adds or replaces a reservation. */
  keep(reservation: OpenReservation): void;
  drop(id: string): void;
  /**
   * Returns the reservations whose leases have expired by then and that are not marked as expired.
   */
  expiredBy(nowMs: number): readonly OpenReservation[];

  entry(id: string): FoundEntry | undefined;
  append(entry: NewEntry): void;
  /** Appends the entries of a draw together; books without it append each. */
  appendDrawn?(draw: DrawnEntries): void;
  /** Returns the sum of the amendments of an entry; undefined if there is none. */
  amended(id: string): Quantities | undefined;

  /** Returns the waiters, in order of arrival. */
  waiters(): readonly StoredWaiter[];
  /** Adds a waiter at the end, or replaces it at its position. */
  keepWaiter(waiter: StoredWaiter): void;
  dropWaiter(id: string): void;
}
