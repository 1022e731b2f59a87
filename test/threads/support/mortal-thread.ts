// One thread of the termination test: calls at random as long as it lives, on a pool that nobody
// else asks, and at a gate that all threads pass.

import { BudgetExceeded } from "../../../src/index.ts";
import type { BudgetPool, BudgetSnapshot, Reservation } from "../../../src/index.ts";
import { SharedBudgetPool } from "../../../src/threads/index.ts";
import type { SharedBudgetHandle } from "../../../src/threads/index.ts";
import { Ledger } from "./ledger.ts";
import { Random } from "./random.ts";

const HOLDS_MAX = 5;
export const GATE_TOKENS = 10;
/** Pools that each thread makes: its own, one below that, and two that it lets go of again. */
export const POOLS_EACH = 4;

/** How a thread ends. */
export type Death = "terminated" | "exits" | "throws" | "survives";

export interface MortalOrders {
  readonly handle: SharedBudgetHandle;
  readonly ledger: Ledger["shared"];
  readonly place: number;
  readonly seed: number;
  readonly death: Death;
}

export const ON_PURPOSE = "on purpose";

/** The name of the pool of a place. */
export function poolName(place: number): string {
  return `own-${place}`;
}

/** Every amount is as many input tokens as tokens, and one call for each that is held. */
export function checkWhole({ path, used, reserved, openReservations }: BudgetSnapshot): void {
  const torn =
    used.tokens !== used.inputTokens ||
    reserved.tokens !== reserved.inputTokens ||
    reserved.calls !== openReservations ||
    used.tokens < 0 ||
    reserved.tokens < openReservations ||
    (openReservations === 0 && reserved.tokens !== 0);
  if (torn) {
    const figures = JSON.stringify({ used, reserved, openReservations });
    throw new Error(`a snapshot of ${path} shows no single instant: ${figures}`);
  }
}

/** A thread that may end at any moment. */
export class MortalThread {
  readonly #orders: MortalOrders;
  readonly #ledger: Ledger;
  readonly #place: number;
  readonly #random: Random;
  #root: SharedBudgetPool;
  #own: BudgetPool;
  #holds: Reservation[] = [];
  #pass: Reservation | undefined;

  constructor(orders: MortalOrders) {
    this.#orders = orders;
    this.#ledger = new Ledger(orders.ledger);
    this.#place = orders.place;
    this.#random = new Random(orders.seed);
    this.#root = SharedBudgetPool.attach(orders.handle);
    this.#own = this.#root.child(poolName(this.#place));
  }

  /** Goes on until it is told to stop, or its time has come. */
  async live(): Promise<void> {
    const { death } = this.#orders;
    const lastCall = this.#random.whole(0, 300);
    for (let call = 0; !this.#ledger.stopped; call++) {
      await this.#act();
      this.#ledger.count(this.#place);
      if (call < lastCall) continue;
      if (death === "exits") process.exit(0);
      if (death === "throws") throw new Error(ON_PURPOSE);
    }
    this.#pass?.release();
    for (const hold of this.#holds) hold.release();
  }

  async #act(): Promise<void> {
    const random = this.#random;
    const step = random.whole(0, 19);
    if (step < 4) this.#record();
    else if (step < 11) this.#reserve();
    else if (step < 15) this.#settle();
    else if (step < 17) this.#look();
    else if (step < 18) this.#makeChild();
    else if (step < 19) await this.#passGate();
    else await this.#rest();
  }

  #record(): void {
    const pool = this.#anyPool();
    const amount = this.#amount();
    this.#book(amount.tokens, () => {
      if (this.#random.onceIn(2)) pool.record(amount);
      else pool.tryRecord(amount);
    });
  }

  #reserve(): void {
    if (this.#holds.length === HOLDS_MAX) return this.#settle();
    const pool = this.#anyPool();
    const amount = this.#amount();
    const unit = { tokens: 1, inputTokens: 1 };
    this.#holds.push(
      this.#random.onceIn(3)
        ? pool.reserveUpTo({ fixed: amount, unit, max: 9 })
        : pool.reserve(amount),
    );
  }

  #settle(): void {
    const index = this.#random.whole(0, this.#holds.length - 1);
    const hold = this.#holds.splice(index, 1)[0];
    if (hold === undefined) return;
    if (this.#random.onceIn(3)) return hold.release();
    const actual = this.#random.onceIn(3) ? hold.amount : this.#amount();
    this.#book(actual.tokens, () => {
      hold.commit(actual);
    });
  }

  /** Notes what it is about to book before, and that it is booked after. */
  #book(tokens: number, call: () => void): void {
    this.#ledger.ask(this.#place, tokens);
    call();
    this.#ledger.acknowledge(this.#place);
  }

  #look(): void {
    for (const pool of [this.#root, this.#anyPool(), this.#root.child("gate")]) {
      checkWhole(pool.snapshot());
    }
  }

  #makeChild(): void {
    const name = this.#random.pick(["first", "second"]);
    const child = this.#own.child(name, { caps: { tokens: 1000 } });
    const amount = this.#amount();
    this.#book(amount.tokens, () => child.record(amount));
    this.#own.forgetChild(name);
  }

  /** Few fit through the gate at the same time, and who holds it up may die. */
  async #passGate(): Promise<void> {
    if (this.#pass !== undefined) {
      this.#pass.release();
      this.#pass = undefined;
      return;
    }
    const gate = this.#root.child("gate");
    const tokens = this.#random.whole(1, GATE_TOKENS / 2);
    const amount = { tokens, inputTokens: tokens };
    try {
      const timeoutMs = this.#random.onceIn(4) ? this.#random.whole(0, 5) : undefined;
      this.#pass = await gate.reserveWhenFree(amount, { timeoutMs });
    } catch (error) {
      if (!BudgetExceeded.is(error) || error.reason !== "busy") throw error;
    }
  }

  async #rest(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    if (this.#random.onceIn(8)) this.#comeAgain();
  }

  /** Ends its part in the budget, which releases what it holds, and takes part again. */
  #comeAgain(): void {
    this.#root.close();
    this.#holds = [];
    this.#pass = undefined;
    this.#root = SharedBudgetPool.attach(this.#orders.handle);
    this.#own = this.#root.child(poolName(this.#place));
  }

  #anyPool(): BudgetPool {
    return this.#random.onceIn(2) ? this.#own : this.#own.child("below");
  }

  #amount(): { tokens: number; inputTokens: number } {
    const tokens = this.#random.whole(1, 9);
    return { tokens, inputTokens: tokens };
  }
}
