// Hosts that call a provider from one budget, in virtual time, with the pools and the draws of the
// package as they are. The provider keeps a bill of its own, and knows what an exact pool would do.

import { BudgetExceeded } from "../../src/index.ts";
import type { Amount } from "../../src/index.ts";
import { BudgetStore } from "../../src/stores/index.ts";
import type { SliceOptions } from "../../src/stores/index.ts";
import { Random } from "./random.ts";
import { SimulatedServer } from "./simulated-server.ts";
import type { Costs } from "./simulated-server.ts";
import { VirtualTime } from "./virtual-time.ts";

/** What is simulated. */
export interface Simulation {
  readonly seed: number;
  readonly hosts: number;
  /** Calls a second of all hosts together. */
  readonly calls: number;
  /** The cap, in mean asks. */
  readonly cap: number;
  readonly slices: SliceOptions | undefined;
  readonly costs: Costs;
}

/** What it came to. Parts are of 1. */
export interface SimulationResult {
  /** Until 90 % of the cap is taken. */
  readonly tripsACall: number;
  readonly withoutTrip: number;
  readonly server: number;
  /** Of all asks: refused although an exact pool would have admitted them, and for 10 ms. */
  readonly falsely: number;
  readonly falselyForLong: number;
  /** What was left unspent at the first refusal, and what was held without need, of the cap. */
  readonly left: number;
  readonly overHold: number;
  readonly bill: number;
  /** The most that the bill and the calls under way came to, of the cap. */
  readonly most: number;
  readonly recalls: number;
}

const ASK = 1_000_000;
const HELD_TO_USED = 3;
const CALL_MS = 2000;
const SKEW = 0.7;
const LONG_MS = 10;
/** How long it goes on once the budget is spent. */
const GRACE_MS = 5000;
const SAMPLE_MS = 100;

/** What is held, by either kind of pool. */
interface Hold {
  commit(actual: Amount): unknown;
}

/** Runs one simulation. */
export async function simulate(simulation: Simulation): Promise<SimulationResult> {
  const time = new VirtualTime();
  time.install();
  const run = new Run(simulation, time);
  await run.begin();
  await time.run(() => run.isOver);
  return run.result();
}

class Run {
  readonly #simulation: Simulation;
  readonly #time: VirtualTime;
  readonly #random: Random;
  readonly #server: SimulatedServer;
  readonly #cap: number;
  #used = 0;
  #held = 0;
  #most = 0;
  /** When what was taken was most lately: falling, the oldest first. */
  readonly #peaks: { readonly atMs: number; readonly taken: number }[] = [];
  #early: { trips: number; asks: number; local: number; busyUs: number; ms: number } | undefined;
  #asks = 0;
  #local = 0;
  #falsely = 0;
  #falselyForLong = 0;
  #left: number | undefined;
  #overHold = 0;
  #samples = 0;
  #endsAt = Infinity;

  constructor(simulation: Simulation, time: VirtualTime) {
    this.#simulation = simulation;
    this.#time = time;
    this.#random = new Random(simulation.seed * 7919 + 13);
    this.#server = new SimulatedServer(time, this.#random, simulation.costs);
    this.#cap = simulation.cap * ASK;
  }

  get isOver(): boolean {
    return this.#time.nowMs >= this.#endsAt;
  }

  async begin(): Promise<void> {
    const { hosts, calls, slices } = this.#simulation;
    const settings = { caps: { tokens: this.#cap }, overage: undefined, window: undefined };
    const first = this.#server
      .storeOfHost()
      .execute("acme", [{ kind: "open", path: "acme", settings }]);
    await this.#until(Promise.resolve(first));
    const weights = Array.from({ length: hosts }, (_, host) => (host + 1) ** -SKEW);
    const sum = weights.reduce((total, weight) => total + weight, 0);
    for (const weight of weights) {
      const store = new BudgetStore(this.#server.storeOfHost());
      // oxlint-disable-next-line no-await-in-loop -- one host after another
      const reserve = await this.#opened(store, slices);
      this.#arrive(reserve, ((calls / 1000) * weight) / sum);
    }
    this.#server.trips = 0;
    this.#server.busyUs = 0;
    this.#sample();
  }

  async #opened(
    store: BudgetStore,
    slices: SliceOptions | undefined,
  ): Promise<(amount: Amount) => Promise<Hold>> {
    if (slices === undefined) {
      const pool = await this.#until(store.pool("acme"));
      return (amount) => pool.reserve(amount);
    }
    const pool = await this.#until(store.pool("acme", { slices }));
    return (amount) => pool.reserve(amount);
  }

  /** Lets time pass until a promise is settled. */
  async #until<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    const settled = promise.finally(() => {
      isSettled = true;
    });
    await this.#time.run(() => isSettled);
    return settled;
  }

  #arrive(reserve: (amount: Amount) => Promise<Hold>, perMs: number): void {
    this.#time.after(this.#random.waitMs(perMs), () => {
      void this.#call(reserve);
      this.#arrive(reserve, perMs);
    });
  }

  async #call(reserve: (amount: Amount) => Promise<Hold>): Promise<void> {
    const used = Math.round((ASK / HELD_TO_USED) * this.#random.factor(0.6));
    const tokens = Math.max(used, Math.round(ASK * this.#random.factor(0.3)));
    const at = this.#time.nowMs;
    this.#asks++;
    let hold: Hold;
    try {
      hold = await reserve({ tokens });
    } catch (error) {
      if (!BudgetExceeded.is(error)) throw error;
      this.#refused(tokens);
      return;
    }
    if (this.#time.nowMs === at) this.#local++;
    this.#take(tokens, 0);
    this.#time.after(CALL_MS * this.#random.factor(0.5), () => {
      // It is billed, whoever hears of it.
      this.#take(-tokens, used);
      void hold.commit({ tokens: used });
    });
  }

  #take(held: number, used: number): void {
    this.#notePeak();
    this.#held += held;
    this.#used += used;
    this.#most = Math.max(this.#most, this.#used + this.#held);
    this.#notePeak();
    if (this.#endsAt === Infinity && this.#used >= this.#cap * 0.999)
      this.#endsAt = this.#time.nowMs + GRACE_MS;
  }

  #notePeak(): void {
    const taken = this.#used + this.#held;
    while ((this.#peaks.at(-1)?.taken ?? Infinity) <= taken) this.#peaks.pop();
    this.#peaks.push({ atMs: this.#time.nowMs, taken });
  }

  #refused(tokens: number): void {
    this.#left ??= (this.#cap - this.#used - this.#held) / this.#cap;
    if (this.#used + this.#held + tokens > this.#cap) return;
    this.#falsely++;
    this.#notePeak();
    const from = this.#time.nowMs - LONG_MS;
    while ((this.#peaks[1]?.atMs ?? Infinity) <= from) this.#peaks.shift();
    if ((this.#peaks[0]?.taken ?? 0) + tokens <= this.#cap) this.#falselyForLong++;
  }

  #sample(): void {
    this.#time.after(SAMPLE_MS, () => {
      const taken = this.#server.books.pool("acme")?.state.taken.tokens ?? 0;
      const { trips, busyUs } = this.#server;
      if (taken > this.#cap * 0.9)
        this.#early ??= {
          trips,
          busyUs,
          asks: this.#asks,
          local: this.#local,
          ms: this.#time.nowMs,
        };
      if (taken < this.#cap * 0.98) {
        this.#overHold += (taken - this.#used - this.#held) / this.#cap;
        this.#samples++;
      }
      this.#sample();
    });
  }

  result(): SimulationResult {
    const early = this.#early ?? { trips: 0, asks: 1, local: 0, busyUs: 0, ms: 1 };
    return {
      tripsACall: early.trips / early.asks,
      withoutTrip: early.local / early.asks,
      server: early.busyUs / 1000 / early.ms,
      falsely: this.#falsely / this.#asks,
      falselyForLong: this.#falselyForLong / this.#asks,
      left: this.#left ?? 0,
      overHold: this.#overHold / Math.max(1, this.#samples),
      bill: this.#used / this.#cap,
      most: this.#most / this.#cap,
      recalls: this.#server.recalls,
    };
  }
}
