// A connection's cache of pools between its transactions. It stays valid as long as no other
// connection writes to the file.

import type { StoredPool } from "../stores/books/books.ts";
import { numberOf, toRow } from "../stores/sql/columns.ts";
import type { SqliteDatabase, SqliteStatement } from "./sqlite-database.ts";

/** How many pools are cached. */
const POOLS_MAX = 1000;

/** The pools of one connection, by path. */
export class KnownPools {
  readonly pools: Map<string, StoredPool> = new Map<string, StoredPool>();
  readonly #dataVersion: SqliteStatement;
  #version = Number.NaN;

  private constructor(database: SqliteDatabase) {
    this.#dataVersion = database.prepare("PRAGMA data_version");
  }

  /** The cache of a connection, whichever store uses it. */
  static of(database: SqliteDatabase): KnownPools {
    let known = ofDatabase.get(database);
    if (known === undefined) ofDatabase.set(database, (known = new KnownPools(database)));
    return known;
  }

  /** Clears the cache if another connection has written. Called within a transaction. */
  refresh(): void {
    const version = numberOf(toRow(this.#dataVersion.get()) ?? {}, "data_version");
    if (version !== this.#version || this.pools.size > POOLS_MAX) this.pools.clear();
    this.#version = version;
  }

  /** Clears the cache: its changes were not written. */
  forget(): void {
    this.pools.clear();
  }
}

const ofDatabase = new WeakMap<SqliteDatabase, KnownPools>();
