// What a shared budget is made and joined with, and how it is read.

import { checkKeys } from "../core/check-keys.ts";
import type { Clock } from "../core/clock.ts";
import { describe } from "../core/describe.ts";
import type { ThresholdEvent } from "../core/thresholds.ts";
import { readWhole } from "../core/whole.ts";
import { checkClock, checkListener, checkOptions, ROOT_KEYS } from "../pool/options.ts";
import type { BudgetPoolOptions } from "../pool/options.ts";
import type { Capacity } from "./layout.ts";

/** Options of `create`. */
export interface SharedBudgetPoolOptions extends BudgetPoolOptions {
  /**
   * How much fits; it cannot grow.
   *
   * @default 32 threads, 64 pools, 1024 reservations
   */
  readonly capacity?: Partial<Capacity> | undefined;
  /**
   * How long the reservations of a thread live when it shows no sign of life and no thread watches
   * it, in milliseconds from 100 to 2^31 − 1.
   *
   * @default 60,000
   */
  readonly leaseMs?: number | undefined;
}

/** Options of `attach`. */
export interface AttachOptions {
  /**
   * Where this thread gets the time from; set once, where it attaches first.
   *
   * @default the system's clock
   */
  readonly clock?: Clock | undefined;
  /**
   * Called in this thread when used reaches a threshold of the pool, whichever thread brings that
   * about. Takes the place of a listener that this thread has given for the pool before.
   */
  readonly onThreshold?: ((event: ThresholdEvent) => unknown) | undefined;
}

const CAPACITY_DEFAULT: Capacity = { threads: 32, pools: 64, reservations: 1024 };
/** As many rows as a byte can number, two slots each. */
const CAPACITY_MAX: Capacity = { threads: 127, pools: 2 ** 16, reservations: 2 ** 20 };
const LEASE_MS_DEFAULT = 60_000;
const LEASE_MS_MIN = 100;
const LEASE_MS_MAX = 2 ** 31 - 1;

/** Takes the options of a shared budget apart: those of any pool, and the rest. */
export function readSharedOptions(options: SharedBudgetPoolOptions): {
  readonly poolOptions: BudgetPoolOptions;
  readonly capacity: Capacity;
  readonly leaseMs: number;
} {
  if (Object.hasOwn(Object(options), "kind")) {
    throw new TypeError(
      "Expected `options` of a new budget, got the handle of an existing one: use SharedBudgetPool.attach(handle)",
    );
  }
  checkOptions(options, [...ROOT_KEYS, "capacity", "leaseMs"]);
  const { capacity = {}, leaseMs = LEASE_MS_DEFAULT, ...poolOptions } = options;
  readWhole("leaseMs", leaseMs, LEASE_MS_MIN, LEASE_MS_MAX);
  return { poolOptions, capacity: readCapacity(capacity), leaseMs };
}

function readCapacity(given: Partial<Capacity>): Capacity {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new TypeError(
      `Expected \`capacity\` to be an object such as { threads: 32 }, got ${describe(given)}`,
    );
  }
  const keys = ["threads", "pools", "reservations"] as const;
  checkKeys(given, keys, "capacity");
  const capacity = { ...CAPACITY_DEFAULT };
  for (const key of keys) {
    capacity[key] = given[key] ?? capacity[key];
    readWhole(`capacity.${key}`, capacity[key], 1, CAPACITY_MAX[key]);
  }
  return capacity;
}

/** Reads the options of `attach`. @throws {TypeError} on what is wrong. */
export function checkAttachOptions(options: AttachOptions): void {
  checkOptions(options, ["clock", "onThreshold"]);
  checkClock(options.clock);
  checkListener(options.onThreshold);
}
