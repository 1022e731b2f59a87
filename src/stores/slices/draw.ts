// R15. What a draw does to the books. A draw is the one command by which a process takes a part of
// a pool's room, reports what it settled there, and returns what it does not use.

import {
  add,
  beyond,
  exchange,
  fitsWithin,
  minus,
  NOTHING,
  plus,
  subtract,
  uniform,
} from "../../core/quantities.ts";
import type { Quantities } from "../../core/quantities.ts";
import { fits, overagePolicyOf, refusalOf } from "../../core/rules.ts";
import { amend, bookedPast, checkTotals, newEntryOf } from "../books/apply-settlements.ts";
import { bookAsUnknown } from "../books/sent-holds.ts";
import type { Books, NewEntry, OpenReservation, StoredPool } from "../books/books.ts";
import type { DrawCommand, Outcome } from "../contract/command.ts";
import { levelsChangedBy, levelsOf, markPath, rollPath } from "../books/stored-path.ts";
import { admit, isAwaited, isRecalled, slackFor } from "./share.ts";
import { emptyLevel, isNothing } from "./slice-state.ts";
import type { SliceLevel, SliceState } from "./slice-state.ts";

/** A slice in the books. */
export interface StoredSlice extends OpenReservation {
  readonly slice: SliceState;
}

/** The store's state of the slices below a level; created with the first one. */
function sliceLevelOf(pool: StoredPool): SliceLevel {
  return (pool.slices ??= emptyLevel());
}

/** Whether a slice is still held at a level: its lease is valid, and no reset dropped it. */
function countsAt({ state }: StoredPool, row: StoredSlice | undefined): row is StoredSlice {
  return row !== undefined && !row.expired && row.asOf >= state.droppedBefore;
}

/** Whether a slice holds anything. */
function isLive(row: StoredSlice | undefined): row is StoredSlice {
  return row !== undefined && !row.expired && !isNothing(row.quantities);
}

/**
 * Applies a draw.
 * @throws {RangeError} if a total would pass 2^53 − 1; nothing is changed.
 */
export function draw(books: Books, pool: StoredPool, command: DrawCommand, nowMs: number): Outcome {
  const { id, path, seq } = command;
  const row = books.reservation(id);
  if (row === undefined) {
    const entry = books.entry(id);
    if (entry !== undefined) {
      // The slice was returned, and so is everything drawn later.
      const isOver = entry.kind === "release" && entry.path === path;
      return isOver ? answerOf(pool, command, NOTHING, OVER, nowMs) : { kind: "id taken" };
    }
  } else if (!isSlice(row) || row.path !== path) {
    return { kind: "id taken" };
  } else if (seq === row.slice.seq) {
    const held = row.expired ? NOTHING : row.quantities;
    return answerOf(pool, command, held, row.slice, nowMs);
  } else if (seq < row.slice.seq) {
    return { kind: "settled before", outcome: "committed" };
  }
  return new Draw(books, pool, command, row, nowMs).apply();
}

/** The answer to every draw after the last one. */
const OVER = { isFinal: true, admitted: "" };

/** Returns whether a reservation is a slice. */
export function isSlice(reservation: OpenReservation): reservation is StoredSlice {
  return reservation.slice !== undefined;
}

/** Returns the outcome of a draw. If it is repeated, its refused requests are judged again. */
function answerOf(
  pool: StoredPool,
  { asks }: DrawCommand,
  held: Quantities,
  { isFinal, admitted }: Pick<SliceState, "isFinal" | "admitted">,
  nowMs: number,
): Outcome {
  return {
    kind: "drawn",
    held,
    admitted,
    refused: asks.flatMap((ask, index) => (admitted[index] === "1" ? [] : [judged(pool, ask)])),
    isFinal,
    isRecalled: isRecalled(pool, nowMs),
    policy: overagePolicyOf(pool.state),
  };
}

function judged({ state }: StoredPool, ask: Quantities): Outcome {
  try {
    const refusal = refusalOf(state, ask);
    return refusal === undefined ? { kind: "done" } : { kind: "refused", refusal };
  } catch (error) {
    if (error instanceof RangeError) return { kind: "out of range", message: error.message };
    throw error;
  }
}

/** Applies a draw that was not answered before. */
class Draw {
  readonly #books: Books;
  readonly #pool: StoredPool;
  readonly #levels: readonly StoredPool[];
  readonly #command: DrawCommand;
  readonly #row: StoredSlice | undefined;
  readonly #nowMs: number;
  readonly #report: Quantities;
  /** The new amount of the slice. */
  readonly #held: Quantities = uniform(0);
  readonly #refused: Outcome[] = [];
  #admitted = "";
  #isFinal = true;

  constructor(
    books: Books,
    pool: StoredPool,
    command: DrawCommand,
    row: StoredSlice | undefined,
    nowMs: number,
  ) {
    this.#books = books;
    this.#pool = pool;
    this.#levels = levelsOf(pool);
    // An ending slice keeps nothing, and requests nothing.
    this.#command = command.end
      ? { ...command, keep: NOTHING, holds: NOTHING, asks: [], want: NOTHING, open: 0 }
      : command;
    this.#row = row;
    this.#nowMs = nowMs;
    this.#report = minus(command.settled, row?.slice.settled ?? NOTHING);
  }

  apply(): Outcome {
    this.#check();
    // From here on the draw cannot fail.
    const { id, path, seq, unknown, settled, watched, end, leaseMs } = this.#command;
    const overage = this.#overage();
    const levels = levelsChangedBy(this.#pool, watched, () => {
      this.#takeBack();
      this.#settle();
    });
    const booked = bookedPast(this.#pool, overage);
    const place = ++sliceLevelOf(this.#levels.at(-1) ?? this.#pool).draws;
    this.#judgeAsks(place);
    const isSharing = this.#addSlack();
    // A slice that keeps spare room has not answered a recall, even if its lease ended meanwhile.
    const drawnAt = this.#hasRoom() ? (this.#row?.slice.drawnAt ?? 0) : place;
    this.#count(isSharing, drawnAt);
    markPath(this.#books, this.#pool);
    this.#append();
    if (end) {
      this.#books.drop(id);
      const kind = "release";
      this.#books.append(newEntryOf(this.#pool, { id, kind, asked: NOTHING }, this.#nowMs));
    } else {
      this.#books.keep({
        id,
        path,
        quantities: this.#held,
        asOf: this.#pool.state.tree.resets,
        units: 0,
        expiresAt: this.#nowMs + leaseMs,
        expired: false,
        slice: {
          seq,
          settled,
          unknown,
          open: this.#command.open,
          isSharing,
          drawnAt,
          isFinal: this.#isFinal,
          admitted: this.#admitted,
        },
      });
    }
    return {
      kind: "drawn",
      held: this.#held,
      admitted: this.#admitted,
      refused: this.#refused,
      isFinal: this.#isFinal,
      isRecalled: isRecalled(this.#pool, this.#nowMs),
      policy: overagePolicyOf(this.#pool.state),
      settled: booked.overage === undefined ? undefined : booked,
      levels,
    };
  }

  #heldAt(level: StoredPool): Quantities {
    return countsAt(level, this.#row) ? this.#row.quantities : NOTHING;
  }

  /** What a level gets in addition: what is reported and kept, beyond what the slice held. */
  #addedTo(level: StoredPool): Quantities {
    return minus(plus(this.#report, this.#command.keep, 1), this.#heldAt(level));
  }

  /** R1. */
  #check(): void {
    for (const level of this.#levels) checkTotals([level], this.#addedTo(level));
  }

  /** R5. The overage of a draw, at the level with the most of it. */
  #overage(): Quantities {
    let overage = NOTHING;
    for (const level of this.#levels)
      overage = plus(overage, beyond(this.#addedTo(level), overage), 1);
    return overage;
  }

  /**
   * A slice that was booked as unknown has reported again: its stand-in booking is no longer used.
   * A server that has lost draws meanwhile cannot compute it, and leaves it unknown.
   */
  #takeBack(): void {
    const row = this.#row;
    const { id, path, seq } = this.#command;
    if (row === undefined || !row.expired || row.slice.seq !== seq - 1) return;
    const of = lostLineId(id, row.slice.seq);
    amend(
      this.#books,
      this.#pool,
      { kind: "amend", path, id: `${of}.found`, of, actual: NOTHING },
      this.#nowMs,
    );
  }

  /** Moves what was reported to used, and frees what is not kept. */
  #settle(): void {
    const { keep, open, unknown } = this.#command;
    const before = this.#row?.slice;
    const unknownBefore = before?.unknown ?? NOTHING;
    for (const level of this.#levels) {
      const { state } = level;
      const counts = countsAt(level, this.#row);
      const had = this.#heldAt(level);
      const slices = sliceLevelOf(level);
      // First what is freed: in between, a total must not pass 2^53 either, or it is rounded.
      exchange(state.taken, had, keep);
      add(state.taken, this.#report);
      exchange(state.reserved, had, keep);
      exchange(slices.held, had, keep);
      add(level.unknown, unknown);
      subtract(level.unknown, unknownBefore);
      state.openReservations += open - (counts ? (before?.open ?? 0) : 0);
    }
    add(this.#held, keep);
  }

  /** Judges the requests that did not fit in the slice one by one, in order. */
  #judgeAsks(drawnAt: number): void {
    for (const ask of this.#command.asks) {
      const isAdmitted = fits(this.#pool.state, ask);
      this.#admitted += isAdmitted ? "1" : "0";
      if (isAdmitted) {
        admit(this.#pool, ask);
        add(this.#held, ask);
        continue;
      }
      const refused = judged(this.#pool, ask);
      this.#refused.push(refused);
      const isWaited = isAwaited(this.#pool, ask, refused, {
        nowMs: this.#nowMs,
        recallMs: this.#command.recallMs,
        drawnAt,
        isAmongLive: isLive(this.#row),
        wasDrawnAt: this.#row?.slice.drawnAt ?? 0,
      });
      if (isWaited) this.#isFinal = false;
    }
  }

  /**
   * Grants room for future requests; returns whether the slice counts among those that share the
   * room.
   */
  #addSlack(): boolean {
    const { want, least } = this.#command;
    if (isNothing(want)) return this.#hasRoom();
    const wasSharing = this.#row?.expired === false && this.#row.slice.isSharing;
    const slack = slackFor(this.#pool, want, least, { wasSharing, nowMs: this.#nowMs });
    admit(this.#pool, slack);
    add(this.#held, slack);
    return true;
  }

  /** Whether it keeps more than its running calls hold. */
  #hasRoom(): boolean {
    const { keep, holds } = this.#command;
    return !fitsWithin(keep, NOTHING, holds);
  }

  /** Updates which slices share room, which are alive, and which have yet to answer a recall. */
  #count(isSharing: boolean, drawnAt: number): void {
    const row = this.#row;
    const before = row?.expired === false ? row.slice : undefined;
    const wasLive = isLive(row);
    const live = isNothing(this.#held) ? 0 : 1;
    for (const level of this.#levels) {
      const slices = sliceLevelOf(level);
      const wasAwaited = wasLive && before !== undefined && before.drawnAt < slices.recalledDraw;
      slices.awaited += (drawnAt < slices.recalledDraw ? live : 0) - (wasAwaited ? 1 : 0);
      slices.sharing += (isSharing ? 1 : 0) - (before?.isSharing === true ? 1 : 0);
      slices.live += live - (wasLive ? 1 : 0);
    }
  }

  #append(): void {
    const { id, seq, lines } = this.#command;
    // A later command of the batch may be a reset, before the entries are written.
    const asOf = this.#pool.state.tree.resets;
    const entryAt = (index: number): NewEntry => this.#entryAt(index, asOf);
    if (lines.length > 1 && this.#books.appendDrawn !== undefined)
      this.#books.appendDrawn({ id: `${id}.${seq}`, lines, entryAt });
    else for (const index of lines.keys()) this.#books.append(entryAt(index));
  }

  #entryAt(index: number, asOf: number): NewEntry {
    const { id, seq, lines } = this.#command;
    const line = lines[index];
    if (line === undefined) throw new Error(`unreachable: the draw has no entry ${index}`);
    const { kind, amount, unknown, about } = line;
    return {
      id: `${id}.${seq}.${index + 1}`,
      kind,
      path: this.#pool.state.path,
      at: this.#nowMs,
      bookedAt: this.#nowMs,
      asOf,
      amount,
      asked: amount,
      unknown,
      of: undefined,
      settled: undefined,
      model: about?.model,
      label: about?.label,
      details: about?.details,
    };
  }
}

/** Returns the id of the entry that books a slice whose lease expired after draw `seq`. */
export function lostLineId(id: string, seq: number): string {
  return `${id}.lost.${seq}`;
}

/**
 * Books the whole of a slice that stopped reporting as used and unknown, because it may have been
 * spent. The entry can be amended, and a later draw reverses it.
 */
export function lose(books: Books, row: StoredSlice, nowMs: number): void {
  const pool = books.pool(row.path);
  const { quantities, slice } = row;
  books.keep({ ...row, expired: true });
  if (pool === undefined) return;
  // R7. Spend that may belong to either of two windows is booked in the later one, as with any
  // hold.
  rollPath(books, pool, nowMs);
  const wasLive = isLive(row);
  for (const level of levelsOf(pool)) {
    const { state } = level;
    const slices = sliceLevelOf(level);
    const isHeld = countsAt(level, row);
    bookAsUnknown(level, quantities, isHeld);
    if (isHeld) {
      subtract(slices.held, quantities);
      state.openReservations -= slice.open;
    }
    if (slice.isSharing) slices.sharing--;
    if (wasLive) {
      slices.live--;
      if (slice.drawnAt < slices.recalledDraw) slices.awaited--;
    }
  }
  markPath(books, pool);
  if (!wasLive) return;
  const id = lostLineId(row.id, slice.seq);
  const entry = { id, kind: "commit", asked: quantities, unknown: true } as const;
  books.append(newEntryOf(pool, entry, nowMs));
}
