// Errors of a budget in shared memory, in addition to those of any budget.

import { BudgetError } from "../core/errors.ts";
import type { BudgetErrorCode } from "../core/errors.ts";

/** The base class of errors about a fixed capacity. The failed call has changed nothing. */
class CapacityFull extends BudgetError {
  /** How many fit, as given in `capacity`. */
  readonly capacity: number;

  constructor(code: BudgetErrorCode, message: string, capacity: number) {
    super(code, message);
    this.capacity = capacity;
  }
}

/** Thrown when `capacity.reservations` reservations are already open or waiting. */
export class ReservationsFull extends CapacityFull {
  override readonly name = "ReservationsFull" as const;
  override readonly code = "RESERVATIONS_FULL" as const;

  constructor(capacity: number) {
    super(
      "RESERVATIONS_FULL",
      `All ${capacity} reservations of this shared budget are open or waiting; settle some, or create it with a larger capacity.reservations`,
      capacity,
    );
  }

  /** Returns whether a value is a `ReservationsFull`, whichever copy of the package made it. */
  static override is(value: unknown): value is ReservationsFull {
    return BudgetError.is(value) && value.code === "RESERVATIONS_FULL";
  }
}

/** Thrown when a new child would exceed `capacity.pools`. */
export class PoolsFull extends CapacityFull {
  override readonly name = "PoolsFull" as const;
  override readonly code = "POOLS_FULL" as const;

  constructor(capacity: number) {
    super(
      "POOLS_FULL",
      `All ${capacity} pools of this shared budget are in use; remove some with forgetChild(), or create it with a larger capacity.pools`,
      capacity,
    );
  }

  /** Returns whether a value is a `PoolsFull`, whichever copy of the package made it. */
  static override is(value: unknown): value is PoolsFull {
    return BudgetError.is(value) && value.code === "POOLS_FULL";
  }
}

/** Thrown by `attach` when `capacity.threads` threads are already attached. */
export class ThreadsFull extends CapacityFull {
  override readonly name = "ThreadsFull" as const;
  override readonly code = "THREADS_FULL" as const;

  constructor(capacity: number) {
    super(
      "THREADS_FULL",
      `${capacity} threads are attached to this shared budget, its maximum; close() it in a thread that is done, watch() workers so that their slots are freed when they exit, or create it with a larger capacity.threads`,
      capacity,
    );
  }

  /** Returns whether a value is a `ThreadsFull`, whichever copy of the package made it. */
  static override is(value: unknown): value is ThreadsFull {
    return BudgetError.is(value) && value.code === "THREADS_FULL";
  }
}

/** Thrown by `attach` when a handle does not lead to a shared budget that this version can use. */
export class HandleInvalid extends BudgetError {
  override readonly name = "HandleInvalid" as const;
  override readonly code = "HANDLE_INVALID" as const;

  constructor(message: string) {
    super("HANDLE_INVALID", message);
  }

  /** Returns whether a value is a `HandleInvalid`, whichever copy of the package made it. */
  static override is(value: unknown): value is HandleInvalid {
    return BudgetError.is(value) && value.code === "HANDLE_INVALID";
  }
}

export { PoolGone } from "../core/pool-gone.ts";
