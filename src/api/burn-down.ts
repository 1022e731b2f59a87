// How a pool was used up in its window, and its current rate: from the newest entries, and from
// daily sums if there are too many entries to read.

import type { Axis } from "../core/axis.ts";
import type { StoredBudgetPool } from "../stores/client/stored-budget-pool.ts";
import type { LedgerEntry } from "../stores/contract/ledger.ts";
import type { StoredSnapshot } from "../stores/contract/pool-figures.ts";

/** Used at an instant. */
interface BurnPoint {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly used: number;
}

/** The course of a pool's usage. */
export interface BurnDown {
  readonly axis: Axis;
  /** The start and end of the window; without a window, the last day. */
  readonly from: number;
  readonly until: number | null;
  readonly now: number;
  readonly points: readonly BurnPoint[];
  /** Usage of the last `overMs`. */
  readonly rate: { readonly used: number; readonly overMs: number };
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const PAGE = 2000;
const PAGES_MAX = 5;
const POINTS_MAX = 240;
/** The rate covers a 24th of the window: an hour of a day, seven hours of a week. */
const RATE_PART = 24;
const RATE_MS_MIN = 5 * MINUTE_MS;
const RATE_MS_MAX = DAY_MS;

/** Returns the burn-down of a pool, of which a snapshot was taken at `now`. */
export async function burnDownOf(
  pool: StoredBudgetPool,
  snapshot: StoredSnapshot,
  axis: Axis,
  now: number,
): Promise<BurnDown> {
  const { window } = snapshot;
  const from = window !== undefined && window.startsAt > 0 ? window.startsAt : now - DAY_MS;
  const until = window?.endsAt ?? null;
  const { entries, isWhole } = await entriesSince(pool, from);
  const points: BurnPoint[] = [{ at: now, used: snapshot.used[axis] }];
  let used = snapshot.used[axis];
  for (const { at, amount } of entries) {
    points.push({ at, used });
    used -= amount[axis];
    points.push({ at, used });
  }
  const overMs = Math.min(RATE_MS_MAX, Math.max(RATE_MS_MIN, ((until ?? now) - from) / RATE_PART));
  const inRate = entries.filter(({ at }) => at >= now - overMs);
  const firstAt = entries.at(-1)?.at ?? now;
  // If not all entries were read, the rate covers only the time of those read.
  const coveredMs = isWhole ? overMs : Math.min(overMs, Math.max(MINUTE_MS, now - firstAt));
  if (isWhole) points.push({ at: from, used: Math.max(0, used) });
  else points.push(...(await byDays(pool, { from, axis, used: snapshot.used[axis], firstAt })));
  return {
    axis,
    from,
    until,
    now,
    points: thinned(points.toReversed()),
    rate: { used: inRate.reduce((sum, { amount }) => sum + amount[axis], 0), overMs: coveredMs },
  };
}

async function entriesSince(
  pool: StoredBudgetPool,
  since: number,
): Promise<{ readonly entries: readonly LedgerEntry[]; readonly isWhole: boolean }> {
  const entries: LedgerEntry[] = [];
  for (let pages = 0; pages < PAGES_MAX; pages++) {
    const before = entries.at(-1)?.seq;
    // oxlint-disable-next-line no-await-in-loop -- each page begins where the last one ended
    const page = await pool.newest({ since, before, limit: PAGE });
    entries.push(...page);
    if (page.length < PAGE) return { entries, isWhole: true };
  }
  return { entries, isWhole: false };
}

/** Used at the beginning of each day before the entries that were read. */
async function byDays(
  pool: StoredBudgetPool,
  known: {
    readonly from: number;
    readonly axis: Axis;
    readonly used: number;
    readonly firstAt: number;
  },
): Promise<readonly BurnPoint[]> {
  const { from, axis, firstAt } = known;
  const days = (await pool.sums({ by: "day", since: from }))
    .map(({ name = "", amount }) => ({ at: Date.parse(name), used: amount[axis] }))
    .toSorted((one, other) => other.at - one.at);
  const points: BurnPoint[] = [];
  let { used } = known;
  for (const day of days) {
    used -= day.used;
    const at = Math.max(from, day.at);
    if (at < firstAt) points.push({ at, used: Math.max(0, used) });
  }
  return points;
}

/** At most this many points, the last of each interval. */
function thinned(points: readonly BurnPoint[]): readonly BurnPoint[] {
  if (points.length <= POINTS_MAX) return points;
  const step = points.length / POINTS_MAX;
  const kept = Array.from({ length: POINTS_MAX }, (_, index) => points[Math.floor(index * step)]);
  return [...kept, points.at(-1)].filter((point) => point !== undefined);
}
