// One thread of the torture: calls at random, and what each of them came to.

import { BudgetExceeded, ReservationSettled } from "../../../src/index.ts";
import type { Amount, BudgetPool, Clock, Reservation } from "../../../src/index.ts";
import type { SharedBudgetPool } from "../../../src/threads/index.ts";
import { Random } from "./random.ts";
import {
  CELL,
  commandOf,
  COMMANDS,
  commitFigures,
  FIELDS,
  figuresOfRefusal,
  figuresOfSettlement,
  figuresOfSnapshot,
  TortureLog,
  wholeOf,
  writeOutcome,
} from "./torture-log.ts";
import type { Command } from "./torture-log.ts";
import { SHARED, tortureTrees, unitOf } from "./torture-tree.ts";
import type { TortureOrders, TortureTree } from "./torture-tree.ts";
import type { ModelAmount } from "../../../src/testing/index.ts";

const HOLDS_MAX = 5;
const LEFT_OUT = -1;

interface Held {
  readonly id: number;
  readonly pool: number;
  readonly reservation: Reservation;
}

/** The clock that all threads read: it goes on when one of them moves it. */
export class SharedClock implements Clock {
  readonly #shared: Int32Array;
  /** What was read last: it is what the step that stood has gone by. */
  last = 0;

  constructor(shared: Int32Array) {
    this.#shared = shared;
  }

  now(): number {
    this.last = Atomics.load(this.#shared, SHARED.nowMs);
    return this.last;
  }

  moveOn(): void {
    Atomics.add(this.#shared, SHARED.nowMs, 1);
  }

  schedule(): () => void {
    return () => {};
  }
}

/** Lets everybody go on who waits for a word. */
export function openGate(shared: Int32Array, word: number): void {
  Atomics.store(shared, word, 1);
  Atomics.notify(shared, word);
}

/** The handles of a tree's pools, in its order. */
export function poolsOf(root: SharedBudgetPool, { pools }: TortureTree): SharedBudgetPool[] {
  const handles: SharedBudgetPool[] = [];
  for (const { name, below } of pools) {
    handles.push(handles[below]?.child(name) ?? root);
  }
  return handles;
}

/** Calls at random on the pools of a tree. */
export class TortureThread {
  readonly #root: SharedBudgetPool;
  readonly #clock: SharedClock;
  readonly #tree: TortureTree;
  readonly #random: Random;
  readonly #pools: readonly BudgetPool[];
  readonly #paths: readonly string[];
  readonly #holds: Held[] = [];
  #settled: Held | undefined;
  #lastHold = 0;
  readonly log: TortureLog;

  constructor(root: SharedBudgetPool, clock: SharedClock, orders: TortureOrders) {
    this.#root = root;
    this.#clock = clock;
    this.#tree = tortureTrees[orders.tree];
    this.#random = new Random(orders.seed);
    this.#pools = poolsOf(root, this.#tree);
    this.#paths = this.#pools.map(({ path }) => path);
    this.log = new TortureLog(orders.calls);
  }

  /** One call. */
  act(): void {
    if (this.#random.onceIn(4)) this.#clock.moveOn();
    this.#perform(this.#choose());
  }

  /** A snapshot of one pool. */
  look(pool: number): void {
    this.#perform("snapshot", pool);
  }

  #choose(): Command {
    const random = this.#random;
    if (this.#tree.lenient) {
      if (random.onceIn(400)) return "reset";
      if (random.onceIn(100)) return "configure";
    }
    if (this.#settled !== undefined && random.onceIn(100)) return "commit again";
    if (this.#holds.length > 0 && random.whole(0, HOLDS_MAX) < this.#holds.length) {
      return random.onceIn(3) ? "release" : "commit";
    }
    return random.pick([
      "record",
      "tryRecord",
      "check",
      "reserve",
      "reserve",
      "tryReserve",
      "tryReserve",
      "reserveUpTo",
      "snapshot",
    ]);
  }

  #perform(command: Command, pool: number = this.#poolFor(command)): void {
    const row = this.log.next();
    row[CELL.command] = COMMANDS.indexOf(command);
    row[CELL.pool] = pool;
    try {
      this.#call(row, command, pool);
    } catch (error) {
      this.#writeError(row, error);
    }
    row[CELL.operations] = this.#root.operations;
    row[CELL.nowMs] = this.#clock.last;
  }

  #poolFor(command: Command): number {
    const all = command === "snapshot" || command === "check";
    return all
      ? this.#random.whole(0, this.#pools.length - 1)
      : this.#random.pick(this.#tree.asked);
  }

  #call(row: Int32Array, command: Command, at: number): void {
    const pool = this.#pools[at];
    if (pool === undefined) throw new RangeError(`there is no pool ${at}`);
    switch (command) {
      case "record":
        pool.record(this.#amount(row, true));
        return writeOutcome(row, "done", []);
      case "tryRecord":
        return writeOutcome(row, pool.tryRecord(this.#amount(row, true)) ? "done" : "not now", []);
      case "check": {
        const told = pool.check(this.#amount(row));
        if (told === undefined) return writeOutcome(row, "done", []);
        return writeOutcome(row, "refused", figuresOfRefusal(told, this.#paths));
      }
      case "reserve":
        this.#keep(row, at, pool.reserve(this.#amount(row)));
        return writeOutcome(row, "done", []);
      case "tryReserve": {
        const reservation = pool.tryReserve(this.#amount(row));
        if (reservation !== undefined) this.#keep(row, at, reservation);
        return writeOutcome(row, reservation === undefined ? "not now" : "done", []);
      }
      case "reserveUpTo":
        return this.#grant(row, at, pool);
      case "commit":
        return this.#commit(row, this.#take());
      case "commit again":
        return this.#commit(row, this.#settled);
      case "release":
        return this.#release(row);
      case "configure":
        return this.#configure(row, at, pool);
      case "reset":
        pool.reset();
        return writeOutcome(row, "done", []);
      case "snapshot":
        return writeOutcome(row, "seen", figuresOfSnapshot(pool.snapshot()));
    }
  }

  #writeError(row: Int32Array, error: unknown): void {
    if (ReservationSettled.is(error) && error.code === "RESERVATION_SETTLED") {
      return writeOutcome(row, "settled before", []);
    }
    if (!BudgetExceeded.is(error)) throw error;
    const exceeded = figuresOfRefusal(error, this.#paths);
    if (commandOf(row) !== "commit") return writeOutcome(row, "refused", exceeded);
    const came = { throws: true, booked: error.booked, overage: [], exceeded };
    writeOutcome(row, "committed", commitFigures(came));
  }

  #keep(row: Int32Array, pool: number, reservation: Reservation): void {
    const id = ++this.#lastHold;
    row[CELL.hold] = id;
    this.#holds.push({ id, pool, reservation });
  }

  #grant(row: Int32Array, at: number, pool: BudgetPool): void {
    const random = this.#random;
    const max = random.whole(1, 9);
    const scale = random.whole(1, Math.ceil(this.#tree.largest / 10));
    row[CELL.unitsMax] = max;
    row[CELL.scale] = scale;
    const fixed = this.#amount(row, true);
    const grant = pool.reserveUpTo({ fixed, unit: amountOf(unitOf(scale)), max });
    this.#keep(row, at, grant);
    writeOutcome(row, "granted", [grant.units]);
  }

  #take(): Held | undefined {
    const index = this.#random.whole(0, this.#holds.length - 1);
    return this.#holds.splice(index, 1)[0];
  }

  #settle(row: Int32Array, held: Held | undefined): Reservation {
    if (held === undefined) throw new RangeError("nothing is held");
    this.#settled = held;
    row[CELL.hold] = held.id;
    row[CELL.pool] = held.pool;
    return held.reservation;
  }

  #commit(row: Int32Array, held: Held | undefined): void {
    const reservation = this.#settle(row, held);
    const actual = this.#actual(wholeOf(reservation.amount));
    row.set(actual, CELL.ask);
    const leftOut = actual.every((quantity) => quantity === LEFT_OUT);
    const settlement = reservation.commit(leftOut ? undefined : amountOfCells(actual));
    writeOutcome(row, "committed", figuresOfSettlement(settlement, this.#paths));
  }

  #release(row: Int32Array): void {
    this.#settle(row, this.#take()).release();
    writeOutcome(row, "done", []);
  }

  /** Caps of one axis that has one, around what it was made with. */
  #configure(row: Int32Array, at: number, pool: BudgetPool): void {
    const made = this.#tree.pools[at]?.caps ?? {};
    const field = this.#random.pick(FIELDS.filter((each) => made[each] !== undefined));
    const cap = Math.round((made[field] ?? 0) * (0.5 + this.#random.fraction()));
    row.fill(LEFT_OUT, CELL.ask, CELL.ask + 5);
    row[CELL.ask + FIELDS.indexOf(field)] = cap;
    pool.configure({ caps: amountOf({ [field]: cap }) });
    writeOutcome(row, "done", []);
  }

  #amount(row: Int32Array, small = false): Amount {
    const random = this.#random;
    const tokens = small ? random.whole(0, 6) : random.whole(1, this.#largestNow());
    const inputTokens = random.whole(0, tokens);
    const cells = [
      tokens,
      inputTokens,
      tokens - inputTokens,
      2 * tokens + random.whole(0, tokens),
      random.whole(0, 2),
    ];
    row.set(cells, CELL.ask);
    return amountOfCells(cells);
  }

  #largestNow(): number {
    return this.#random.pick([12, 12, this.#tree.largest / 10, this.#tree.largest]);
  }

  /** Under, exactly as, or over what was held; five quantities, −1 for one left out. */
  #actual(held: readonly number[]): number[] {
    const random = this.#random;
    const { lenient } = this.#tree;
    // What is large is hardly ever used up, or else little could be asked for after that.
    const exactly = lenient ? random.onceIn(6) : (held[0] ?? 0) < 9 && random.onceIn(2);
    if (exactly) return [LEFT_OUT, LEFT_OUT, LEFT_OUT, LEFT_OUT, LEFT_OUT];
    if (lenient && random.onceIn(6)) return held.map((quantity) => quantity + random.whole(0, 9));
    const actual = held.map((quantity) => Math.min(quantity, random.whole(0, 3)));
    return lenient && random.onceIn(4)
      ? actual.map((quantity) => (random.onceIn(4) ? LEFT_OUT : quantity))
      : actual;
  }
}

/** Five quantities as callers write them, without those left out. */
function amountOfCells(cells: readonly number[]): Amount {
  const amount: { [field: string]: number } = {};
  for (const [index, field] of FIELDS.entries()) {
    const quantity = cells[index] ?? LEFT_OUT;
    if (quantity !== LEFT_OUT) amount[field] = quantity;
  }
  return amountOf(amount);
}

function amountOf({ nanoUsd, ...counts }: ModelAmount): {
  readonly [axis in keyof Amount]: number;
} {
  return nanoUsd === undefined ? counts : { ...counts, usd: nanoUsd / 1e9 };
}
