// Documents next to the books: small texts that all processes share, such as the keys of a gateway.
// No rule depends on them.

/** A document. */
export interface StoredDocument {
  readonly key: string;
  readonly text: string;
}

/** The documents to return, in the order of their keys. */
export interface DocumentsQuery {
  readonly kind: string;
  /** Only documents whose key comes after this one; "" for all. */
  readonly after: string;
  readonly limit: number;
}

/** A change of a document from `before` to `text`; undefined for a missing one. */
export type DocumentChange = readonly [
  kind: string,
  key: string,
  before: string | undefined,
  text: string | undefined,
];

/** The documents of a store, by kind and key: words of lower-case letters, digits and "-". */
export interface Documents {
  /** Returns the text of a document; undefined if it does not exist. */
  read(kind: string, key: string): Promise<string | undefined>;

  /** Returns some of the documents of a kind. */
  list(query: DocumentsQuery): Promise<readonly StoredDocument[]>;

  /**
   * Writes a document in one step, or deletes it if `text` is undefined, provided that its text is
   * still `before` (undefined for a missing one). Returns whether it did.
   */
  replace(...change: DocumentChange): Promise<boolean>;
}
