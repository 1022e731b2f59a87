// Errors of a stored budget, in addition to those of any budget.

import { BudgetError } from "../../core/errors.ts";

export { PoolGone } from "../../core/pool-gone.ts";

/**
 * Thrown when a store has not answered in time (R12). It is unknown whether the request was
 * applied; repeating it with the same id settles that. A request without a caller's id is undone in
 * the background, as soon as the store answers and as long as this process lives.
 */
export class StoreUnavailable extends BudgetError {
  override readonly name = "StoreUnavailable" as const;
  override readonly code = "STORE_UNAVAILABLE" as const;
  /** The path of the pool of the request. */
  readonly pool: string;
  /** How long the store was tried, in milliseconds. */
  readonly triedMs: number;

  constructor(pool: string, triedMs: number, cause: unknown) {
    super(
      "STORE_UNAVAILABLE",
      `The store ${failureText(triedMs)} for pool "${pool}" (${causeText(cause)}); nothing can be spent until it answers`,
      { cause },
    );
    this.pool = pool;
    this.triedMs = triedMs;
  }

  /** Returns whether a value is a `StoreUnavailable`, whichever copy of the package made it. */
  static override is(value: unknown): value is StoreUnavailable {
    return BudgetError.is(value) && value.code === "STORE_UNAVAILABLE";
  }
}

function failureText(triedMs: number): string {
  const ms = Math.round(triedMs);
  return ms === 0 ? "cannot answer" : `has not answered within ${ms} ms`;
}

function causeText(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  // Some drivers leave the message of a failed connection empty, and put the reason into `code`.
  const code: unknown = Reflect.get(cause, "code");
  return cause.message !== "" || typeof code !== "string" ? cause.message : code;
}

/** Thrown by every call on a store after `close()`. */
export class StoreClosed extends BudgetError {
  override readonly name = "StoreClosed" as const;
  override readonly code = "STORE_CLOSED" as const;

  constructor() {
    super("STORE_CLOSED", "This store was closed; open it again to continue");
  }

  /** Returns whether a value is a `StoreClosed`, whichever copy of the package made it. */
  static override is(value: unknown): value is StoreClosed {
    return BudgetError.is(value) && value.code === "STORE_CLOSED";
  }
}

/** Thrown when a store contains data of a version of this package that it cannot read. */
export class StoreIncompatible extends BudgetError {
  override readonly name = "StoreIncompatible" as const;
  override readonly code = "STORE_INCOMPATIBLE" as const;

  constructor(message: string) {
    super("STORE_INCOMPATIBLE", message);
  }

  /** Returns whether a value is a `StoreIncompatible`, whichever copy of the package made it. */
  static override is(value: unknown): value is StoreIncompatible {
    return BudgetError.is(value) && value.code === "STORE_INCOMPATIBLE";
  }
}

/** Thrown when an id was already used for something else (R10). Nothing was changed. */
export class IdTaken extends BudgetError {
  override readonly name = "IdTaken" as const;
  override readonly code = "ID_TAKEN" as const;
  /** The id. */
  readonly id: string;

  constructor(id: string) {
    super(
      "ID_TAKEN",
      `The id ${JSON.stringify(id)} was already used for something else; give each record and reservation an id of its own, and reuse it only to retry the same call`,
    );
    this.id = id;
  }

  /** Returns whether a value is an `IdTaken`, whichever copy of the package made it. */
  static override is(value: unknown): value is IdTaken {
    return BudgetError.is(value) && value.code === "ID_TAKEN";
  }
}

/** Thrown by `amend` and `endHold` for an id under which nothing is booked, or nothing is held. */
export class NotFound extends BudgetError {
  override readonly name = "NotFound" as const;
  override readonly code = "NOT_FOUND" as const;
  /** The id. */
  readonly id: string;

  constructor(pool: string, id: string, what: "booked" | "held" = "booked") {
    const help =
      what === "booked"
        ? "amend a booked commit or record by the id of its reservation or record"
        : "what is held now is listed by holds";
    super(
      "NOT_FOUND",
      `Nothing is ${what} in pool "${pool}" under the id ${JSON.stringify(id)}; ${help}`,
    );
    this.id = id;
  }

  /** Returns whether a value is a `NotFound`, whichever copy of the package made it. */
  static override is(value: unknown): value is NotFound {
    return BudgetError.is(value) && value.code === "NOT_FOUND";
  }
}

/** Thrown by `delete` for a pool with open reservations, there or below; it is not deleted. */
export class PoolInUse extends BudgetError {
  override readonly name = "PoolInUse" as const;
  override readonly code = "POOL_IN_USE" as const;
  /** The path of the pool. */
  readonly pool: string;
  readonly openReservations: number;

  constructor(pool: string, openReservations: number) {
    super(
      "POOL_IN_USE",
      openReservations > 0
        ? `Pool "${pool}" has ${openReservations} open reservations; freeze it, and delete it once they are settled or their leases have ended`
        : `Pool "${pool}" has room held in slices, or pools below it that were made meanwhile; freeze it, and delete it again`,
    );
    this.pool = pool;
    this.openReservations = openReservations;
  }

  /** Returns whether a value is a `PoolInUse`, whichever copy of the package made it. */
  static override is(value: unknown): value is PoolInUse {
    return BudgetError.is(value) && value.code === "POOL_IN_USE";
  }
}
