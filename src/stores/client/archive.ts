// Moves old ledger entries to an archive of the caller's (R16).

import { readClock } from "../../core/clock.ts";
import type { Clock } from "../../core/clock.ts";
import { BudgetError } from "../../core/errors.ts";
import { describe } from "../../core/describe.ts";
import { readWhole } from "../../core/whole.ts";
import { StoreUnavailable } from "../contract/errors.ts";
import { isChange, ledgerEntryOf } from "../contract/ledger.ts";
import type { LedgerEntry } from "../contract/ledger.ts";
import type { ForgetQuery, Store } from "../contract/store.ts";

/** How old an entry must be: its id is remembered for at least that long (R10). */
const AGE_MS_MIN = 24 * 3_600_000;
const LINES_AT_ONCE = 1000;

/** Receives entries; the store deletes them once it resolves. */
export type ArchiveWriter = (entries: readonly LedgerEntry[]) => PromiseLike<void> | void;

/**
 * Reads the time before which entries are archived.
 * @throws {RangeError} if it is invalid.
 */
export function readBefore(before: number | Date, clock: Clock): number {
  const beforeMs = before instanceof Date ? before.getTime() : before;
  if (typeof beforeMs !== "number" || !Number.isFinite(beforeMs))
    throw new RangeError(
      `Expected \`before\` to be a valid Date or milliseconds since 1970, got ${describe(before)}`,
    );
  if (beforeMs > readClock(clock) - AGE_MS_MIN)
    throw new RangeError(
      `Expected \`before\` to be 24 hours ago or earlier, got ${new Date(beforeMs).toISOString()}: ids are remembered for that long, so that a retry is not booked twice`,
    );
  return Math.floor(beforeMs);
}

/**
 * Reads how long entries are kept.
 * @throws {RangeError} if it is too short or invalid.
 */
export function readRetention(retentionMs: number): number {
  readWhole("retentionMs", retentionMs, AGE_MS_MIN, Number.MAX_SAFE_INTEGER);
  return retentionMs;
}

/** Moves the entries of a tree that were written before a time; returns their number. */
export async function archiveTree(
  store: Store,
  root: string,
  beforeMs: number,
  write: ArchiveWriter,
): Promise<number> {
  if (store.forget === undefined)
    throw new TypeError("Nothing can be archived from this store; it has no `forget`");
  let after = 0;
  let count = 0;
  for (;;) {
    const query = { path: root, after, sinceMs: 0, limit: LINES_AT_ONCE };
    // oxlint-disable-next-line no-await-in-loop -- each page begins where the last one ended
    const page = (await answered(root, async () => await store.ledger(query))) ?? [];
    const firstKept = page.findIndex(({ at }) => at >= beforeMs);
    const old = firstKept === -1 ? page : page.slice(0, firstKept);
    const last = old.at(-1);
    if (last === undefined) return count;
    const entries = old.filter((line) => !isChange(line)).map((line) => ledgerEntryOf(line));
    if (entries.length > 0) {
      // oxlint-disable-next-line no-await-in-loop -- what is deleted must be written before
      await write(entries);
      const forgotten: ForgetQuery = { root, after, through: last.seq, beforeMs };
      // oxlint-disable-next-line no-await-in-loop -- likewise
      await answered(root, async () => await store.forget?.(forgotten));
    }
    count += entries.length;
    if (firstKept !== -1 || page.length < LINES_AT_ONCE) return count;
    after = last.seq;
  }
}

async function answered<T>(root: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw error instanceof BudgetError ? error : new StoreUnavailable(root, 0, error);
  }
}
