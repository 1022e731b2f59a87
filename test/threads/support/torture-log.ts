// What a thread of the torture writes down of each call: a row of integers, with the number of the
// operation by which the rows of all threads are put in order.

import type { AmountView, BudgetSnapshot, Refusal, Settlement } from "../../../src/index.ts";

/** What a thread does. */
export const COMMANDS = [
  "record",
  "tryRecord",
  "check",
  "reserve",
  "tryReserve",
  "reserveUpTo",
  "commit",
  "commit again",
  "release",
  "configure",
  "reset",
  "snapshot",
] as const;
export type Command = (typeof COMMANDS)[number];

/** What it comes to. */
const OUTCOMES = [
  "done",
  "not now",
  "refused",
  "granted",
  "settled before",
  "committed",
  "seen",
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** The cells of a row. */
export const CELL = {
  operations: 0,
  command: 1,
  pool: 2,
  hold: 3,
  nowMs: 4,
  /** Five quantities, −1 for one left out. */
  ask: 5,
  /** Of a grant: the largest number of units, and how big they are. */
  unitsMax: 10,
  scale: 11,
  outcome: 12,
  /** What the outcome says in numbers. */
  figures: 13,
  cells: 27,
} as const;

/** How many cells the figures have. */
const FIGURES: number = CELL.cells - CELL.figures;

export const FIELDS = ["tokens", "inputTokens", "outputTokens", "nanoUsd", "calls"] as const;
const AXES = ["tokens", "inputTokens", "outputTokens", "usd", "calls"] as const;
const REASONS = ["never", "spent", "busy", "frozen"] as const;

/** A refusal in whole numbers, as the pool or the model tells it. */
export interface RefusalFigures {
  readonly pool: number;
  readonly field: (typeof FIELDS)[number];
  readonly reason: (typeof REASONS)[number];
  readonly attempted: number;
  readonly cap: number;
  readonly used: number;
  readonly reserved: number;
  readonly resetsAt: number | undefined;
}

/** The rows of one thread. */
export class TortureLog {
  #rows: Int32Array<ArrayBuffer>;
  #count = 0;

  constructor(rowsMax: number) {
    this.#rows = new Int32Array(rowsMax * CELL.cells);
  }

  get isFull(): boolean {
    return (this.#count + 1) * CELL.cells > this.#rows.length;
  }

  /** A new row, all zero. */
  next(): Int32Array {
    const from = this.#count++ * CELL.cells;
    return this.#rows.subarray(from, from + CELL.cells);
  }

  /** All rows, one after another. */
  finish(): Int32Array<ArrayBuffer> {
    return this.#rows.slice(0, this.#count * CELL.cells);
  }
}

/** Takes a log apart again. */
export function rowsOf(log: Int32Array): Int32Array[] {
  const rows: Int32Array[] = [];
  for (let from = 0; from < log.length; from += CELL.cells) {
    rows.push(log.subarray(from, from + CELL.cells));
  }
  return rows;
}

/** Writes what a call came to. */
export function writeOutcome(row: Int32Array, outcome: Outcome, figures: readonly number[]): void {
  row[CELL.outcome] = OUTCOMES.indexOf(outcome);
  row.set(figures, CELL.figures);
}

export function commandOf(row: Int32Array): Command {
  return COMMANDS[row[CELL.command] ?? 0] ?? "record";
}

export function outcomeOf(row: Int32Array): Outcome {
  return OUTCOMES[row[CELL.outcome] ?? 0] ?? "done";
}

/** Whether a call has changed the pools, whatever the windows did. */
export function hasChanged(row: Int32Array): boolean {
  const outcome = outcomeOf(row);
  if (outcome === "granted" || outcome === "committed") return true;
  return outcome === "done" && commandOf(row) !== "check";
}

/** A refusal as the pool tells it; `paths` are those of the pools in their order. */
export function figuresOfRefusal(told: Refusal, paths: readonly string[]): number[] {
  const whole = (shown: number): number => (told.axis === "usd" ? Math.round(shown * 1e9) : shown);
  return refusalFigures({
    pool: paths.indexOf(told.pool),
    field: FIELDS[AXES.indexOf(told.axis)] ?? "tokens",
    reason: told.reason,
    attempted: whole(told.attempted),
    cap: whole(told.cap),
    used: whole(told.used),
    reserved: whole(told.reserved),
    resetsAt: told.resetsAt,
  });
}

export function refusalFigures(refusal: RefusalFigures): number[] {
  return [
    refusal.pool,
    FIELDS.indexOf(refusal.field),
    REASONS.indexOf(refusal.reason),
    refusal.attempted,
    refusal.cap,
    refusal.used,
    refusal.reserved,
    refusal.resetsAt ?? -1,
  ];
}

/** A settlement as the pool tells it. */
export function figuresOfSettlement(told: Settlement, paths: readonly string[]): number[] {
  const { overage, exceeded } = told;
  return commitFigures({
    throws: false,
    booked: true,
    overage: wholeOf(overage),
    exceeded: exceeded === undefined ? [] : figuresOfRefusal(exceeded, paths),
  });
}

/** What a commit came to; who is thrown a refusal is not told the overage. */
export function commitFigures(came: {
  readonly throws: boolean;
  readonly booked: boolean;
  readonly overage: readonly number[];
  readonly exceeded: readonly number[];
}): number[] {
  const kind = (came.throws ? 2 : 0) + (came.booked ? 1 : 0);
  return [kind, ...(came.throws ? [0, 0, 0, 0, 0] : came.overage), ...came.exceeded];
}

/** A snapshot as the pool gives it. */
export function figuresOfSnapshot(seen: BudgetSnapshot): number[] {
  return snapshotFigures({
    used: wholeOf(seen.used),
    reserved: wholeOf(seen.reserved),
    openReservations: seen.openReservations,
    generation: seen.generation,
    startsAt: seen.window?.startsAt,
    tokensMax: seen.caps.tokens,
  });
}

export function snapshotFigures(seen: {
  readonly used: readonly number[];
  readonly reserved: readonly number[];
  readonly openReservations: number;
  readonly generation: number;
  readonly startsAt: number | undefined;
  readonly tokensMax: number | undefined;
}): number[] {
  const { used, reserved, openReservations, generation, startsAt, tokensMax } = seen;
  return [...used, ...reserved, openReservations, generation, startsAt ?? -1, tokensMax ?? -1];
}

/** The five quantities as whole numbers, money in nano-dollars. */
export function wholeOf(amount: AmountView): number[] {
  const { tokens, inputTokens, outputTokens, usd, calls } = amount;
  return [tokens, inputTokens, outputTokens, Math.round(usd * 1e9), calls];
}

/** A row as words, for the message of a failure. */
export function textOf(row: Int32Array): string {
  const cells = (from: number, count: number): string => row.subarray(from, from + count).join(" ");
  return (
    `operation ${row[CELL.operations]} at ${row[CELL.nowMs]} ms: ${commandOf(row)} ` +
    `pool ${row[CELL.pool]} hold ${row[CELL.hold]} ask ${cells(CELL.ask, 5)} ` +
    `units ${cells(CELL.unitsMax, 2)} came to ${outcomeOf(row)} ${cells(CELL.figures, FIGURES)}`
  );
}
