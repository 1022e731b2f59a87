// Who asks the API, and what they may see and change.

/** What the sender of a request may do. */
export interface Access {
  /** Who it is, as changes in the ledger name them. */
  readonly actor: string;
  /** An administrator, the lead of a subtree, or a person who sees their own pool. */
  readonly role: "admin" | "lead" | "self";
  /** The pools that may be seen and changed: a path, with the pools below it, or "" for all. */
  readonly subtree: string;
}
