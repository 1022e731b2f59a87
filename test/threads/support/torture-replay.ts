// Puts the calls of all threads in the order of their operations, makes them on the reference
// model, and compares what they came to.

import { modelActual, modelQuantities } from "../../../src/testing/model-quantities.ts";
import type { ModelAmount } from "../../../src/testing/model-quantities.ts";
import type {
  ModelHold,
  ModelOutcome,
  ModelRefusal,
} from "../../../src/testing/reference-model.ts";
import { numbersOf, RunningModel } from "./running-model.ts";
import {
  CELL,
  commandOf,
  commitFigures,
  FIELDS,
  hasChanged,
  outcomeOf,
  refusalFigures,
  rowsOf,
  snapshotFigures,
  textOf,
  writeOutcome,
} from "./torture-log.ts";
import { unitOf } from "./torture-tree.ts";
import type { TortureTree } from "./torture-tree.ts";

interface Entry {
  readonly thread: number;
  readonly row: Int32Array;
}

/**
 * Makes all calls on the model, in order, and answers how many there were of each outcome.
 *
 * @throws on the first that came to something else.
 */
export function replay(tree: TortureTree, logs: readonly Int32Array[]): Map<string, number> {
  const model = new Replay(tree);
  const counts = new Map<string, number>();
  for (const entry of inOrder(tree, logs)) {
    model.compare(entry);
    const outcome = `${commandOf(entry.row)}: ${outcomeOf(entry.row)}`;
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  model.compareSums();
  return counts;
}

/** All calls by operation; what has changed something goes before those who saw it. */
function inOrder(tree: TortureTree, logs: readonly Int32Array[]): Entry[] {
  const entries = logs.flatMap((log, thread) => rowsOf(log).map((row) => ({ thread, row })));
  entries.sort(
    (left, right) =>
      numberOf(left) - numberOf(right) ||
      Number(hasChanged(right.row)) - Number(hasChanged(left.row)) ||
      // A refused call may have found a window over: that changes something too. Of those that have
      // seen the same operation, the one with the latest time is it, or would have been.
      (right.row[CELL.nowMs] ?? 0) - (left.row[CELL.nowMs] ?? 0),
  );
  checkNumbers(tree, entries);
  return entries;
}

function numberOf({ row }: Entry): number {
  return row[CELL.operations] ?? 0;
}

/** Every operation since the making of the pools is somebody's, and no two have the same number. */
function checkNumbers({ pools, lenient }: TortureTree, entries: readonly Entry[]): void {
  let number = pools.length;
  for (const entry of entries) {
    const changed = hasChanged(entry.row);
    const isNext = numberOf(entry) === number + 1 && (changed || lenient);
    if (isNext) number++;
    else if (changed || numberOf(entry) !== number) {
      throw new Error(`after operation ${number} came ${textOf(entry.row)}`);
    }
  }
}

class Replay {
  readonly #pools: RunningModel[] = [];
  readonly #holds = new Map<string, ModelHold>();

  constructor(tree: TortureTree) {
    for (const { name, below, ...options } of tree.pools) {
      const parent = this.#pools[below];
      const path = parent === undefined ? name : `${parent.path}/${name}`;
      this.#pools.push(new RunningModel(path, options, parent));
    }
  }

  /** Makes a call, and fails unless it comes to what the thread has written down. */
  compare({ thread, row }: Entry): void {
    const expected = row.slice();
    expected.fill(0, CELL.outcome);
    this.#perform(expected, `${thread}:${row[CELL.hold]}`);
    if (row.every((cell, index) => cell === expected[index])) return;
    throw new Error(`thread ${thread} has ${textOf(row)}\n the model has ${textOf(expected)}`);
  }

  /** The running sums are those of the naive model. */
  compareSums(): void {
    for (const pool of this.#pools) {
      const running = numbersOf(pool.used()).join(" ");
      const naive = numbersOf(pool.usedNaively()).join(" ");
      if (running !== naive) throw new Error(`${pool.path} has used ${running}, not ${naive}`);
    }
  }

  #perform(row: Int32Array, holdKey: string): void {
    const pool = this.#pools[row[CELL.pool] ?? 0];
    if (pool === undefined) throw new Error(`there is no pool: ${textOf(row)}`);
    const held = this.#holds.get(holdKey);
    // Who settles again is told without a look at the clock.
    if (commandOf(row) !== "commit again") pool.roll(row[CELL.nowMs] ?? 0);
    const ask = askOf(row);
    switch (commandOf(row)) {
      case "record":
        return this.#write(row, pool.record(modelQuantities(ask)));
      case "tryRecord":
        return this.#write(row, pool.record(modelQuantities(ask)), true);
      case "check":
        return this.#write(row, pool.judge(modelQuantities(ask)));
      case "reserve":
      case "tryReserve": {
        const { outcome, hold } = pool.reserve(modelQuantities(ask));
        this.#keep(holdKey, row, hold);
        return this.#write(row, outcome, commandOf(row) === "tryReserve");
      }
      case "reserveUpTo":
        return this.#grant(row, pool, holdKey);
      case "commit":
      case "commit again":
        if (held === undefined) return;
        return this.#write(row, pool.commit(held, modelActual(ask, held.amount)));
      case "release":
        if (held !== undefined) pool.release(held);
        return;
      case "configure":
        pool.caps = { ...pool.caps, ...ask };
        return;
      case "reset":
        return pool.reset();
      case "snapshot":
        return writeOutcome(row, "seen", this.#figuresOf(pool));
    }
  }

  #keep(holdKey: string, row: Int32Array, hold: ModelHold | undefined): void {
    if (hold !== undefined) this.#holds.set(holdKey, hold);
    else row[CELL.hold] = 0;
  }

  #grant(row: Int32Array, pool: RunningModel, holdKey: string): void {
    const { outcome, hold } = pool.reserveUpTo(
      modelQuantities(askOf(row)),
      modelQuantities(unitOf(row[CELL.scale] ?? 0), 0),
      1,
      row[CELL.unitsMax] ?? 0,
    );
    this.#keep(holdKey, row, hold);
    this.#write(row, outcome);
  }

  #write(row: Int32Array, outcome: ModelOutcome, untold = false): void {
    switch (outcome.kind) {
      case "done":
        if (outcome.units === undefined) return writeOutcome(row, "done", []);
        return writeOutcome(row, "granted", [outcome.units]);
      case "refused":
        if (untold) return writeOutcome(row, "not now", []);
        return writeOutcome(row, "refused", this.#figuresOfRefusal(outcome.refusal));
      case "settled before":
        return writeOutcome(row, "settled before", []);
      case "committed": {
        const { exceeded, overage, throws, rejected } = outcome;
        const figures = commitFigures({
          throws,
          booked: !rejected,
          overage: numbersOf(overage),
          exceeded: exceeded === undefined ? [] : this.#figuresOfRefusal(exceeded),
        });
        return writeOutcome(row, "committed", figures);
      }
      default:
        throw new Error(`unexpected: ${outcome.kind}`);
    }
  }

  #figuresOfRefusal(refusal: ModelRefusal): number[] {
    return refusalFigures({
      ...refusal,
      pool: this.#pools.findIndex(({ path }) => path === refusal.pool),
      field: refusal.axis,
      attempted: Number(refusal.attempted),
      cap: Number(refusal.cap),
      used: Number(refusal.used),
      reserved: Number(refusal.reserved),
    });
  }

  #figuresOf(pool: RunningModel): number[] {
    return snapshotFigures({
      used: numbersOf(pool.used()),
      reserved: numbersOf(pool.reserved()),
      openReservations: pool.openCount,
      generation: pool.generation,
      startsAt: pool.windowStart(),
      tokensMax: pool.caps.tokens,
    });
  }
}

/** What a row asks for, without what was left out. */
function askOf(row: Int32Array): ModelAmount {
  const ask: { [field: string]: number } = {};
  for (const [index, field] of FIELDS.entries()) {
    const quantity = row[CELL.ask + index] ?? -1;
    if (quantity >= 0) ask[field] = quantity;
  }
  return ask;
}
