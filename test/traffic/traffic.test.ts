import { existsSync } from "node:fs";
import { expect, it } from "vitest";

import { judged } from "./judge.ts";

/** `TRAFFIC=FOLDER` for other recordings. */
const FOLDER = process.env["TRAFFIC"] ?? "../shared/traffic";
const isThere = existsSync(FOLDER);
if (!isThere)
  process.stderr.write(
    `SKIPPED: there are no recordings in ${FOLDER}; run "npm run test:traffic -- FOLDER" to replay yours\n`,
  );

/** Whatever becomes of an exchange, none of these may be. */
const NONE = {
  threw: [],
  "other bytes for the caller": [],
  "left open": [],
  "input above the hold": [],
  "output above the hold": [],
  "dollars above the hold": [],
  "other tokens": [],
  "dollars below the bill": [],
};

it.skipIf(!isThere)("recorded traffic: the books are the bill, and no hold is passed", async () => {
  const { counts, faults } = await judged(FOLDER);
  expect(faults).toMatchObject(NONE);
  expect(counts.metered).toBeGreaterThan(0);
  const { dollarsEqual, dollarsExplained, dollarsCompared } = counts;
  expect((dollarsEqual + dollarsExplained) / dollarsCompared).toBeGreaterThanOrEqual(0.995);
});

it.skipIf(!isThere)("recorded traffic, as `run` meters it: no hold is passed", async () => {
  const options = { unbounded: "overage", unknownModel: "dearest" } as const;
  const { faults } = await judged(FOLDER, options);
  expect(faults).toMatchObject(NONE);
});
