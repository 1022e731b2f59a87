// R18. The journals of refusals of a SQLite file.

import type {
  RefusalBatch,
  RefusalJournal,
  RefusalsKept,
  RefusalsQuery,
} from "../stores/contract/refusals.ts";
import { addRefusalsIn, keptRefusalsIn } from "./refusals.ts";
import type { SqliteDatabase } from "./sqlite-database.ts";

/** Runs a function in a transaction, once no other connection writes. */
type InTransaction = <T extends object>(work: () => T) => Promise<T>;

/** The journals of the file that a connection has open. */
export class SqliteJournal implements RefusalJournal {
  readonly #database: SqliteDatabase;
  readonly #inTransaction: InTransaction;

  constructor(database: SqliteDatabase, inTransaction: InTransaction) {
    this.#database = database;
    this.#inTransaction = inTransaction;
  }

  async add(root: string, batch: RefusalBatch): Promise<void> {
    await this.#inTransaction(() => {
      addRefusalsIn(this.#database, root, batch);
      return [];
    });
  }

  async read(query: RefusalsQuery): Promise<RefusalsKept> {
    return keptRefusalsIn(this.#database, query);
  }
}
