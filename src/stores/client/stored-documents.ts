// The documents of a store for the rest of the package: with a time limit, and with errors that
// explain the problem.

import { BudgetError } from "../../core/errors.ts";
import type {
  DocumentChange,
  Documents,
  DocumentsQuery,
  StoredDocument,
} from "../contract/documents.ts";
import { StoreUnavailable } from "../contract/errors.ts";
import { inTime } from "./in-time.ts";

/** Documents of a store that may be unreachable. */
export class StoredDocuments implements Documents {
  readonly #documents: Documents;
  readonly #timeoutMs: number;

  constructor(documents: Documents, timeoutMs: number) {
    this.#documents = documents;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Returns the text of a document.
   * @throws {StoreUnavailable} if the store does not answer in time.
   */
  read(kind: string, key: string): Promise<string | undefined> {
    return this.#inTime(() => this.#documents.read(kind, key));
  }

  /**
   * Returns a page of a kind.
   * @throws {StoreUnavailable} if the store does not answer in time.
   */
  list(query: DocumentsQuery): Promise<readonly StoredDocument[]> {
    return this.#inTime(() => this.#documents.list(query));
  }

  /**
   * Writes a document if it is unchanged.
   *
   * @throws {StoreUnavailable} if the store does not answer in time; it is then unknown whether the
   * document was written.
   */
  replace(...change: DocumentChange): Promise<boolean> {
    return this.#inTime(() => this.#documents.replace(...change));
  }

  async #inTime<T>(ask: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    try {
      return await inTime(ask(), this.#timeoutMs);
    } catch (error) {
      if (BudgetError.is(error)) throw error;
      throw new StoreUnavailable("", performance.now() - startedAt, error);
    }
  }
}
