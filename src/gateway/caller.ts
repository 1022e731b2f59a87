// The sender of a request: the holder of a key or of a token.

import type { KeyRole } from "./key-record.ts";

/** The sender, and its rights. */
export interface Caller {
  /** The id of the key, or of the token. */
  readonly id: string;
  /** The label of ledger entries, and the actor of changes. */
  readonly name: string;
  /** The path of the pool that its calls draw from. */
  readonly pool: string;
  readonly role: KeyRole;
  /** The pools that may be seen and changed: a path, or "" for all. */
  readonly subtree: string;
}

/** Why a request has no known sender. */
export interface Unidentified {
  readonly status: 400 | 401 | 403 | 429;
  readonly message: string;
  readonly waitS?: number;
}
