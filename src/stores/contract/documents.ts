// Documents beside the books: small texts that all processes share, such as the keys of a gateway.
// No rule depends on them.

/** A document. */
export interface StoredDocument {
  readonly key: string;
  readonly text: string;
}

/** Which documents are asked for, in the order of their keys. */
export interface DocumentsQuery {
  readonly kind: string;
  /** Only those whose key comes after this one; "" for all. */
  readonly after: string;
  readonly limit: number;
}

/** A change of a document from `before` to `text`; undefined where there is none. */
export type DocumentChange = readonly [
  kind: string,
  key: string,
  before: string | undefined,
  text: string | undefined,
];

/** The documents of a store, by their kind and key: words of lower-case letters, digits and "-". */
export interface Documents {
  /** The text of a document; undefined where there is none. */
  read(kind: string, key: string): Promise<string | undefined>;

  /** Some of the documents of a kind. */
  list(query: DocumentsQuery): Promise<readonly StoredDocument[]>;

  /**
   * Writes a document in one step, or deletes it with an undefined `text`, if its text is `before`
   * still, which is undefined of one that is not there. Returns whether it did.
   */
  replace(...change: DocumentChange): Promise<boolean>;
}
