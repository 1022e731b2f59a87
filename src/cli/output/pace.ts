// How fast a pool is spent, from its ledger.

import type { StoredSnapshot } from "../../stores/index.ts";
import type { PoolBooks } from "../store/books.ts";
import { lastsMs } from "./forecast.ts";

const LINES_READ_MAX = 10_000;
/** A shorter time says little about a rate. */
const WATCHED_MS_MIN = 60_000;
const HOUR_MS = 60 * 60_000;

/** How fast a pool is spent. */
export interface Pace {
  /** Dollars booked in the observed time. */
  readonly spentUsd: number;
  readonly usdPerHour: number;
  /**
   * How long the remainder lasts at that rate, in milliseconds; undefined if nothing is being
   * spent.
   */
  readonly lastsMs: number | undefined;
}

/** Returns the pace of a pool in the last `watchedMs`, or since its first booking in them. */
export async function paceOf(
  pool: PoolBooks,
  { remaining }: StoredSnapshot,
  watchedMs: number,
): Promise<Pace> {
  const now = Date.now();
  const since = now - watchedMs;
  const entries = await pool.ledger({ since, limit: LINES_READ_MAX });
  const spentUsd = entries.reduce((sum, { amount }) => sum + amount.usd, 0);
  const first = entries[0]?.at ?? now;
  const overMs = Math.max(WATCHED_MS_MIN, now - Math.max(since, first));
  const lasts = remaining.usd === undefined ? undefined : lastsMs(remaining.usd, spentUsd, overMs);
  return { spentUsd, usdPerHour: (spentUsd / overMs) * HOUR_MS, lastsMs: lasts };
}
