// The documents of a SQLite file.

import type {
  DocumentChange,
  Documents,
  DocumentsQuery,
  StoredDocument,
} from "../stores/contract/documents.ts";
import { documentIn, documentsIn, prepareDocumentsIn, replaceDocumentIn } from "./documents.ts";
import type { SqliteDatabase } from "./sqlite-database.ts";

/** Runs a function in a transaction, once no other connection writes. */
type InTransaction = <T extends object>(work: () => T) => Promise<T>;

/** The documents of the file that a connection has open. */
export class SqliteDocuments implements Documents {
  readonly #database: SqliteDatabase;
  readonly #inTransaction: InTransaction;
  #isPrepared = false;

  constructor(database: SqliteDatabase, inTransaction: InTransaction) {
    this.#database = database;
    this.#inTransaction = inTransaction;
  }

  async read(kind: string, key: string): Promise<string | undefined> {
    await this.#prepare();
    return documentIn(this.#database, kind, key)[0];
  }

  async list(query: DocumentsQuery): Promise<readonly StoredDocument[]> {
    await this.#prepare();
    return documentsIn(this.#database, query);
  }

  async replace(...change: DocumentChange): Promise<boolean> {
    await this.#prepare();
    const { isWritten } = await this.#inTransaction(() => ({
      isWritten: replaceDocumentIn(this.#database, ...change),
    }));
    return isWritten;
  }

  async #prepare(): Promise<void> {
    if (this.#isPrepared) return;
    await this.#inTransaction(() => {
      prepareDocumentsIn(this.#database);
      return [];
    });
    this.#isPrepared = true;
  }
}
