// The path of a stored pool, from the pool up to the root: rolls its windows, marks it as changed,
// and reports changes of used.

import { assign, minus, NOTHING, quantitiesOf } from "../../core/quantities.ts";
import type { Quantities } from "../../core/quantities.ts";
import { roll, setWindow } from "../../core/roll.ts";
import { setCaps } from "../../core/rules.ts";
import type { WindowRule } from "../../core/window-rule.ts";
import type { Books, StoredPool } from "./books.ts";
import type { LevelChange } from "../contract/command.ts";
import { capsAfter } from "./raises.ts";

/** Returns the pool and every pool above it, from leaf to root. */
export function levelsOf(pool: StoredPool): readonly StoredPool[] {
  const levels = [pool];
  for (let level = pool.above; level !== undefined; level = level.above) levels.push(level);
  return levels;
}

/** R7, R17. Applies the windows and temporary changes of caps that have ended, on every level. */
export function rollPath(books: Books, pool: StoredPool, nowMs: number): void {
  const ended: StoredPool[] = [];
  for (let level: StoredPool | undefined = pool; level !== undefined; level = level.above) {
    if (level.raises.length > 0) endRaises(books, level, nowMs);
    if (level.state.window !== undefined && nowMs >= level.state.windowEndsAt) ended.push(level);
  }
  if (ended.length === 0) return;
  roll(pool.state, nowMs);
  const begun = ended.filter(({ state }) => state.window?.kind !== "sliding");
  // A sliding window continues to count its parts.
  for (const level of ended) if (!begun.includes(level)) keepWithin(level.unknown, level.state);
  const countsSince = begun.length === 0 ? 0 : ++pool.state.tree.resets;
  for (const level of begun) {
    assign(level.unknown, NOTHING);
    level.countsSince = countsSince;
  }
  // The root keeps the count of periods.
  markPath(books, pool);
}

/** R17. Reverts the temporary changes of caps that have ended. */
function endRaises(books: Books, pool: StoredPool, nowMs: number): void {
  const [first] = pool.raises;
  if (first === undefined || first.until > nowMs) return;
  for (const raise of pool.raises)
    if (raise.until <= nowMs) setCaps(pool.state, capsAfter(pool.state.caps, raise));
  pool.raises = pool.raises.filter(({ until }) => until > nowMs);
  books.changed(pool);
}

/**
 * R9. Replaces the window. Used does not change, and neither do the entries that count in it. In
 * books of an earlier version that do not record this, earlier bookings do not count.
 */
export function changeWindow(
  pool: StoredPool,
  window: WindowRule | undefined,
  nowMs: number,
): void {
  const isSliding = window?.kind === "sliding" || pool.state.window?.kind === "sliding";
  setWindow(pool.state, window, nowMs);
  // From here on a sliding window counts used in the current part: the booking time no longer says
  // which part.
  if (isSliding) pool.countsSince = ++pool.state.tree.resets;
  else pool.countsSince ??= ++pool.state.tree.resets;
}

/** Unknown is never more than used. */
function keepWithin(unknown: Quantities, { taken, reserved }: StoredPool["state"]): void {
  assign(
    unknown,
    quantitiesOf((field) => Math.min(unknown[field], taken[field] - reserved[field])),
  );
}

/** Marks the pool and every pool above it as changed. */
export function markPath(books: Books, pool: StoredPool): void {
  for (let level: StoredPool | undefined = pool; level !== undefined; level = level.above)
    books.changed(level);
}

/** Returns the effect of `change` on the watched levels; undefined without any. */
export function levelsChangedBy(
  pool: StoredPool,
  watched: readonly string[] | undefined,
  change: () => void,
): readonly LevelChange[] | undefined {
  if (watched === undefined) {
    change();
    return undefined;
  }
  const levels = levelsOf(pool).filter(({ state }) => watched.includes(state.path));
  const before = levels.map(({ state }) => ({ caps: state.caps, used: usedOf(state) }));
  change();
  return levels.map(({ state }, index) => ({
    path: state.path,
    capsBefore: before[index]?.caps ?? {},
    caps: state.caps,
    usedBefore: before[index]?.used ?? NOTHING,
    used: usedOf(state),
  }));
}

function usedOf({ taken, reserved }: StoredPool["state"]): Quantities {
  return minus(taken, reserved);
}
