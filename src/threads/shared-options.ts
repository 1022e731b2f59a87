// The options of `create` and `attach`, and how they are read.

import type { Clock } from "../core/clock.ts";
import type { ThresholdEvent } from "../core/thresholds.ts";
import { optional, optionalFunction, readOptions, whole } from "../core/read-options.ts";
import type { TableFor } from "../core/read-options.ts";
import { readClockOption, ROOT_OPTIONS } from "../pool/options.ts";
import type { BudgetPoolOptions } from "../pool/options.ts";
import type { Capacity } from "./layout.ts";

/** Options of `create`. */
export interface SharedBudgetPoolOptions extends BudgetPoolOptions {
  /**
   * How many threads, pools and reservations fit; a budget cannot grow.
   *
   * @default 32 threads, 64 pools, 1024 reservations
   */
  readonly capacity?: Partial<Capacity> | undefined;
  /**
   * How long the reservations of a thread live if it shows no heartbeat and no thread watches it,
   * in milliseconds from 100 to 2^31 − 1.
   *
   * @default 60,000
   */
  readonly leaseMs?: number | undefined;
  /**
   * After how many consecutive requests on one pool a thread takes a slice of its room, in which it
   * decides without the other threads; 0 for never. Other threads recall slices when they read
   * figures, or when a request does not fit otherwise, so no request is refused because of a slice.
   *
   * @default 64
   */
  readonly slicesAfter?: number | undefined;
}

/** Options of `attach`. */
export interface AttachOptions {
  /**
   * The clock of this thread; set once, when it attaches first.
   *
   * @default the system's clock
   */
  readonly clock?: Clock | undefined;
  /**
   * Called in this thread when used reaches a threshold of the pool, whichever thread causes it.
   * Replaces the listener that this thread passed for the pool before.
   *
   * @default none, nothing is called
   */
  readonly onThreshold?: ((event: ThresholdEvent) => unknown) | undefined;
}

const LEASE_MS_DEFAULT = 60_000;
const LEASE_MS_MIN = 100;
const LEASE_MS_MAX = 2 ** 31 - 1;
const SLICES_AFTER_DEFAULT = 64;

const CAPACITY = {
  // As many rows as a byte can number, with two slots each.
  threads: whole(1, 127, 32),
  pools: whole(1, 2 ** 16, 64),
  reservations: whole(1, 2 ** 20, 1024),
} satisfies TableFor<Capacity>;
const SHARED = {
  ...ROOT_OPTIONS,
  capacity: (given: Partial<Capacity> = {}) => readOptions(given, CAPACITY, "capacity"),
  leaseMs: whole(LEASE_MS_MIN, LEASE_MS_MAX, LEASE_MS_DEFAULT),
  slicesAfter: whole(0, 2 ** 31 - 1, SLICES_AFTER_DEFAULT),
} satisfies TableFor<SharedBudgetPoolOptions>;
const ATTACH = {
  clock: optional(readClockOption),
  onThreshold: optionalFunction<AttachOptions["onThreshold"]>,
} satisfies TableFor<AttachOptions>;

/** Splits the options of a shared budget into those of any pool, and the rest. */
export function readSharedOptions(options: SharedBudgetPoolOptions): {
  readonly poolOptions: BudgetPoolOptions;
  readonly capacity: Capacity;
  readonly leaseMs: number;
  readonly slicesAfter: number;
} {
  if (Object.hasOwn(Object(options), "kind")) {
    throw new TypeError(
      "Expected `options` of a new budget, got the handle of an existing one: use SharedBudgetPool.attach(handle)",
    );
  }
  const { capacity, leaseMs, slicesAfter } = readOptions(options, SHARED);
  const {
    capacity: _capacity,
    leaseMs: _leaseMs,
    slicesAfter: _slicesAfter,
    ...poolOptions
  } = options;
  return { poolOptions, capacity, leaseMs, slicesAfter };
}

/** Reads the options of `attach`. @throws {TypeError} if an option is invalid. */
export function readAttachOptions(options: AttachOptions): AttachOptions {
  return readOptions(options, ATTACH);
}
