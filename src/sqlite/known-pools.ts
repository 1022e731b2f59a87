// What a connection knows of the pools between its transactions: as long as no other connection has
// written to the file, nothing needs to be read again.

import type { StoredPool } from "../stores/books/books.ts";
import { numberOf, toRow } from "../stores/sql/columns.ts";
import type { SqliteDatabase, SqliteStatement } from "./sqlite-database.ts";

/** How many pools are remembered. */
const POOLS_MAX = 1000;

/** The pools of one connection, by path. */
export class KnownPools {
  readonly pools: Map<string, StoredPool> = new Map<string, StoredPool>();
  readonly #dataVersion: SqliteStatement;
  #version = Number.NaN;

  private constructor(database: SqliteDatabase) {
    this.#dataVersion = database.prepare("PRAGMA data_version");
  }

  /** Those of a connection, whichever store is over it. */
  static of(database: SqliteDatabase): KnownPools {
    let known = ofDatabase.get(database);
    if (known === undefined) ofDatabase.set(database, (known = new KnownPools(database)));
    return known;
  }

  /** Forgets all if another connection has written since. Called within a transaction. */
  refresh(): void {
    const version = numberOf(toRow(this.#dataVersion.get()) ?? {}, "data_version");
    if (version !== this.#version || this.pools.size > POOLS_MAX) this.pools.clear();
    this.#version = version;
  }

  /** Forgets all: what was changed has not been written. */
  forget(): void {
    this.pools.clear();
  }
}

const ofDatabase = new WeakMap<SqliteDatabase, KnownPools>();
