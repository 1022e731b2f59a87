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
