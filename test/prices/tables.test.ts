// The price tables are those that the generator makes of the installed price data.

import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

import { LIMITS_AS_OF } from "../../scripts/model-limits.ts";
import { priceTables } from "../../scripts/price-tables.ts";
import { AS_OF, TABLES } from "../../src/prices/tables/tables.ts";

const FOLDER = new URL("../../src/prices/tables/", import.meta.url);

it("the tables are what `npm run prices` makes, to the last digit", () => {
  const made = priceTables();
  expect(readdirSync(FOLDER).toSorted()).toEqual([...made.keys()].toSorted());
  for (const [file, text] of made)
    expect([file, readFileSync(new URL(file, FOLDER), "utf8")]).toEqual([file, text]);
});

it("only three models have a price that is newer than their limits: look those up with it", () => {
  const newer = TABLES.flatMap(({ id, models }) =>
    models
      .filter(({ prices }) => prices.some(({ from = AS_OF }) => from > LIMITS_AS_OF))
      .map((model) => `${id}/${model.id}`),
  );
  // Their prices change on a day to come, which was known when their limits were looked up.
  expect(newer).toEqual([
    "google/gemini-3.6-flash",
    "google/gemini-3.7-flash",
    "google/gemini-3.8-flash",
  ]);
});
