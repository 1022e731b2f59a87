// The context of a handle.

import type { StoredTree } from "./stored-tree.ts";

/** What a pool and its tree know of each other in this process. */
export interface PoolHandle {
  readonly tree: StoredTree;
  readonly path: string;
  readonly leaseMs: number;
}
