// What each command does to the books, through the rules of core. A store that can run this within
// its exclusive step needs no rules of its own; another one mirrors it, section by section.

import { childPath } from "../../core/name.ts";
import { assign, NOTHING, plus } from "../../core/quantities.ts";
import type { Quantities } from "../../core/quantities.ts";
import {
  book,
  fits,
  hold,
  largestGrant,
  NO_HOLD,
  refusalOf,
  reset,
  settle,
} from "../../core/rules.ts";
import type { Refusal } from "../../core/refusal.ts";
import type { Settled } from "../../core/rules.ts";
import {
  amend,
  BOOKED,
  commit,
  endHold,
  find,
  holds,
  isSame,
  newEntryOf,
  loseHold,
  applyRelease,
  renew,
  withdraw,
} from "./apply-settlements.ts";
import { configure } from "./apply-configure.ts";
import { deletePool } from "./apply-delete.ts";
import { recordLate } from "./apply-late.ts";
import type { Books, StoredPool } from "./books.ts";
import { isLost } from "./sent-holds.ts";
import type {
  Command,
  GrantCommand,
  OpenCommand,
  Outcome,
  RecordCommand,
  ReserveCommand,
  ResetCommand,
  WaitCommand,
} from "../contract/command.ts";
import { figuresOf } from "../contract/pool-figures.ts";
import { draw, isSlice, lose } from "../slices/draw.ts";
import { recallFor } from "../slices/share.ts";
import { levelsChangedBy, levelsOf, markPath, rollPath } from "./stored-path.ts";
import { WaitingRoom } from "./waiting-room.ts";

const NO_SETTINGS = { caps: {}, overage: undefined, window: undefined };

/**
 * Applies commands to the books of a tree, in order, as of `nowMs`; the caller guarantees exclusive
 * access. A refused or failed command changes nothing.
 *
 * @see `MemoryStore`, in `src/stores/memory`, is the shortest store that calls it.
 */
export function applyCommands(
  books: Books,
  commands: readonly Command[],
  nowMs: number,
): readonly Outcome[] {
  expire(books, nowMs);
  const step = new Step(books, nowMs);
  return commands.map((command) => {
    try {
      return step.apply(command);
    } catch (error) {
      // R1: the rules throw this before they change anything.
      if (error instanceof RangeError) return { kind: "out of range", message: error.message };
      throw error;
    }
  });
}

/**
 * R11, R15. Frees the reservations whose leases have expired, and remembers them for a late commit.
 * Slices and holds of sent calls are booked instead.
 */
function expire(books: Books, nowMs: number): void {
  const ended = books.expiredBy(nowMs);
  if (ended.length === 0) return;
  // In a fixed order, because slices write entries.
  for (const reservation of ended.toSorted(
    (one, other) => one.expiresAt - other.expiresAt || (one.id < other.id ? -1 : 1),
  )) {
    if (isSlice(reservation)) lose(books, reservation, nowMs);
    else if (reservation.sent === true) loseHold(books, reservation, nowMs);
    else endHold(books, reservation);
  }
}

class Step {
  readonly #books: Books;
  readonly #nowMs: number;
  #room: WaitingRoom | undefined;

  constructor(books: Books, nowMs: number) {
    this.#books = books;
    this.#nowMs = nowMs;
  }

  apply(command: Command): Outcome {
    const books = this.#books;
    const nowMs = this.#nowMs;
    if (command.kind === "open") return open(books, command, nowMs);
    const pool = books.pool(command.path);
    if (pool === undefined) return { kind: command.kind === "delete" ? "done" : "gone" };
    rollPath(books, pool, nowMs);
    if (command.kind === "wait") {
      this.#room ??= new WaitingRoom(books, nowMs);
      return wait(books, this.#room, pool, command, nowMs);
    }
    this.#room = undefined;
    switch (command.kind) {
      case "record":
        return record(books, pool, command, nowMs);
      case "late":
        return recordLate(books, pool, command, nowMs);
      case "reserve":
        return reserve(books, pool, command, nowMs);
      case "grant":
        return grant(books, pool, command, nowMs);
      case "commit":
        return commit(books, pool, command, nowMs);
      case "release":
        return applyRelease(books, pool, command, nowMs);
      case "leave":
        books.dropWaiter(command.id);
        return applyRelease(books, pool, { ...command, kind: "release" }, nowMs);
      case "withdraw":
        return withdraw(books, pool, command, nowMs);
      case "renew":
        return renew(books, command, nowMs);
      case "amend":
        return amend(books, pool, command, nowMs);
      case "find":
        return find(books, command);
      case "draw":
        return draw(books, pool, command, nowMs);
      case "reset":
        return resetPool(books, pool, command, nowMs);
      case "configure":
        return configure(books, pool, command, nowMs);
      case "delete":
        return deletePool(books, pool, command, nowMs);
      case "check": {
        const refusal = refusalOf(pool.state, command.ask);
        return refusal === undefined ? { kind: "done" } : { kind: "refused", refusal };
      }
      default:
        return { kind: "figures", figures: figuresOf(pool) };
    }
  }
}

/** R8. Creates the missing pools on the path; those above with the settings of the command. */
function open(books: Books, command: OpenCommand, nowMs: number): Outcome {
  const { path, settings, above, ifThere } = command;
  if (ifThere === true && books.pool(path) === undefined) return { kind: "gone" };
  let pool: StoredPool | undefined;
  for (const name of path.split("/")) {
    const at: string = pool === undefined ? name : childPath(pool.state.path, name);
    const settingsHere =
      (at === path ? settings : above?.find((each) => each.path === at)?.settings) ?? NO_SETTINGS;
    pool = books.pool(at) ?? books.create(at, settingsHere, pool);
  }
  if (pool === undefined) return { kind: "gone" };
  rollPath(books, pool, nowMs);
  const { caps, overage, window } = pool.state;
  return { kind: "opened", made: pool.made, settings: { caps, overage, window } };
}

/** R2, R10. */
function record(books: Books, pool: StoredPool, command: RecordCommand, nowMs: number): Outcome {
  const { id, ask, policy, watched, about } = command;
  const before = books.entry(id);
  if (before !== undefined) {
    return before.kind === "record" && before.path === command.path && isSame(before.asked, ask)
      ? { kind: "settled", settled: before.settled ?? BOOKED }
      : { kind: "id taken" };
  }
  const reservation = books.reservation(id);
  if (reservation !== undefined && heldBefore(books, id, pool) !== undefined)
    return { kind: "id taken" };
  const fitting = fits(pool.state, ask);
  if (!fitting && policy === "reject") return refused(books, pool, ask, nowMs);
  let settled: Settled = BOOKED;
  const levels = levelsChangedBy(pool, watched, () => {
    if (fitting) book(pool.state, ask);
    else settled = settle(pool.state, NO_HOLD, ask, policy);
  });
  // The expired hold of this id is settled by this record.
  if (reservation !== undefined) books.drop(id);
  markPath(books, pool);
  books.append(
    newEntryOf(
      pool,
      { id, kind: "record", asked: ask, settled: fitting ? undefined : settled, ...about },
      nowMs,
    ),
  );
  return { kind: "settled", settled, levels };
}

function refused(books: Books, pool: StoredPool, ask: Quantities, nowMs: number): Outcome {
  const refusal = refusalOf(pool.state, ask);
  if (refusal === undefined) throw new Error("unreachable: a request that fits was refused");
  if (refusal.reason === "busy") recallFor(books, pool, ask, nowMs);
  return { kind: "refused", refusal };
}

/**
 * R10. Returns the fate of a reservation made under this id before. Returns undefined if the
 * request is to be judged like a new one: there was none, its lease has expired, or a reset dropped
 * it. What it still holds on other levels is then freed, as if its lease had expired.
 */
function heldBefore(books: Books, id: string, pool: StoredPool): Outcome | undefined {
  const { path } = pool.state;
  const reservation = books.reservation(id);
  if (reservation !== undefined) {
    const { quantities, units } = reservation;
    if (reservation.path !== path || isSlice(reservation)) return { kind: "id taken" };
    // What was booked as unknown stands in for the hold: its commit corrects it.
    if (holds(pool, reservation) || isLost(reservation)) return { kind: "held", quantities, units };
    if (!reservation.expired) endHold(books, reservation);
    return undefined;
  }
  const entry = books.entry(id);
  if (entry === undefined) return undefined;
  if (entry.path === path && entry.kind === "commit")
    return { kind: "settled before", outcome: "committed" };
  if (entry.path === path && entry.kind === "release")
    return { kind: "settled before", outcome: "released" };
  return { kind: "id taken" };
}

/** R4. Reserves what fits, on every level, and remembers it under its id. */
function holdNow(
  books: Books,
  pool: StoredPool,
  { id, leaseMs, sent }: ReserveCommand | GrantCommand | WaitCommand,
  { quantities, units }: { quantities: Quantities; units: number },
  nowMs: number,
): Outcome {
  const { asOf } = hold(pool.state, quantities);
  markPath(books, pool);
  const { path } = pool.state;
  const expiresAt = nowMs + leaseMs;
  books.keep({ id, path, quantities, asOf, units, expiresAt, expired: false, sent });
  return { kind: "held", quantities, units };
}

function reserve(books: Books, pool: StoredPool, command: ReserveCommand, nowMs: number): Outcome {
  const { id, ask } = command;
  const before = heldBefore(books, id, pool);
  if (before?.kind === "held" && !isSame(before.quantities, ask)) return { kind: "id taken" };
  if (before !== undefined) return before;
  if (!fits(pool.state, ask)) return refused(books, pool, ask, nowMs);
  return holdNow(books, pool, command, { quantities: ask, units: 0 }, nowMs);
}

/** R14. */
function grant(books: Books, pool: StoredPool, command: GrantCommand, nowMs: number): Outcome {
  const { id, fixed, unit, min, max } = command;
  const before = heldBefore(books, id, pool);
  if (before !== undefined) return before;
  const units = largestGrant(pool.state, fixed, unit, max);
  if (units < min) return refused(books, pool, plus(fixed, unit, min), nowMs);
  return holdNow(books, pool, command, { quantities: plus(fixed, unit, units), units }, nowMs);
}

/** R13. */
function wait(
  books: Books,
  room: WaitingRoom,
  pool: StoredPool,
  command: WaitCommand,
  nowMs: number,
): Outcome {
  const { id, path, ask, placeMs, last } = command;
  const before = heldBefore(books, id, pool);
  if (before !== undefined) return before;
  const waiter = { id, path, ask, expiresAt: nowMs + placeMs };
  let refusal;
  try {
    refusal = refusalOf(pool.state, ask) ?? keptBack(room.blocks(waiter));
  } catch (error) {
    room.leave(waiter, false);
    throw error;
  }
  if (refusal === undefined) {
    const held = holdNow(books, pool, command, { quantities: ask, units: 0 }, nowMs);
    room.leave(waiter, true);
    return held;
  }
  if (refusal.reason === "busy") recallFor(books, pool, ask, nowMs);
  if (last || refusal.reason !== "busy") {
    room.leave(waiter, false);
    return { kind: "refused", refusal };
  }
  room.keep(waiter);
  const ends = Math.min(...levelsOf(pool).map(({ state }) => state.windowEndsAt));
  return { kind: "waiting", refusal, rollsAt: Number.isFinite(ends) ? ends : undefined };
}

/** A waiter behind a blocked one is reported as busy, whatever blocks the one ahead. */
function keptBack(refusal: Refusal | undefined): Refusal | undefined {
  if (refusal === undefined) return undefined;
  const { resetsAt: _resetsAt, ...rest } = refusal;
  return { ...rest, reason: "busy" };
}

/** R6, R10. */
function resetPool(
  books: Books,
  pool: StoredPool,
  { id, about }: ResetCommand,
  nowMs: number,
): Outcome {
  if (books.entry(id) !== undefined) return { kind: "done" };
  reset(pool.state);
  assign(pool.unknown, NOTHING);
  if (pool.slices !== undefined) assign(pool.slices.held, NOTHING);
  pool.countsSince = pool.state.droppedBefore;
  // The root keeps the count of resets.
  markPath(books, pool);
  books.append(newEntryOf(pool, { id, kind: "reset", asked: NOTHING, ...about }, nowMs));
  return { kind: "done" };
}
