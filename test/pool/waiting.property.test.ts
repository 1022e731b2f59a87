// R13 in one process against a queue that is judged as a whole after every step.

import fc from "fast-check";
import { expect, it } from "vitest";

import { BudgetExceeded, BudgetPool } from "../../src/index.ts";
import type { Reservation } from "../../src/index.ts";

/** A tree of six pools: the pool above each, by its number. */
const ABOVE = [undefined, 0, 0, 1, 1, 2] as const;
const pools = fc.nat({ max: ABOVE.length - 1 });
const amounts = fc.integer({ min: 1, max: 40 });
const caps = fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined });

const steps = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant("wait" as const), at: pools, amount: amounts }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant("reserve" as const), at: pools, amount: amounts }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant("record" as const),
        at: pools,
        amount: fc.integer({ min: 1, max: 12 }),
      }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constant("release" as const), which: fc.nat() }) },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant("commit" as const),
        which: fc.nat(),
        amount: fc.integer({ min: 0, max: 45 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("abort" as const), which: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("cap" as const), at: pools, cap: caps }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("reset" as const), at: pools }) },
  ),
  { maxLength: 60 },
);

type Step = typeof steps extends fc.Arbitrary<readonly (infer S)[]> ? S : never;

interface Wait {
  readonly at: number;
  readonly amount: number;
  readonly controller: AbortController;
  outcome: string;
}

/** What is held: by the pool at hand, and by the plain figures beside it. */
interface Held {
  readonly at: number;
  readonly amount: number;
  readonly real: Reservation;
  /** How often each level of its path had been reset when it was made. */
  readonly resets: readonly number[];
}

function pathOf(at: number): number[] {
  const above = ABOVE[at];
  return above === undefined ? [at] : [at, ...pathOf(above)];
}

/** The same tree as plain figures, with the queue judged from its head on. */
class PlainTree {
  readonly used = ABOVE.map(() => 0);
  readonly reserved = ABOVE.map(() => 0);
  readonly resets = ABOVE.map(() => 0);
  readonly caps: (number | undefined)[];
  queue: Wait[] = [];

  constructor(given: readonly (number | undefined)[]) {
    this.caps = [...given];
  }

  refuses(level: number, amount: number): boolean {
    const taken = (this.used[level] ?? 0) + (this.reserved[level] ?? 0);
    return taken + amount > (this.caps[level] ?? Number.POSITIVE_INFINITY);
  }

  isLasting(level: number, amount: number): boolean {
    return (this.used[level] ?? 0) + amount > (this.caps[level] ?? Number.POSITIVE_INFINITY);
  }

  add(to: number[], at: number, amount: number): void {
    for (const level of pathOf(at)) to[level] = (to[level] ?? 0) + amount;
  }

  /** Returns who enters; others may be sent away. */
  judge(): Wait[] {
    const closed = new Set<number>();
    const entered: Wait[] = [];
    this.queue = this.queue.filter((wait) => {
      const path = pathOf(wait.at);
      if (path.some((level) => this.isLasting(level, wait.amount))) {
        wait.outcome = "refused";
        return false;
      }
      const refusing = path.filter((level) => this.refuses(level, wait.amount));
      if (refusing.length === 0 && !path.some((level) => closed.has(level))) {
        this.add(this.reserved, wait.at, wait.amount);
        wait.outcome = "entered";
        entered.push(wait);
        return false;
      }
      for (const level of refusing) closed.add(level);
      return true;
    });
    return entered;
  }
}

class Run {
  readonly plain: PlainTree;
  readonly real: BudgetPool[] = [];
  readonly waits: Wait[] = [];
  readonly outcomes = new Map<Wait, string>();
  readonly holds: Held[] = [];

  constructor(given: readonly (number | undefined)[]) {
    this.plain = new PlainTree(given);
    for (const [at, above] of ABOVE.entries()) {
      const cap = given[at];
      const options = { caps: cap === undefined ? {} : { tokens: cap }, overage: "allow" as const };
      const parent = above === undefined ? undefined : this.real[above];
      this.real.push(parent?.child(`pool${at}`, options) ?? new BudgetPool(options));
    }
  }

  async take(step: Step): Promise<void> {
    switch (step.do) {
      case "wait":
        this.#wait(step.at, step.amount);
        break;
      case "reserve":
        this.#reserve(step.at, step.amount);
        break;
      case "record":
        this.real[step.at]?.record({ tokens: step.amount }, { overage: "allow" });
        this.plain.add(this.plain.used, step.at, step.amount);
        break;
      case "release":
      case "commit":
        this.#settle(step.which, step.do === "commit" ? step.amount : undefined);
        break;
      case "abort":
        this.#abort(step.which);
        break;
      case "cap":
        this.real[step.at]?.configure({ caps: { tokens: step.cap ?? null } });
        this.plain.caps[step.at] = step.cap;
        break;
      case "reset":
        this.real[step.at]?.reset();
        this.plain.used[step.at] = 0;
        this.plain.reserved[step.at] = 0;
        this.plain.resets[step.at] = (this.plain.resets[step.at] ?? 0) + 1;
        break;
    }
    const entered = this.plain.judge();
    // Everything that was let in is known some turns later.
    // oxlint-disable-next-line no-await-in-loop -- one turn after the other
    for (let turn = 0; turn < 8; turn++) await Promise.resolve();
    for (const wait of entered) expect(this.outcomes.get(wait)).toBe("entered");
    for (const wait of this.waits) expect(this.outcomes.get(wait) ?? "waits").toBe(wait.outcome);
    for (const [at, pool] of this.real.entries()) {
      const { used, reserved } = pool.snapshot();
      expect([used.tokens, reserved.tokens]).toEqual([
        this.plain.used[at],
        this.plain.reserved[at],
      ]);
    }
  }

  #wait(at: number, amount: number): void {
    const wait: Wait = { at, amount, controller: new AbortController(), outcome: "waits" };
    this.waits.push(wait);
    this.plain.queue.push(wait);
    void this.#entered(wait);
  }

  async #entered(wait: Wait): Promise<void> {
    const { at, amount, controller } = wait;
    try {
      const real = await this.real[at]?.reserveWhenFree(
        { tokens: amount },
        { signal: controller.signal },
      );
      if (real === undefined) throw new Error(`there is no pool ${at}`);
      this.outcomes.set(wait, "entered");
      this.holds.push({ at, amount, real, resets: [...this.plain.resets] });
    } catch (error) {
      const isRefused = error instanceof Error && BudgetExceeded.is(error);
      this.outcomes.set(wait, isRefused ? "refused" : "aborted");
    }
  }

  #reserve(at: number, amount: number): void {
    const real = this.real[at]?.tryReserve({ tokens: amount });
    const fits = !pathOf(at).some((level) => this.plain.refuses(level, amount));
    expect(real !== undefined).toBe(fits);
    if (real === undefined) return;
    this.plain.add(this.plain.reserved, at, amount);
    this.holds.push({ at, amount, real, resets: [...this.plain.resets] });
  }

  #settle(which: number, actual: number | undefined): void {
    const [held] = this.holds.splice(which % Math.max(1, this.holds.length), 1);
    if (held === undefined) return;
    if (actual === undefined) held.real.release();
    else held.real.commit({ tokens: actual });
    for (const level of pathOf(held.at)) {
      const isOpen = held.resets[level] === this.plain.resets[level];
      if (isOpen) this.plain.reserved[level] = (this.plain.reserved[level] ?? 0) - held.amount;
      this.plain.used[level] = (this.plain.used[level] ?? 0) + (actual ?? 0);
    }
  }

  #abort(which: number): void {
    const waiting = this.plain.queue[which % Math.max(1, this.plain.queue.length)];
    if (waiting === undefined) return;
    waiting.outcome = "aborted";
    this.plain.queue = this.plain.queue.filter((each) => each !== waiting);
    waiting.controller.abort();
  }
}

/** What is booked makes a waiter close one level more, which nothing has judged since. */
const BOOKED_AHEAD: [(number | undefined)[], Step[]] = [
  [47, 36, undefined, undefined, undefined, undefined],
  [
    { do: "wait", at: 1, amount: 1 },
    { do: "wait", at: 3, amount: 36 },
    { do: "record", at: 0, amount: 11 },
    { do: "wait", at: 0, amount: 1 },
  ],
];

it("R13 any series of steps admits, keeps and refuses the same waiters as a queue that is judged as a whole", async () => {
  const trees = fc.tuple(caps, caps, caps, caps, caps, caps);
  await fc.assert(
    fc.asyncProperty(trees, steps, async (given, series) => {
      const run = new Run(given);
      // oxlint-disable-next-line no-await-in-loop -- one step after the other
      for (const step of series) await run.take(step);
    }),
    { numRuns: 1500, examples: [BOOKED_AHEAD] },
  );
});

it("R13 a record and a release judge no waiter where they change nothing", async () => {
  const pool = new BudgetPool({ caps: { tokens: 1_000_000 } });
  const busy = pool.child("busy", { caps: { tokens: 10 } });
  busy.reserve({ tokens: 10 });
  let looks = 0;
  const signal = {
    get aborted() {
      looks += 1;
      return false;
    },
    reason: undefined,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  };
  const waits = Array.from({ length: 1000 }, () => busy.reserveWhenFree({ tokens: 1 }, { signal }));
  for (const wait of waits) wait.catch(() => undefined);
  await Promise.resolve();
  looks = 0;
  const other = pool.child("other");
  other.record({ tokens: 5 });
  other.reserve({ tokens: 5 }).release();
  other.reserve({ tokens: 5 }).commit({ tokens: 4 });
  expect(looks).toBe(0);
});
