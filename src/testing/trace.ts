// Traces: lists of commands as plain data, run against a pool and the reference model side by side.
// After every command the outcomes and the snapshots of all pools must agree, and the invariants
// must hold.

import assert from "node:assert/strict";

import { BudgetExceeded, ReservationSettled } from "../core/errors.ts";
import type { Refusal } from "../core/refusal.ts";
import type { BudgetSnapshot } from "../core/snapshot.ts";
import type { Settlement } from "../pool/settlement.ts";
import { ManualClock } from "./manual-clock.ts";
import {
  amountOf,
  fixedWindow,
  viewedCaps,
  poolOptions,
  modelRefusal,
  viewOf,
} from "./model-views.ts";
import type { AnyBudgetPool, AnyReservation } from "../pool/any-budget-pool.ts";
import type { OpenPool } from "./open-pool-under-test.ts";
import { modelActual, modelQuantities } from "./model-quantities.ts";
import type { ModelAmount } from "./model-quantities.ts";
import { ModelPool } from "./reference-model.ts";
import type { ModelHold, ModelOptions, ModelOutcome, ModelRefusal } from "./reference-model.ts";

/**
 * One command of a trace. Pools and holds are numbered in the order of their creation, and indexes
 * wrap around.
 */
export type TraceCommand =
  | {
      readonly do: "record" | "check" | "reserve";
      readonly pool: number;
      readonly amount: ModelAmount;
    }
  | {
      readonly do: "reserve up to";
      readonly pool: number;
      readonly fixed: ModelAmount;
      readonly unit: ModelAmount;
      readonly min: number;
      readonly max: number;
    }
  | { readonly do: "commit"; readonly hold: number; readonly actual?: ModelAmount | undefined }
  | { readonly do: "release"; readonly hold: number }
  | { readonly do: "reset"; readonly pool: number }
  | {
      readonly do: "configure";
      readonly pool: number;
      readonly caps: ModelAmount;
      readonly overage?: "throw" | "allow" | "reject" | undefined;
      /** Length of the new window; null removes it. */
      readonly everyMs?: number | null | undefined;
      /** What they carry over. */
      readonly carry?: ModelOptions["carry"];
      /** Length of a sliding window instead. */
      readonly slidingMs?: number | undefined;
    }
  /** R17. Freezes or thaws a pool, or changes caps until a time, if the pool supports it. */
  | { readonly do: "freeze"; readonly pool: number; readonly frozen: boolean }
  | {
      readonly do: "raise";
      readonly pool: number;
      readonly by: ModelAmount;
      readonly forMs: number;
    }
  /** Corrects a booking, if the pool supports it. */
  | { readonly do: "amend"; readonly hold: number; readonly actual: ModelAmount }
  | { readonly do: "advance"; readonly ms: number };

/**
 * A tree of pools, and the commands on it. The first pool is the root; each other one is below an
 * earlier one.
 */
export interface Trace {
  readonly pools: readonly (ModelOptions & { readonly below: number })[];
  readonly commands: readonly TraceCommand[];
}

interface Holder {
  readonly real: AnyReservation;
  readonly model: ModelHold;
}

/**
 * Runs a trace on a new pool and on the model; rejects with an `AssertionError` that says where
 * they differ.
 *
 * @example
 * await runTrace((options) => new BudgetPool(options), {
 *   pools: [{ below: 0, caps: { tokens: 10 } }],
 *   commands: [
 *     { do: "reserve", pool: 0, amount: { tokens: 4 } },
 *     { do: "commit", hold: 0, actual: { tokens: 3 } },
 *   ],
 * });
 */
export async function runTrace(open: OpenPool, trace: Trace): Promise<void> {
  const clock = new ManualClock();
  const run = await openBoth(open, trace, clock);
  for (const [index, command] of trace.commands.entries()) {
    const before = await run.snapshots();
    try {
      await run.apply(command);
      await run.compare();
      run.checkUsedFell(command, before, await run.snapshots());
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      throw new assert.AssertionError({
        message: `command ${index}, ${JSON.stringify(command)}, of ${JSON.stringify(trace)}: ${message}`,
      });
    }
  }
}

async function openBoth(open: OpenPool, trace: Trace, clock: ManualClock): Promise<TraceRun> {
  const real: AnyBudgetPool[] = [];
  const model: ModelPool[] = [];
  for (const [index, { below, ...options }] of trace.pools.entries()) {
    const parent = index === 0 ? undefined : below % index;
    const name = `p${index}`;
    if (parent === undefined) {
      real.push(await open({ ...poolOptions(options), name, clock }));
      model.push(new ModelPool(name, options));
    } else {
      const above = model[parent];
      const realAbove = real[parent];
      assert.ok(above !== undefined && realAbove !== undefined);
      real.push(await realAbove.child(name, poolOptions(options)));
      model.push(new ModelPool(`${above.path}/${name}`, options, above));
    }
  }
  return new TraceRun(clock, real, model);
}

class TraceRun {
  readonly #clock: ManualClock;
  readonly #real: readonly AnyBudgetPool[];
  readonly #model: readonly ModelPool[];
  readonly #holders: Holder[] = [];

  constructor(clock: ManualClock, real: readonly AnyBudgetPool[], model: readonly ModelPool[]) {
    this.#clock = clock;
    this.#real = real;
    this.#model = model;
  }

  async snapshots(): Promise<BudgetSnapshot[]> {
    const snapshots: BudgetSnapshot[] = [];
    for (const pool of this.#real) snapshots.push(await pool.snapshot());
    return snapshots;
  }

  async apply(command: TraceCommand): Promise<void> {
    const nowMs = this.#clock.now();
    for (const pool of this.#model) pool.roll(nowMs);
    switch (command.do) {
      case "advance":
        this.#clock.advance(command.ms);
        for (const pool of this.#model) pool.roll(this.#clock.now());
        return;
      case "commit":
        return await this.#commit(command.hold, command.actual);
      case "release": {
        const holder = at(this.#holders, command.hold);
        if (holder === undefined) return;
        await holder.real.release();
        holder.model.settled = true;
        return;
      }
      case "amend":
        return await this.#amend(command.hold, command.actual);
      default:
        await this.#applyToPool(command);
    }
  }

  async #applyToPool(command: Extract<TraceCommand, { pool: number }>): Promise<void> {
    const real = at(this.#real, command.pool);
    const model = at(this.#model, command.pool);
    assert.ok(real !== undefined && model !== undefined);
    switch (command.do) {
      case "record": {
        const expected = model.record(modelQuantities(command.amount));
        expectOutcome(
          await outcomeOf(async () => await real.record(amountOf(command.amount))),
          expected,
        );
        return;
      }
      case "check": {
        const expected = model.judge(modelQuantities(command.amount));
        const found = await outcomeOf(async () => await real.check(amountOf(command.amount)));
        if (expected.kind === "refused")
          assertSameRefusal(found.value, modelRefusal(expected.refusal));
        else expectOutcome(found, expected);
        return;
      }
      case "reserve": {
        const { outcome, hold } = model.reserve(modelQuantities(command.amount));
        const found = await outcomeOf(async () => await real.reserve(amountOf(command.amount)));
        expectOutcome(found, outcome);
        if (hold !== undefined && found.value !== undefined)
          this.#holders.push({ real: found.value, model: hold });
        return;
      }
      case "reserve up to": {
        const { fixed, unit, min, max } = command;
        const { outcome, hold } = model.reserveUpTo(
          modelQuantities(fixed),
          modelQuantities(unit, 0),
          min,
          max,
        );
        const request = { fixed: amountOf(fixed), unit: amountOf(unit), min, max };
        const found = await outcomeOf(async () => await real.reserveUpTo(request));
        expectOutcome(found, outcome);
        if (outcome.kind === "done") assert.equal(found.value?.units, outcome.units);
        if (hold !== undefined && found.value !== undefined)
          this.#holders.push({ real: found.value, model: hold });
        return;
      }
      case "reset":
        model.reset();
        return await real.reset();
      case "freeze":
        if (real.freeze === undefined || real.thaw === undefined) return;
        model.frozen = command.frozen;
        return await (command.frozen ? real.freeze() : real.thaw());
      case "raise":
        return await this.#raise(real, model, command);
      case "configure": {
        const { caps, overage, everyMs, slidingMs, carry } = command;
        model.setCaps(caps);
        model.overage = overage ?? model.overage;
        const nowMs = this.#clock.now();
        if (slidingMs !== undefined) model.setWindow({ slidingMs }, nowMs);
        else if (everyMs !== undefined)
          model.setWindow(everyMs === null ? {} : { everyMs, carry }, nowMs);
        const fixed = typeof everyMs === "number" ? fixedWindow(everyMs, carry) : everyMs;
        const window = slidingMs === undefined ? fixed : { sliding: slidingMs };
        return await real.configure({ caps: viewedCaps(caps), overage, window });
      }
    }
  }

  async #raise(
    real: AnyBudgetPool,
    model: ModelPool,
    { by, forMs }: Extract<TraceCommand, { do: "raise" }>,
  ): Promise<void> {
    if (real.freeze === undefined || Object.keys(by).length === 0) return;
    const until = this.#clock.now() + forMs;
    const expected = model.raise(by, until);
    const found = await outcomeOf(async () => await real.configure({ by: viewedCaps(by), until }));
    expectOutcome(found, expected);
  }

  async #amend(index: number, actual: ModelAmount): Promise<void> {
    const holder = at(this.#holders, index);
    const booking = holder?.model.booking;
    if (holder === undefined || booking === undefined) return;
    const real = this.#real.find(({ path }) => path === holder.model.pool.path);
    const { id } = holder.real;
    if (id === undefined || real?.amend === undefined) return;
    const expected = holder.model.pool.amend(booking, modelActual(actual, booking.amount));
    expectOutcome(await outcomeOf(async () => await real.amend?.(id, amountOf(actual))), expected);
  }

  async #commit(index: number, actual: ModelAmount | undefined): Promise<void> {
    const holder = at(this.#holders, index);
    if (holder === undefined) return;
    const { real, model } = holder;
    const expected = model.pool.commit(
      model,
      actual === undefined ? model.amount : modelActual(actual, model.amount),
    );
    const found = await outcomeOf(async () => await real.commit(actual && amountOf(actual)));
    if (expected.kind !== "committed") return expectOutcome(found, expected);
    if (expected.throws) {
      assert.ok(
        BudgetExceeded.is(found.error),
        `expected BudgetExceeded, got ${String(found.error)}`,
      );
      assert.ok(expected.exceeded !== undefined);
      assertRefusal(found.error, expected.exceeded);
      assert.equal(found.error.booked, !expected.rejected);
      return;
    }
    assert.equal(found.error, undefined);
    const settlement: Settlement = {
      booked: viewOf(expected.booked),
      overage: viewOf(expected.overage),
      exceeded: expected.exceeded && modelRefusal(expected.exceeded),
    };
    assertSameRefusal(found.value?.exceeded, settlement.exceeded);
    assert.deepEqual(
      { ...found.value, exceeded: undefined },
      { ...settlement, exceeded: undefined },
    );
  }

  /** Compares every pool with its model, and checks the invariants of any pool. */
  async compare(): Promise<void> {
    for (const [index, snapshot] of (await this.snapshots()).entries()) {
      const model = this.#model[index];
      assert.ok(model !== undefined);
      const used = model.used();
      const reserved = model.reserved();
      assert.deepEqual(snapshot.used, viewOf(used), `used of ${model.path}`);
      assert.deepEqual(snapshot.reserved, viewOf(reserved), `reserved of ${model.path}`);
      assert.equal(
        snapshot.openReservations,
        model.openHolds().length,
        `open reservations of ${model.path}`,
      );
      assert.equal(snapshot.generation, model.generation, `generation of ${model.path}`);
      assert.equal(snapshot.window?.startsAt, model.windowStart(), `window of ${model.path}`);
      const carried = model.carry && viewOf(model.carried());
      assert.deepEqual(snapshot.carried, carried, `carried of ${model.path}`);
    }
    for (const { real, model } of this.#holders) assert.equal(real.settled, model.settled);
  }

  /** Used falls only by a reset, a roll or an amendment. */
  checkUsedFell(
    command: TraceCommand,
    before: readonly BudgetSnapshot[],
    after: readonly BudgetSnapshot[],
  ): void {
    if (command.do === "reset" || command.do === "amend") return;
    for (const [index, now] of after.entries()) {
      const then = before[index];
      assert.ok(then !== undefined);
      if (then.window?.startsAt !== now.window?.startsAt) continue;
      for (const axis of ["tokens", "inputTokens", "outputTokens", "usd", "calls"] as const) {
        assert.ok(now.used[axis] >= then.used[axis], `used ${axis} of ${now.path} fell`);
        assert.ok(now.reserved[axis] >= 0, `reserved ${axis} of ${now.path} is negative`);
      }
    }
  }
}

interface Found<T> {
  readonly value?: T;
  readonly error?: unknown;
}

async function outcomeOf<T>(call: () => Promise<T>): Promise<Found<T>> {
  try {
    return { value: await call() };
  } catch (error) {
    return { error };
  }
}

function expectOutcome(found: Found<unknown>, expected: ModelOutcome): void {
  switch (expected.kind) {
    case "refused":
      assert.ok(BudgetExceeded.is(found.error), `expected a refusal, got ${JSON.stringify(found)}`);
      assert.equal(found.error.booked, false);
      assertRefusal(found.error, expected.refusal);
      return;
    case "out of range":
      assert.ok(
        found.error instanceof RangeError,
        `expected a RangeError, got ${JSON.stringify(found)}`,
      );
      return;
    case "settled before":
      assert.ok(ReservationSettled.is(found.error) && found.error.code === "RESERVATION_SETTLED");
      return;
    default:
      if (found.error !== undefined) throw found.error;
  }
}

function assertRefusal(error: Refusal, expected: ModelRefusal): void {
  const { pool, axis, attempted, cap, used, reserved, remaining, reason, resetsAt } = error;
  const actual = { pool, axis, attempted, cap, used, reserved, remaining, reason };
  assertSameRefusal(
    resetsAt === undefined ? actual : { ...actual, resetsAt },
    modelRefusal(expected),
  );
}

/** `attempted` is exact only up to 2^53 − 1: a larger sum of doubles is rounded. */
function assertSameRefusal(actual: Refusal | undefined, expected: Refusal | undefined): void {
  const rounded = (refusal: Refusal | undefined): Refusal | undefined => {
    if (refusal === undefined) return undefined;
    const units = refusal.axis === "usd" ? refusal.attempted * 1e9 : refusal.attempted;
    return units < Number.MAX_SAFE_INTEGER / 2 ? refusal : { ...refusal, attempted: Infinity };
  };
  assert.deepEqual(rounded(actual), rounded(expected));
}

function at<T>(list: readonly T[], index: number): T | undefined {
  return list[index % list.length];
}
