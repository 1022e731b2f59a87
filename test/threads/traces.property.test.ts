import fc from "fast-check";
import { expect, it } from "vitest";

import { runTrace } from "../../src/testing/trace.ts";
import type { OpenPool } from "../../src/testing/index.ts";
import { SharedBudgetPool } from "../../src/threads/index.ts";
import { traces } from "../support/traces.ts";

/** A seed that a failure has printed, to repeat it. */
const seed = process.env["SEED"];
const runs = Number(process.env["TRACES"] ?? 10_000);
const capacity = { threads: 1, pools: 4, reservations: 32 };

it(
  `R1–R9, R14 ${runs} random traces in shared memory give the outcomes and books of the reference model`,
  { timeout: 3_600_000 },
  async () => {
    expect.hasAssertions();
    let opened: SharedBudgetPool | undefined;
    const open: OpenPool = (options) =>
      (opened = SharedBudgetPool.create({ ...options, capacity, slicesAfter: 1 }));
    await fc.assert(
      fc.asyncProperty(traces, async (trace) => {
        await runTrace(open, trace);
        opened?.close();
      }),
      { numRuns: runs, ...(seed !== undefined && { seed: Number(seed) }) },
    );
    expect(runs).toBeGreaterThan(0);
  },
);
