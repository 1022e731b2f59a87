// What a change of settings does to the books (R9, R10, R17).

import { changeCaps, changeCapsBy } from "../../core/caps.ts";
import { setFrozen } from "../../core/frozen.ts";
import { NOTHING } from "../../core/quantities.ts";
import { setCaps } from "../../core/rules.ts";
import { newEntryOf } from "./apply-settlements.ts";
import type { Books, StoredPool } from "./books.ts";
import type { ConfigureCommand, Outcome } from "../contract/command.ts";
import { recallFor } from "../slices/share.ts";
import { raisesAfter } from "./raises.ts";
import { changeWindow, levelsChangedBy, markPath } from "./stored-path.ts";

/** R9, R10, R17. */
export function configure(
  books: Books,
  pool: StoredPool,
  command: ConfigureCommand,
  nowMs: number,
): Outcome {
  const { id, caps = {}, by = {}, until, frozen, overage, window, watched, about } = command;
  if (books.entry(id) !== undefined) return { kind: "done" };
  const { state } = pool;
  const changed = changeCapsBy(changeCaps(state.caps, caps), by, state.path);
  const raises = raisesAfter(pool.raises, caps, by, until);
  const levels = levelsChangedBy(pool, watched, () => {
    if (window !== undefined) changeWindow(pool, window ?? undefined, nowMs);
    setCaps(state, changed);
    pool.raises = raises;
    if (frozen !== undefined) setFrozen(state, frozen);
    if (overage !== undefined) state.overage = overage;
  });
  // The root keeps the count of periods.
  if (window === undefined) books.changed(pool);
  else markPath(books, pool);
  // R15. A pool that is now over its cap, or frozen, recalls the room of slices.
  recallFor(books, pool, NOTHING, nowMs);
  books.append(newEntryOf(pool, { id, kind: "configure", asked: NOTHING, ...about }, nowMs));
  return { kind: "done", levels };
}
