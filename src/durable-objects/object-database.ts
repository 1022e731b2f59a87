// The SQLite database of a Durable Object in the form of a driver, and the part of the runtime that
// is used. Nothing of the runtime is imported for its types.

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

/** Transactions belong to the storage: it refuses statements that begin or end one. */
const TRANSACTION = /^(?:BEGIN|COMMIT|ROLLBACK)\b/;

/** Returns the database of an object. Writes run within `transactionSync`. */
export function databaseOf({ sql }: ObjectStorage): SqliteDatabase {
  return {
    exec(text) {
      if (!TRANSACTION.test(text)) sql.exec(text);
    },
    // The runtime caches compiled statements by their text.
    prepare: (text) => ({
      run: (...values) => sql.exec(text, ...values).toArray(),
      get: (...values) => sql.exec(text, ...values).toArray()[0],
      all: (...values) => sql.exec(text, ...values).toArray(),
    }),
    close() {
      // An object's storage is open as long as the object exists.
    },
  };
}
