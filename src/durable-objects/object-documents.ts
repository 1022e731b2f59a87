// The documents of a directory object, over its one method.

import type {
  DocumentChange,
  Documents,
  DocumentsQuery,
  StoredDocument,
} from "../stores/contract/documents.ts";
import { answeredValue } from "./answer.ts";

/** A request to the object. */
export type DocumentAsk =
  | { readonly kind: "read"; readonly of: readonly [kind: string, key: string] }
  | { readonly kind: "list"; readonly query: DocumentsQuery }
  | {
      readonly kind: "replace";
      readonly of: readonly [kind: string, key: string];
      readonly before: string | undefined;
      readonly text: string | undefined;
    };

/** The documents behind a method that returns text. */
export class ObjectDocuments implements Documents {
  readonly #ask: (ask: DocumentAsk) => PromiseLike<string>;

  constructor(ask: (ask: DocumentAsk) => PromiseLike<string>) {
    this.#ask = ask;
  }

  async read(kind: string, key: string): Promise<string | undefined> {
    return answeredValue<string>(await this.#ask({ kind: "read", of: [kind, key] }))[0];
  }

  async list(query: DocumentsQuery): Promise<readonly StoredDocument[]> {
    return answeredValue<StoredDocument>(await this.#ask({ kind: "list", query }));
  }

  async replace(...[kind, key, before, text]: DocumentChange): Promise<boolean> {
    const ask = { kind: "replace", of: [kind, key], before, text } as const;
    return answeredValue<boolean>(await this.#ask(ask))[0] === true;
  }
}
