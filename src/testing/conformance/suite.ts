// Every rule as statements that any pool must pass, wherever its state is kept. The suite is data
// first, so that it runs under every test runner; a case that a pool cannot pass must be named with
// a reason.

import { ManualClock } from "../manual-clock.ts";
import type { OpenPool } from "../open-pool-under-test.ts";
import { admissionCases } from "./admission.ts";
import { amountCases } from "./amounts.ts";
import type { ConformanceCase } from "./case.ts";
import { grantCases } from "./grants.ts";
import { hierarchyCases } from "./hierarchy.ts";
import { overageCases } from "./overage.ts";
import { reservationCases } from "./reservations.ts";
import { resetAndConfigureCases } from "./reset-and-configure.ts";
import { waitingCases } from "./waiting.ts";
import { windowCases } from "./windows.ts";
import { carryCases } from "./carry.ts";

import { turns as microtasks } from "./case.ts";

export type { CaseContext, ConformanceCase } from "./case.ts";

/** All cases, in the order of the rules. */
export const conformanceCases: readonly ConformanceCase[] = [
  ...amountCases,
  ...admissionCases,
  ...reservationCases,
  ...overageCases,
  ...resetAndConfigureCases,
  ...windowCases,
  ...carryCases,
  ...hierarchyCases,
  ...waitingCases,
  ...grantCases,
];

/** Options of the suite. */
export interface ConformanceOptions {
  /** The `test` or `it` of the test runner. */
  readonly test: (title: string, run: () => Promise<void>) => unknown;
  /** Creates a new root pool. */
  readonly open: OpenPool;
  /**
   * Resolves once everything that was started has made as much progress as possible without the
   * clock moving.
   *
   * @default some turns of the microtask queue, enough for a pool in memory
   */
  readonly turns?: () => Promise<void>;
  /**
   * Cases that the pool cannot pass: their titles, and the reasons. An unknown title is an error.
   *
   * @default none, every case runs
   */
  readonly skip?: { readonly [title: string]: string };
}

/**
 * Registers every case with the test runner.
 *
 * @throws {RangeError} if `skip` names an unknown case or gives no reason.
 *
 * @example
 * conformanceSuite({ test, open: (options) => new BudgetPool(options) });
 */
export function conformanceSuite({
  test,
  open,
  turns = microtasks,
  skip = {},
}: ConformanceOptions): void {
  for (const [title, reason] of Object.entries(skip)) {
    if (!conformanceCases.some((each) => each.title === title)) {
      throw new RangeError(
        `\`skip\` names a case that is not in the suite: ${JSON.stringify(title)}`,
      );
    }
    if (reason === "")
      throw new RangeError(`\`skip\` gives no reason for ${JSON.stringify(title)}`);
  }
  for (const { title, run } of conformanceCases) {
    if (Object.hasOwn(skip, title)) continue;
    test(title, async () => {
      const clock = new ManualClock();
      await run({ clock, turns, open: async (options = {}) => open({ ...options, clock }) });
    });
  }
}
