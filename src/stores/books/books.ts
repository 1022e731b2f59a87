// The books of one tree as the commands read and write them, within one exclusive step: where they
// are kept is the business of a store.

import type { PoolState } from "../../core/pool-state.ts";
import type { Quantities } from "../../core/quantities.ts";
import type { Settled } from "../../core/rules.ts";
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
  /** What it was made with, as text. */
  readonly made: string;
  /**
   * The count of resets and rolls of the tree at which its used began: lines with a lower `asOf`
   * are of a period that is over. Undefined in books that an earlier version has written, which
   * tell it by the start of the window.
   */
  countsSince: number | undefined;
  /** What it knows of slices (R15); undefined where there never was one. */
  slices: SliceLevel | undefined;
  /** R17. Changes of caps that end by themselves, the first to end first. Only ever replaced. */
  raises: readonly Raise[];
}

/** A reservation that is not settled. */
export interface OpenReservation {
  readonly id: string;
  readonly path: string;
  readonly quantities: Quantities;
  /** How many resets and rolls the tree had seen when it was made. */
  readonly asOf: number;
  readonly units: number;
  readonly expiresAt: number;
  /** Whether its lease has ended: it holds nothing. */
  readonly expired: boolean;
  /** R11. Whether its call was sent: it may be billed, whatever becomes of its process. */
  readonly sent?: boolean | undefined;
  /** R15. What is known of it besides, where it is a slice. */
  readonly slice?: SliceState | undefined;
}

/** A request that waits for room. */
export interface StoredWaiter {
  readonly id: string;
  readonly path: string;
  readonly ask: Quantities;
  readonly expiresAt: number;
}

/** An entry to be written, and what its command came to. */
export interface NewEntry extends Omit<StoredEntry, "seq"> {
  /** What a commit, record or amendment came to, unless it is booked without a word. */
  readonly settled: Settled | undefined;
  /** What it asked to book; `amount`, unless that was rejected. */
  readonly asked: Quantities;
}

/** An entry as it is found by its id. */
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
  /** The pool of that path with all above it. The same object for the same path within a step. */
  pool(path: string): StoredPool | undefined;
  /** Creates a pool that does not exist. */
  create(path: string, settings: StoredSettings, above: StoredPool | undefined): StoredPool;
  /** Returns whether there is a pool below that path. */
  hasBelow(path: string): boolean;
  /** Deletes a pool that has none below it. */
  remove(pool: StoredPool): void;
  /** Marks figures or settings of a pool as changed. */
  changed(pool: StoredPool): void;

  reservation(id: string): OpenReservation | undefined;
  /** Adds or replaces a reservation. */
  keep(reservation: OpenReservation): void;
  drop(id: string): void;
  /** Returns reservations that are not marked as expired and whose lease has ended by then. */
  expiredBy(nowMs: number): readonly OpenReservation[];

  entry(id: string): FoundEntry | undefined;
  append(entry: NewEntry): void;
  /** Returns the sum of the amendments of an entry; undefined if there is none. */
  amended(id: string): Quantities | undefined;

  /** Returns the waiters, in the order in which they came. */
  waiters(): readonly StoredWaiter[];
  /** Adds a waiter at the end, or replaces it in its place. */
  keepWaiter(waiter: StoredWaiter): void;
  dropWaiter(id: string): void;
}
