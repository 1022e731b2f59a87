import { expect, it } from "vitest";

import { BudgetError, BudgetPool } from "../../src/index.ts";
import * as root from "../../src/index.ts";
import * as meter from "../../src/meter/index.ts";
import * as prices from "../../src/prices/index.ts";
import * as stores from "../../src/stores/index.ts";
import * as threads from "../../src/threads/index.ts";

type ErrorClass = typeof BudgetError;

function isErrorClass(value: unknown): value is ErrorClass {
  return typeof value === "function" && value.prototype instanceof BudgetError;
}

const CLASSES: readonly ErrorClass[] = [
  ...new Set(
    [root, meter, prices, stores, threads].flatMap((door) =>
      Object.values<unknown>(door).filter(isErrorClass),
    ),
  ),
];

it.each(CLASSES.map((each) => [each.name, each] as const))(
  "%s.is holds for errors of its own class alone",
  (_name, each) => {
    let refused: unknown;
    try {
      new BudgetPool({ caps: { tokens: 0 } }).reserve({ tokens: 1 });
    } catch (error) {
      refused = error;
    }
    expect(BudgetError.is(refused)).toBe(true);
    expect(each.is(refused)).toBe(each.name === "BudgetExceeded");
    expect(each.is(undefined)).toBe(false);
  },
);

it("a refusal that is part of an answer gives the error its figures, and no other field", () => {
  const refusal = {
    pool: "acme",
    axis: "usd",
    attempted: 2,
    cap: 1,
    used: 0,
    reserved: 0,
    remaining: 1,
    reason: "never",
  } as const;
  const answered = { ...refusal, code: "budget_exceeded", message: "402", stack: "", booked: true };
  const error = new root.BudgetExceeded(answered);
  expect(root.BudgetExceeded.is(error)).toBe(true);
  expect(error).toMatchObject({ ...refusal, code: "BUDGET_EXCEEDED", booked: false });
  expect(error.message).toMatch(/^Budget exceeded on usd/);
});
