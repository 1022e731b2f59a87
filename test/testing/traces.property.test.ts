import fc from "fast-check";
import { expect, it } from "vitest";

import { BudgetPool } from "../../src/index.ts";
import { runTrace } from "../../src/testing/trace.ts";
import type { OpenPool } from "../../src/testing/index.ts";
import { traces } from "../support/traces.ts";

const open: OpenPool = (options) => new BudgetPool(options);
/** A seed that a failure has printed, to repeat it: `SEED=… npm run test:traces`. */
const seed = process.env["SEED"];
const runs = Number(process.env["TRACES"] ?? 10_000);

it(
  `R1–R9, R14 ${runs} random traces give the outcomes and books of the reference model`,
  { timeout: 3_600_000 },
  async () => {
    expect.hasAssertions();
    await fc.assert(
      fc.asyncProperty(traces, async (trace) => {
        await runTrace(open, trace);
      }),
      { numRuns: runs, ...(seed !== undefined && { seed: Number(seed) }) },
    );
    expect(runs).toBeGreaterThan(0);
  },
);
