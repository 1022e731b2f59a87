import { describe, expectTypeOf, it } from "vitest";

import { BudgetError, BudgetExceeded, BudgetPool } from "../../src/index.ts";
import type {
  Amount,
  AmountView,
  Axis,
  BudgetErrorCode,
  BudgetPoolOptions,
  BudgetSnapshot,
  ChildPoolOptions,
  Grant,
  Refusal,
  RefusalReason,
  Reservation,
  Settlement,
  ThresholdEvent,
  WindowOption,
} from "../../src/index.ts";

const pool = new BudgetPool();

describe("the pool", () => {
  it("the pool is not thenable, so that an await of it is an error of the caller", () => {
    expectTypeOf<BudgetPool>().not.toHaveProperty("then");
    expectTypeOf<BudgetPool>().not.toExtend<PromiseLike<unknown>>();
    expectTypeOf<Reservation>().not.toHaveProperty("then");
    expectTypeOf<Awaited<BudgetPool>>().toEqualTypeOf<BudgetPool>();
  });

  it("the pool answers at once, but for reserveWhenFree and run", () => {
    expectTypeOf<BudgetPool["record"]>().returns.toBeVoid();
    expectTypeOf<BudgetPool["tryRecord"]>().returns.toEqualTypeOf<boolean>();
    expectTypeOf<BudgetPool["check"]>().returns.toEqualTypeOf<Refusal | undefined>();
    expectTypeOf<BudgetPool["reserve"]>().returns.toEqualTypeOf<Reservation>();
    expectTypeOf<BudgetPool["tryReserve"]>().returns.toEqualTypeOf<Reservation | undefined>();
    expectTypeOf<BudgetPool["reserveUpTo"]>().returns.toEqualTypeOf<Grant>();
    expectTypeOf<BudgetPool["child"]>().returns.toEqualTypeOf<BudgetPool>();
    expectTypeOf<BudgetPool["forgetChild"]>().returns.toEqualTypeOf<boolean>();
    expectTypeOf<BudgetPool["configure"]>().returns.toBeVoid();
    expectTypeOf<BudgetPool["reset"]>().returns.toBeVoid();
    expectTypeOf<BudgetPool["snapshot"]>().returns.toEqualTypeOf<BudgetSnapshot>();
    expectTypeOf(pool.path).toEqualTypeOf<string>();
    expectTypeOf<BudgetPool["reserveWhenFree"]>().returns.toEqualTypeOf<Promise<Reservation>>();
  });

  it("run returns what the task returns, be it a promise or not", () => {
    expectTypeOf(pool.run({}, () => 5)).toEqualTypeOf<Promise<number>>();
    expectTypeOf(pool.run({}, async () => "text")).toEqualTypeOf<Promise<string>>();
    void pool.run({}, (hold) => {
      expectTypeOf(hold).toEqualTypeOf<Reservation>();
    });
    void pool.run({}, () => 5, {
      onOverage: (settlement) => expectTypeOf(settlement).toEqualTypeOf<Settlement>(),
    });
  });
});

describe("argument types", () => {
  it("an amount has any axes", () => {
    expectTypeOf<BudgetPool["tryReserve"]>().parameters.toEqualTypeOf<[amount: Amount]>();
    expectTypeOf<{ tokens: number }>().toExtend<Amount>();
    expectTypeOf<{ usd: string }>().toExtend<Amount>();
    expectTypeOf<{ tokens: undefined }>().toExtend<Amount>();
    expectTypeOf<{ tokens: string }>().not.toExtend<Amount>();
    expectTypeOf<{ tokens: bigint }>().not.toExtend<Amount>();
    expectTypeOf<keyof Amount>().toEqualTypeOf<Axis>();
  });

  it("a misspelled axis or option is an error of types", () => {
    expectTypeOf<"token">().not.toExtend<Axis>();
    // @ts-expect-error there is no axis `token`
    pool.record({ token: 5 });
    // @ts-expect-error there is no axis `input_tokens`
    pool.reserve({ input_tokens: 5 });
    // @ts-expect-error there is no axis `cost`
    pool.reserve({}).commit({ cost: 0.1 });
    // @ts-expect-error there is no cap on `dollars`
    void new BudgetPool({ caps: { dollars: 5 } });
    // @ts-expect-error there is no option `cap`
    void new BudgetPool({ cap: { usd: 5 } });
    // @ts-expect-error there is no overage policy `ignore`
    pool.configure({ overage: "ignore" });
    // @ts-expect-error a child has the clock of its root
    pool.child("a", { clock: { now: () => 0, schedule: () => () => {} } });
  });

  it("a window is a name or a fixed length", () => {
    expectTypeOf<"day">().toExtend<WindowOption>();
    expectTypeOf<{ everyMs: number; anchor: Date }>().toExtend<WindowOption>();
    expectTypeOf<"year">().not.toExtend<WindowOption>();
    expectTypeOf<{ anchor: Date }>().not.toExtend<WindowOption>();
    expectTypeOf<ChildPoolOptions["timeZone"]>().toEqualTypeOf<string | undefined>();
  });

  it("a listener is a function of an event, an asynchronous one too", () => {
    type Listener = NonNullable<BudgetPoolOptions["onThreshold"]>;
    expectTypeOf<Listener>().parameters.toEqualTypeOf<[event: ThresholdEvent]>();
    expectTypeOf<(event: ThresholdEvent) => Promise<void>>().toExtend<Listener>();
  });
});

describe("a reservation", () => {
  it("a reservation type-checks in a `using` declaration", () => {
    using hold = pool.reserve({ tokens: 1 });
    using none = pool.tryReserve({ tokens: 1 });
    expectTypeOf(hold).toExtend<Disposable>();
    expectTypeOf(none).toEqualTypeOf<Reservation | undefined>();
    // @ts-expect-error a pool is not disposable
    using whole = pool;
    void whole;
  });

  it("a reservation is settled at once: a commit returns a settlement, a release nothing", () => {
    expectTypeOf<Reservation["commit"]>().returns.toEqualTypeOf<Settlement>();
    expectTypeOf<Parameters<Reservation["commit"]>>().toEqualTypeOf<
      [actual?: Amount | undefined]
    >();
    expectTypeOf<Reservation["release"]>().returns.toBeVoid();
    expectTypeOf<Grant>().toExtend<Reservation>();
    expectTypeOf<Grant["units"]>().toEqualTypeOf<number>();
    expectTypeOf<Reservation["settled"]>().toEqualTypeOf<boolean>();
    expectTypeOf<Reservation["amount"]>().toEqualTypeOf<AmountView>();
  });

  it("a reservation comes from a pool only: an object of its shape is not one", () => {
    expectTypeOf<Pick<Reservation, keyof Reservation>>().not.toExtend<Reservation>();
  });
});

describe("result types", () => {
  it("snapshots and settlements are readonly in every field", () => {
    expectTypeOf<BudgetSnapshot>().toEqualTypeOf<Readonly<BudgetSnapshot>>();
    expectTypeOf<BudgetSnapshot["used"]>().toEqualTypeOf<Readonly<BudgetSnapshot["used"]>>();
    expectTypeOf<BudgetSnapshot["reserved"]>().toEqualTypeOf<
      Readonly<BudgetSnapshot["reserved"]>
    >();
    expectTypeOf<BudgetSnapshot["caps"]>().toEqualTypeOf<Readonly<BudgetSnapshot["caps"]>>();
    expectTypeOf<BudgetSnapshot["remaining"]>().toEqualTypeOf<
      Readonly<BudgetSnapshot["remaining"]>
    >();
    expectTypeOf<NonNullable<BudgetSnapshot["window"]>>().toEqualTypeOf<
      Readonly<NonNullable<BudgetSnapshot["window"]>>
    >();
    expectTypeOf<Settlement>().toEqualTypeOf<Readonly<Settlement>>();
    expectTypeOf<Refusal>().toEqualTypeOf<Readonly<Refusal>>();
    expectTypeOf<ThresholdEvent>().toEqualTypeOf<Readonly<ThresholdEvent>>();
    // The other way round, so that the comparison is known to see the difference.
    expectTypeOf<{ a: 1 }>().not.toEqualTypeOf<Readonly<{ a: 1 }>>();
    // @ts-expect-error figures are readonly
    pool.snapshot().used.tokens = 5;
  });

  it("a snapshot has no remaining of an axis without a cap, and no window of a pool without one", () => {
    expectTypeOf<BudgetSnapshot["used"]["tokens"]>().toEqualTypeOf<number>();
    expectTypeOf<BudgetSnapshot["remaining"]["tokens"]>().toEqualTypeOf<number | undefined>();
    expectTypeOf<BudgetSnapshot["window"]>().toEqualTypeOf<
      { readonly startsAt: number; readonly endsAt: number } | undefined
    >();
  });

  it("errors can be distinguished by class, by code and by guard", () => {
    const error: unknown = new Error("any");
    if (BudgetExceeded.is(error)) {
      expectTypeOf(error).toEqualTypeOf<BudgetExceeded>();
      expectTypeOf(error.code).toEqualTypeOf<"BUDGET_EXCEEDED">();
      expectTypeOf(error.reason).toEqualTypeOf<RefusalReason>();
      expectTypeOf(error.booked).toEqualTypeOf<boolean>();
    }
    if (BudgetError.is(error)) expectTypeOf(error.code).toEqualTypeOf<BudgetErrorCode>();
    expectTypeOf<BudgetExceeded>().toExtend<Refusal>();
  });
});
