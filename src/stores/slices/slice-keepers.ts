// The slices of this process, one for each pool and each set of options: handles of the same pool
// share one.

import type { StoredTree } from "../client/stored-tree.ts";
import { SliceKeeper } from "./slice-keeper.ts";
import type { ReadSliceOptions } from "./slice-options.ts";

/** How many handles of deleted pools are kept beyond the number of live ones. */
const GONE_MAX = 1000;

const keepers = new WeakMap<StoredTree, Map<string, WeakRef<SliceKeeper>>>();

/** Returns the keeper of a pool's slice in this process. */
export function keeperOf(tree: StoredTree, path: string, options: ReadSliceOptions): SliceKeeper {
  const { horizonMs, reportMs, leaseMs, ledger } = options;
  const name = [path, horizonMs, reportMs, leaseMs, ledger].join(" ");
  const known = keepers.get(tree) ?? new Map<string, WeakRef<SliceKeeper>>();
  keepers.set(tree, known);
  const found = known.get(name)?.deref();
  if (found !== undefined) return found;
  const keeper = new SliceKeeper(tree, path, options);
  known.set(name, new WeakRef(keeper));
  if (known.size % GONE_MAX === 0)
    for (const [each, reference] of known) if (reference.deref() === undefined) known.delete(each);
  return keeper;
}
