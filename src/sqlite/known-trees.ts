// A connection's cache between its transactions: pools, reservations that it wrote, and when the
// next lease ends. It stays valid as long as no other connection writes to the file.

import type { OpenReservation, StoredPool } from "../stores/books/books.ts";
import { numberOf, toRow } from "../stores/sql/columns.ts";
import type { SqliteDatabase, SqliteStatement } from "./sqlite-database.ts";

/** How many pools are cached. */
const POOLS_MAX = 1000;
/** How many reservations of a tree are cached. */
const HOLDS_MAX = 1000;

/** What is known of one tree. */
export class KnownTree {
  readonly #holds = new Map<string, OpenReservation>();
  /**
   * R11. No lease ends before that time; `Infinity` if no reservation is open. The row of the root
   * has it, and a trigger lowers it for every reservation that ends sooner.
   */
  leaseEndsAt = 0;

  hold(id: string): OpenReservation | undefined {
    return this.#holds.get(id);
  }

  keep(reservation: OpenReservation): void {
    if (this.#holds.size >= HOLDS_MAX) this.#holds.clear();
    this.#holds.set(reservation.id, reservation);
    const { expired, expiresAt } = reservation;
    if (!expired && expiresAt < this.leaseEndsAt) this.leaseEndsAt = expiresAt;
  }

  drop(id: string): void {
    this.#holds.delete(id);
  }
}

/** What is known of the books of a file. */
export class KnownTrees {
  /** The pools, by path. */
  readonly pools: Map<string, StoredPool> = new Map<string, StoredPool>();
  readonly #trees = new Map<string, KnownTree>();

  tree(root: string): KnownTree {
    let tree = this.#trees.get(root);
    if (tree === undefined) this.#trees.set(root, (tree = new KnownTree()));
    return tree;
  }

  /** Limits the size of the cache. */
  trim(): void {
    if (this.pools.size > POOLS_MAX || this.#trees.size > POOLS_MAX) this.forget();
  }

  /** Clears the cache: others have changed the books, or its changes were not written. */
  forget(): void {
    this.pools.clear();
    this.#trees.clear();
  }
}

/** The cache of a connection to a file that others write too. */
export class SharedTrees extends KnownTrees {
  readonly #dataVersion: SqliteStatement;
  #version = Number.NaN;

  private constructor(database: SqliteDatabase) {
    super();
    this.#dataVersion = database.prepare("PRAGMA data_version");
  }

  /** The cache of a connection, whichever store uses it. */
  static of(database: SqliteDatabase): SharedTrees {
    let known = ofDatabase.get(database);
    if (known === undefined) ofDatabase.set(database, (known = new SharedTrees(database)));
    return known;
  }

  /** Clears the cache if another connection has written. Called within a transaction. */
  refresh(): void {
    const version = numberOf(toRow(this.#dataVersion.get()) ?? {}, "data_version");
    if (version === this.#version) this.trim();
    else this.forget();
    this.#version = version;
  }
}

const ofDatabase = new WeakMap<SqliteDatabase, SharedTrees>();
