import fc from "fast-check";
import { expect, it, onTestFinished } from "vitest";

import { BudgetPool } from "../../src/pool/budget-pool.ts";
import { readRootSettings } from "../../src/pool/options.ts";
import type { Reservation } from "../../src/pool/reservation.ts";
import { ManualClock } from "../../src/testing/index.ts";
import { createBuffer } from "../../src/threads/shared-buffer.ts";
import { SharedTree } from "../../src/threads/shared-tree.ts";
import { sweep } from "../../src/threads/sweep.ts";
import { ThreadRows } from "../../src/threads/thread-rows.ts";

// Goal: slices change nothing that anybody is told. Method: three threads' views of one buffer, which
// take slices after their first ask, beside one pool in the memory of one thread; whatever is done in
// one of the views is done there too, and must come to the same, refusals and figures included. Then
// the same with others' asks in the middle of atomic operations: no cap is passed, and the books are
// what was answered.

const seed = process.env["SEED"];
const runs = Number(process.env["RUNS"] ?? 2000);
const THREADS = 3;
const ROOT = {
  caps: { tokens: 3000, usd: 5 },
  window: { everyMs: 1000 },
  overage: "allow",
} as const;
const CHILDREN = [{ caps: { tokens: 2000 } }, { caps: { usd: 2 } }] as const;
const DOINGS = ["record", "reserve", "commit", "release", "look", "reset", "die", "wait"] as const;

interface Command {
  readonly do: (typeof DOINGS)[number];
  readonly thread: number;
  readonly pool: number;
  readonly tokens: number;
  readonly which: number;
}

interface Held {
  readonly ours: Reservation;
  readonly theirs: Reservation;
}

/** The pools of one thread, and what it holds. */
class View {
  readonly tree: SharedTree;
  readonly pools: readonly BudgetPool[];
  held: Held[] = [];

  constructor(tree: SharedTree, fresh: boolean) {
    this.tree = tree;
    if (fresh) tree.makeRoot("budget", readRootSettings(ROOT));
    const node = tree.find(0, 1);
    if (node === undefined) throw new Error("the root is missing");
    this.pools = poolsOf(new BudgetPool(node));
  }
}

class World {
  readonly clock = new ManualClock();
  readonly shared = createBuffer({ threads: THREADS, pools: 4, reservations: 64 }, 60_000, 1);
  readonly rows = new ThreadRows(this.shared);
  readonly reference = poolsOf(new BudgetPool({ ...ROOT, clock: this.clock }));
  readonly views: View[] = [];

  constructor() {
    for (let thread = 0; thread < THREADS; thread++) this.views[thread] = this.view(thread);
  }

  view(thread: number): View {
    const owner = this.rows.take(thread + 1);
    return new View(new SharedTree(this.shared, this.rows, owner, this.clock), thread === 0);
  }

  perform({ do: how, thread, pool, tokens, which }: Command): void {
    const view = this.views[thread];
    const ours = view?.pools[pool];
    const theirs = this.reference[pool];
    if (view === undefined || ours === undefined || theirs === undefined) return;
    const amount = { tokens, usd: tokens / 1000 };
    if (how === "record") expect(ours.tryRecord(amount)).toBe(theirs.tryRecord(amount));
    else if (how === "reserve") {
      const one = ours.tryReserve(amount);
      const other = theirs.tryReserve(amount);
      expect(one === undefined).toBe(other === undefined);
      if (one && other) view.held.push({ ours: one, theirs: other });
    } else if (how === "look") this.#compare(view);
    else if (how === "reset") for (const each of [ours, theirs]) each.reset();
    else if (how === "wait") this.clock.advance(tokens * 10);
    else if (how === "die") this.#die(thread, view, which === 0);
    else settle(view, how, which, amount);
  }

  /** A thread ends, or is only taken to have ended and goes on. */
  #die(thread: number, view: View, ended: boolean): void {
    const other = this.views[(thread + 1) % THREADS];
    if (other === undefined) return;
    sweep(other.tree, view.tree.owner, ended);
    for (const { theirs } of view.held) theirs.release();
    if (!ended) {
      // Its own releases free nothing any more.
      for (const { ours } of view.held) ours.release();
      view.held = [];
    } else this.views[thread] = new View(this.#joined(thread), false);
  }

  #joined(thread: number): SharedTree {
    return new SharedTree(this.shared, this.rows, this.rows.take(thread + 1), this.clock);
  }

  #compare(view: View): void {
    for (const [at, pool] of view.pools.entries())
      expect(pool.snapshot()).toStrictEqual(this.reference[at]?.snapshot());
  }

  end(): void {
    for (const view of this.views) this.#compare(view);
  }
}

function poolsOf(root: BudgetPool): BudgetPool[] {
  const [first, second] = CHILDREN;
  return [root, root.child("first", first), root.child("second", second)];
}

function settle(view: View, how: string, which: number, amount: object): void {
  const [held] = view.held.splice(which % Math.max(1, view.held.length), 1);
  if (held === undefined) return;
  const { ours, theirs } = held;
  if (how === "release") for (const each of [ours, theirs]) each.release();
  else expect(ours.commit(amount)).toStrictEqual(theirs.commit(amount));
}

const command: fc.Arbitrary<Command> = fc.record({
  do: fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom("record", "reserve", "commit", "release") },
    { weight: 1, arbitrary: fc.constantFrom(...DOINGS) },
  ),
  thread: fc.nat(THREADS - 1),
  pool: fc.nat(CHILDREN.length),
  tokens: fc.integer({ min: 0, max: 40 }),
  which: fc.nat(3),
});

it("R2–R9 slices change no answer and no figure, whichever thread takes them back and whichever ends", () => {
  expect.hasAssertions();
  fc.assert(
    fc.property(fc.array(command, { maxLength: 200 }), (commands) => {
      const world = new World();
      for (const each of commands) world.perform(each);
      world.end();
    }),
    { numRuns: runs, ...(seed !== undefined && { seed: Number(seed) }) },
  );
});

it("I1 I2 requests between the atomic operations of other threads pass no cap, and are booked", () => {
  expect.hasAssertions();
  const compareExchange = Atomics.compareExchange.bind(Atomics);
  const before = Object.getOwnPropertyDescriptor(Atomics, "compareExchange") ?? {};
  onTestFinished(() => void Object.defineProperty(Atomics, "compareExchange", before));
  fc.assert(
    fc.property(
      fc.array(command, { maxLength: 120 }),
      fc.array(fc.tuple(fc.nat(6), command), { maxLength: 120 }),
      (commands, inBetween) => {
        const between = [...inBetween];
        const world = new World();
        const told = new Told(world);
        let inside = false;
        let wait = between[0]?.[0] ?? 0;
        const interrupt = (busy: number): void => {
          if (inside || between.length === 0 || wait-- > 0) return;
          const [, next] = between.shift() ?? [];
          wait = between[0]?.[0] ?? 0;
          if (next === undefined || next.thread === busy) return;
          inside = true;
          told.perform(next);
          inside = false;
        };
        let busy = -1;
        Object.assign(Atomics, {
          compareExchange(words: Int32Array, at: number, from: number, to: number): number {
            if (busy >= 0) interrupt(busy);
            return compareExchange(words, at, from, to);
          },
        });
        for (const each of commands) {
          busy = each.thread;
          told.perform(each);
        }
        busy = -1;
        told.check();
      },
    ),
    { numRuns: runs, ...(seed !== undefined && { seed: Number(seed) }) },
  );
});

/** What the threads of a world were told, summed. */
class Told {
  readonly #world: World;
  readonly #booked = [0, 0, 0];
  readonly #held: { readonly hold: Reservation; readonly thread: number; readonly pool: number }[] =
    [];

  constructor(world: World) {
    this.#world = world;
  }

  perform({ do: how, thread, pool, tokens, which }: Command): void {
    const view = this.#world.views[thread];
    const ours = view?.pools[pool];
    if (ours === undefined) return;
    const amount = { tokens, usd: tokens / 1000 };
    if (how === "record") {
      if (ours.tryRecord(amount)) this.#book(pool, tokens);
    } else if (how === "reserve") {
      const hold = ours.tryReserve(amount);
      if (hold !== undefined) this.#held.push({ hold, thread, pool });
    } else if (how === "commit" || how === "release") this.#settle(thread, how, which);
    else ours.snapshot();
  }

  #settle(thread: number, how: "commit" | "release", which: number): void {
    const own = this.#held.filter((each) => each.thread === thread);
    const held = own[which % Math.max(1, own.length)];
    if (held === undefined) return;
    this.#held.splice(this.#held.indexOf(held), 1);
    const { tokens } = held.hold.amount;
    const actual = Math.floor(tokens / 2);
    if (how === "release") held.hold.release();
    else {
      held.hold.commit({ tokens: actual, usd: actual / 1000 });
      this.#book(held.pool, actual);
    }
  }

  #book(pool: number, tokens: number): void {
    this.#booked[0] = (this.#booked[0] ?? 0) + tokens;
    if (pool > 0) this.#booked[pool] = (this.#booked[pool] ?? 0) + tokens;
  }

  check(): void {
    for (const view of this.#world.views) {
      for (const [at, pool] of view.pools.entries()) {
        const { used, reserved, openReservations, caps } = pool.snapshot();
        const held = this.#held.filter((each) => at === 0 || each.pool === at);
        const heldTokens = held.reduce((sum, { hold }) => sum + hold.amount.tokens, 0);
        expect(used.tokens).toBe(this.#booked[at]);
        expect(reserved.tokens).toBe(heldTokens);
        expect(openReservations).toBe(held.length);
        expect(used.tokens + reserved.tokens).toBeLessThanOrEqual(caps.tokens ?? Infinity);
        expect(used.usd + reserved.usd).toBeLessThanOrEqual((caps.usd ?? Infinity) + 1e-9);
      }
    }
  }
}
