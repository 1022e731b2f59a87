import { Worker } from "node:worker_threads";

import { afterAll, beforeAll, expect, it } from "vitest";

import type { BudgetPool } from "../../src/index.ts";
import { SharedBudgetPool } from "../../src/threads/index.ts";
import { bundle } from "./support/bundle.ts";
import type { Bundle } from "./support/bundle.ts";
import { Ledger } from "./support/ledger.ts";
import {
  checkWhole,
  GATE_TOKENS,
  ON_PURPOSE,
  poolName,
  POOLS_EACH,
} from "./support/mortal-thread.ts";
import type { Death, MortalOrders } from "./support/mortal-thread.ts";
import { newSeed, Random } from "./support/random.ts";

const kills = Number(process.env["KILLS"] ?? 150);
const SURVIVORS = 2;
const MORTALS = 8;
const PLACES = SURVIVORS + MORTALS;
/** As many as can be attached at the same time: a row that is not given back is missed at once. */
const THREADS = 1 + PLACES;
/** Five that are kept, one at the gate, one that is waited for. */
const RESERVATIONS = 7 * PLACES;
/** How long a survivor may take for a call at the very most. */
const STALL_MS = 60_000;
const LIFE_MS_MAX = 25;

let worker: Bundle;
beforeAll(() => {
  worker = bundle(new URL("termination-worker.ts", import.meta.url));
});
afterAll(() => worker.remove());

/** A budget whose threads are killed, and what has come of it. */
class Massacre {
  readonly random: Random;
  readonly root: SharedBudgetPool;
  readonly gate: BudgetPool;
  readonly ledger: Ledger = Ledger.create(PLACES);
  readonly #pools: readonly BudgetPool[];
  readonly #survivors: Promise<number>[] = [];
  readonly #threads = new Set<Worker>();
  readonly deaths: Record<Death, number> = { terminated: 0, exits: 0, throws: 0, survives: 0 };
  left: number = kills;
  /** What the dead had open when they ended, and whose last call took effect or not. */
  readonly figures = { freed: 0, unacknowledged: 0, lost: 0, looks: 0 };
  #over = false;

  constructor(seed: number, slicesAfter: number) {
    this.random = new Random(seed);
    this.root = SharedBudgetPool.create({
      slicesAfter,
      capacity: { threads: THREADS, pools: 2 + PLACES * POOLS_EACH, reservations: RESERVATIONS },
    });
    this.gate = this.root.child("gate", { caps: { tokens: GATE_TOKENS } });
    this.#pools = Array.from({ length: PLACES }, (_, place) => this.root.child(poolName(place)));
  }

  /** Kills as many as are to be killed, one after another at each place. */
  async run(): Promise<void> {
    for (let place = 0; place < SURVIVORS; place++) {
      this.#survivors.push(this.#start(place, "survives").exit);
    }
    const places = Array.from({ length: MORTALS }, async (_, mortal) => {
      while (this.left-- > 0) await this.#bury(SURVIVORS + mortal);
    });
    const buried = Promise.all(places);
    const survived = Promise.all(this.#survivors);
    const watched = this.#watch();
    await Promise.race([buried, survived, watched]);
    this.#over = true;
    this.ledger.stop();
    await Promise.all([buried, watched]);
    expect(await survived).toEqual(this.#survivors.map(() => 0));
  }

  /** Ends whatever is left, and so what waits for it. */
  async end(): Promise<void> {
    this.left = 0;
    this.#over = true;
    for (const thread of this.#threads) await thread.terminate();
    this.root.close();
  }

  #start(place: number, death: Death): { thread: Worker; exit: Promise<number> } {
    const orders: MortalOrders = {
      handle: this.root.handle,
      ledger: this.ledger.shared,
      place,
      seed: this.random.whole(0, 2 ** 31 - 1),
      death,
    };
    const thread = new Worker(worker.url, { workerData: orders });
    this.#threads.add(thread);
    const exit = new Promise<number>((resolve, reject) => {
      thread.once("error", (error: unknown) => {
        if (error instanceof Error && error.message === ON_PURPOSE) return;
        reject(error ?? new Error("a thread has thrown undefined"));
      });
      thread.once("exit", (code) => {
        this.#threads.delete(thread);
        resolve(code);
      });
    });
    // After the budget has begun to watch the thread, so as to be told of its end before it is.
    process.nextTick(() => {
      thread.prependOnceListener("exit", () => {
        this.figures.freed += this.#pools[place]?.snapshot().openReservations ?? 0;
      });
    });
    return { thread, exit };
  }

  /** Starts a thread, sees it end, and compares what it has left behind with its notes. */
  async #bury(place: number): Promise<void> {
    const { ledger, random } = this;
    const pool = this.#pools[place]!;
    const death = random.pick<Death>(["terminated", "terminated", "terminated", "exits", "throws"]);
    ledger.begin(place, pool.snapshot().used.tokens);
    const { thread, exit } = this.#start(place, death);
    if (death === "terminated") this.#terminate(thread);
    await exit;
    this.deaths[death]++;
    const { used, reserved, openReservations } = pool.snapshot();
    expect([reserved.tokens, openReservations], `held by the dead at ${pool.path}`).toEqual([0, 0]);
    const asked = ledger.asked(place);
    const acknowledged = ledger.acknowledged(place);
    // The last call has booked all of it or nothing.
    expect([acknowledged, asked], `booked at ${pool.path}`).toContain(used.tokens);
    if (asked === acknowledged) return;
    if (used.tokens === acknowledged) this.figures.lost++;
    else this.figures.unacknowledged++;
  }

  /** Ends a thread at any moment of its life; some do not even come to begin. */
  #terminate(thread: Worker): void {
    const beforeItLives = this.random.onceIn(8);
    const afterMs = this.random.fraction() * (beforeItLives ? LIFE_MS_MAX * 4 : LIFE_MS_MAX);
    const kill = (): void => {
      const timer = setTimeout(() => void thread.terminate(), afterMs);
      thread.once("exit", () => clearTimeout(timer));
    };
    if (beforeItLives) kill();
    else thread.once("message", kill);
  }

  /** Looks at the pools all the time, and whether the survivors go on. */
  async #watch(): Promise<void> {
    const before: number[] = [];
    let since = performance.now();
    while (!this.#over) {
      for (const pool of [this.root, this.gate, this.random.pick(this.#pools)]) {
        checkWhole(pool.snapshot());
        this.figures.looks++;
      }
      expect(this.gate.snapshot().remaining.tokens).toBeGreaterThanOrEqual(0);
      const calls = Array.from({ length: SURVIVORS }, (_, place) => this.ledger.calls(place));
      if (calls.every((count, place) => count > (before[place] ?? 0))) {
        before.splice(0, SURVIVORS, ...calls);
        since = performance.now();
      } else if (performance.now() - since > STALL_MS) {
        throw new Error(`the survivors stand still at ${calls.join(" and ")} calls`);
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  /** When all have ended, nothing is held, and the books are the sum of what each has booked. */
  expectQuiet(): void {
    const { used, reserved, openReservations } = this.root.snapshot();
    expect([reserved.tokens, reserved.calls, openReservations]).toEqual([0, 0, 0]);
    expect(this.gate.snapshot()).toMatchObject({ openReservations: 0, reserved: { tokens: 0 } });
    const booked = this.#pools.map((pool) => pool.snapshot().used.tokens);
    expect(used.tokens).toBe(booked.reduce((sum, tokens) => sum + tokens, 0));
    for (let place = 0; place < SURVIVORS; place++) {
      expect(booked[place]).toBe(this.ledger.acknowledged(place));
    }
    // Every place for a reservation has come free again.
    const all = Array.from({ length: RESERVATIONS }, () => this.root.reserve({ tokens: 1 }));
    for (const reservation of all) reservation.release();
  }
}

it.each([0, 1])(
  `R8, R11, F28 ${kills} threads killed at any moment book all of a call or nothing, and hold up no one; slices after %i`,
  { timeout: 3_600_000 },
  async (slicesAfter) => {
    const seed = newSeed();
    const massacre = new Massacre(seed, slicesAfter);
    const beganAt = performance.now();
    try {
      await massacre.run();
      massacre.expectQuiet();
    } catch (cause) {
      throw new Error(`SEED=${seed}: ${cause instanceof Error ? cause.message : ""}`, { cause });
    } finally {
      await massacre.end();
    }
    const { deaths, figures, ledger } = massacre;
    expect(deaths.terminated + deaths.exits + deaths.throws).toBe(kills);
    const seconds = Math.round((performance.now() - beganAt) / 1000);
    const calls = Array.from({ length: PLACES }, (_, place) => ledger.calls(place));
    const report = { kills, deaths, ...figures, calls, seconds };
    if (process.env["KILLS"] !== undefined) process.stdout.write(`${JSON.stringify(report)}\n`);
  },
);
