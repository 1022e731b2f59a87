// Pools as the API shows them: a snapshot, and the level that limits it.

import { AXES } from "../core/axis.ts";
import type { Axis } from "../core/axis.ts";
import type { BudgetStore } from "../stores/client/budget-store.ts";
import type { StoredSnapshot } from "../stores/contract/pool-figures.ts";
import { isWithin, poolNotFound } from "./access.ts";
import type { Access } from "./access.ts";

/** The level that refuses first. */
interface Binding {
  /** The pool; null for one above the caller's subtree. */
  readonly path: string | null;
  readonly axis: Axis;
  /** The remainder there; omitted if it may not be seen. */
  readonly remaining?: number;
  readonly frozen: boolean;
}

/** A pool, and the level that limits it. */
export interface PoolView extends StoredSnapshot {
  /** Omitted if no level has a cap. */
  readonly binding?: Binding;
}

/** People look at dollars first. */
const ORDER: readonly Axis[] = ["usd", ...AXES.filter((axis) => axis !== "usd")];

/** The paths above a pool, the nearest first. */
function pathsAbove(path: string): readonly string[] {
  const names = path.split("/");
  return names
    .slice(1)
    .map((_name, index) => names.slice(0, index + 1).join("/"))
    .toReversed();
}

/** Views of pools; the pools above them are read in one step. */
export async function poolViewsOf(
  store: BudgetStore,
  pools: readonly StoredSnapshot[],
  access: Access,
): Promise<readonly PoolView[]> {
  const known = new Map(pools.map((pool) => [pool.path, pool]));
  const missing = new Set(
    pools.flatMap(({ path }) => pathsAbove(path)).filter((path) => !known.has(path)),
  );
  for (const pool of await store.snapshots([...missing])) known.set(pool.path, pool);
  return pools.map((pool) => {
    const above = pathsAbove(pool.path).map((path) => known.get(path));
    const levels = [pool, ...above.filter((level) => level !== undefined)];
    return viewIn(pool, levels, access);
  });
}

/**
 * Returns one pool, and those above it that may be seen, the nearest first.
 *
 * @throws {ApiError} 404 if it does not exist.
 */
export async function poolViewOf(
  store: BudgetStore,
  path: string,
  access: Access,
): Promise<{ readonly pool: PoolView; readonly ancestors: readonly StoredSnapshot[] }> {
  const levels = await store.snapshots([path, ...pathsAbove(path)]);
  const [pool] = levels;
  if (pool?.path !== path) throw poolNotFound(path);
  const ancestors = levels.slice(1).filter((level) => isWithin(level.path, access.subtree));
  return { pool: viewIn(pool, levels, access), ancestors };
}

function viewIn(pool: StoredSnapshot, levels: readonly StoredSnapshot[], access: Access): PoolView {
  const binding = bindingOf(levels, access);
  return { ...pool, ...(binding !== undefined && { binding }) };
}

/**
 * A frozen level limits first; then the one with the least remainder on the first axis with a cap.
 */
function bindingOf(levels: readonly StoredSnapshot[], access: Access): Binding | undefined {
  const axis = ORDER.find((each) => levels.some(({ caps }) => caps[each] !== undefined)) ?? "usd";
  const capped = levels.filter(({ remaining }) => remaining[axis] !== undefined);
  const least = capped.toSorted(
    (one, other) => (one.remaining[axis] ?? 0) - (other.remaining[axis] ?? 0),
  )[0];
  const level = levels.find(({ frozen }) => frozen === true) ?? least;
  if (level === undefined) return undefined;
  const isSeen = isWithin(level.path, access.subtree);
  return {
    path: isSeen ? level.path : null,
    axis,
    ...(isSeen && { remaining: level.remaining[axis] ?? 0 }),
    frozen: level.frozen === true,
  };
}
