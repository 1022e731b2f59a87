// What a record of earlier spend does to the books (R5, R7, R10).

import { add } from "../../core/quantities.ts";
import { addToPart, partAt } from "../../core/sliding.ts";
import {
  BOOKED,
  bookedPast,
  checkTotals,
  isSame,
  newEntryOf,
  useLeft,
} from "./apply-settlements.ts";
import type { Books, StoredPool } from "./books.ts";
import type { LateCommand, Outcome } from "../contract/command.ts";
import { levelsChangedBy, levelsOf } from "./stored-path.ts";

/**
 * Books earlier spend at every level whose current window contains its time. At other levels its
 * period is over, and only the carried remainder changes. It is booked past a cap, because it was
 * spent.
 */
export function recordLate(
  books: Books,
  pool: StoredPool,
  { id, path, ask, at, throws, watched, about }: LateCommand,
  nowMs: number,
): Outcome {
  const before = books.entry(id);
  if (before !== undefined)
    return before.kind === "record" && before.path === path && isSame(before.asked, ask)
      ? { kind: "settled", settled: before.settled ?? BOOKED }
      : { kind: "id taken" };
  if (books.reservation(id) !== undefined) return { kind: "id taken" };
  const bookedAt = Math.min(at, nowMs);
  const all = levelsOf(pool);
  const counting = all.filter(({ state }) => bookedAt >= state.windowStartsAt);
  const elsewhere = all.filter((level) => !counting.includes(level));
  checkTotals(counting, ask);
  // From here on the command cannot fail.
  const levels = levelsChangedBy(pool, watched, () => {
    for (const level of counting) {
      add(level.state.taken, ask);
      const { window } = level.state;
      const part = window?.kind === "sliding" ? partAt(level.state, window, bookedAt) : undefined;
      if (part !== undefined) addToPart(level.state, part, ask);
      books.changed(level);
    }
    for (const level of elsewhere) useLeft(books, level, bookedAt, ask);
  });
  const past = bookedPast(pool, ask);
  const settled = past.exceeded === undefined ? BOOKED : { ...past, throws };
  books.append(
    newEntryOf(
      pool,
      {
        id,
        kind: "record",
        asked: ask,
        settled: settled === BOOKED ? undefined : settled,
        bookedAt,
        asOf: periodsBefore(pool, elsewhere),
        ...about,
      },
      nowMs,
    ),
  );
  return { kind: "settled", settled, levels };
}

/**
 * A count of periods that are over at levels where the record does not count, for its corrections.
 */
function periodsBefore({ state }: StoredPool, elsewhere: readonly StoredPool[]): number {
  return elsewhere.reduce(
    (least, level) =>
      level.state.window?.kind === "sliding" || level.countsSince === undefined
        ? least
        : Math.min(least, level.countsSince - 1),
    state.tree.resets,
  );
}
