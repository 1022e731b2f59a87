// The SQLite database of a Durable Object, behind the slice of a driver that the SQLite books use,
// and the slices of the runtime that are used. Nothing of the runtime is imported for its types.

import type { SqliteDatabase, SqliteValue } from "../sqlite/sqlite-database.ts";

/** `ctx.storage.sql` of a Durable Object. */
interface ObjectSql {
  exec(sql: string, ...values: SqliteValue[]): { toArray(): unknown[] };
}

/** `ctx.storage` of a Durable Object whose storage is SQLite. */
export interface ObjectStorage {
  readonly sql: ObjectSql;
  transactionSync<T>(change: () => T): T;
}

/** Transactions are the storage's own: it refuses statements that begin or end one. */
const TRANSACTION = /^(?:BEGIN|COMMIT|ROLLBACK)\b/;

/** Returns the database of an object. Writes run within `transactionSync`. */
export function databaseOf({ sql }: ObjectStorage): SqliteDatabase {
  return {
    exec(text) {
      if (!TRANSACTION.test(text)) sql.exec(text);
    },
    // The runtime keeps what it has compiled by its text.
    prepare: (text) => ({
      run: (...values) => sql.exec(text, ...values).toArray(),
      get: (...values) => sql.exec(text, ...values).toArray()[0],
      all: (...values) => sql.exec(text, ...values).toArray(),
    }),
    close() {
      // An object's storage is open as long as the object is.
    },
  };
}
