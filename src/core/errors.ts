// The errors of this package: a stable `code`, the evidence as fields, and a marker that works
// across copies of it.

import { amountView } from "./amount.ts";
import type { AmountView } from "./amount.ts";
import type { Axis } from "./axis.ts";
import type { Quantities } from "./quantities.ts";
import type { Refusal, RefusalReason } from "./refusal.ts";

const MARKER = Symbol.for("token-budget.error");

/** A stable code of an error, the same in all versions; match on it rather than on classes. */
export type BudgetErrorCode =
  | "BUDGET_EXCEEDED"
  | "RESERVATION_SETTLED"
  | "CONFIG_INVALID"
  | "RESERVATIONS_FULL"
  | "POOLS_FULL"
  | "THREADS_FULL"
  | "HANDLE_INVALID"
  | "POOL_GONE"
  | "POOL_IN_USE"
  | "ID_TAKEN"
  | "NOT_FOUND"
  | "STORE_UNAVAILABLE"
  | "STORE_CLOSED"
  | "STORE_INCOMPATIBLE"
  | "PRICE_UNKNOWN"
  | "CANNOT_METER";

/**
 * The base class of every error that this package throws on purpose, except `TypeError` and
 * `RangeError` for invalid arguments.
 */
export class BudgetError extends Error {
  override readonly name: string = "BudgetError";
  /** The stable code of the error. */
  declare readonly code: BudgetErrorCode;

  constructor(code: BudgetErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
    Object.defineProperty(this, MARKER, { value: true });
  }

  /** Returns whether a value is an error of this package, whichever copy of the package made it. */
  static is(value: unknown): value is BudgetError {
    return typeof value === "object" && value !== null && MARKER in value;
  }
}

/** Thrown when a request does not fit under a cap, and by a commit that went over one. */
export class BudgetExceeded extends BudgetError implements Refusal {
  override readonly name = "BudgetExceeded" as const;
  declare readonly code: "BUDGET_EXCEEDED";
  declare readonly pool: string;
  declare readonly axis: Axis;
  declare readonly attempted: number;
  declare readonly cap: number;
  declare readonly used: number;
  declare readonly reserved: number;
  declare readonly remaining: number;
  declare readonly reason: RefusalReason;
  declare readonly resetsAt?: number;
  /**
   * Whether the amount is booked anyway: true for a commit with overage, false for every refused
   * request.
   */
  declare readonly booked: boolean;
  /**
   * How long the request waited before it was refused, in milliseconds; only from `reserveWhenFree`
   * with a timeout.
   */
  declare readonly waitedMs?: number;

  constructor(refusal: Refusal, details: { booked?: boolean; waitedMs?: number } = {}) {
    super("BUDGET_EXCEEDED", messageOf(refusal, details));
    Object.assign(this, refusal);
    this.booked = details.booked ?? false;
    if (details.waitedMs !== undefined) this.waitedMs = details.waitedMs;
  }

  /** Returns whether a value is a `BudgetExceeded`, whichever copy of the package made it. */
  static override is(value: unknown): value is BudgetExceeded {
    return BudgetError.is(value) && value.code === "BUDGET_EXCEEDED";
  }
}

/** The way in which a reservation was settled. */
export type SettledOutcome = "committed" | "released";

const SETTLED_ADVICE: Readonly<Record<SettledOutcome, string>> = {
  committed: "commit once; to book more use record()",
  released:
    "commit before you release, and in a block with `using` await the call before the block ends",
};

/** Thrown by a commit of a reservation that is already committed or released. */
export class ReservationSettled extends BudgetError {
  override readonly name = "ReservationSettled" as const;
  declare readonly code: "RESERVATION_SETTLED";
  /** The path of the pool that the reservation was made on. */
  declare readonly pool: string;
  /** How it was settled. */
  declare readonly outcome: SettledOutcome;
  /** The reserved amount. */
  declare readonly amount: AmountView;

  constructor(pool: string, outcome: SettledOutcome, held: Quantities) {
    super(
      "RESERVATION_SETTLED",
      `This reservation (pool "${pool}") has already been ${outcome}; ${SETTLED_ADVICE[outcome]}`,
    );
    this.pool = pool;
    this.outcome = outcome;
    this.amount = amountView(held);
  }

  /** Returns whether a value is a `ReservationSettled`, whichever copy of the package made it. */
  static override is(value: unknown): value is ReservationSettled {
    return BudgetError.is(value) && value.code === "RESERVATION_SETTLED";
  }
}

/** Thrown when options contradict what a pool already is. */
export class ConfigInvalid extends BudgetError {
  override readonly name = "ConfigInvalid" as const;
  declare readonly code: "CONFIG_INVALID";
  /** The path of the pool that the options were for. */
  declare readonly pool: string;

  constructor(pool: string, message: string) {
    super("CONFIG_INVALID", message);
    this.pool = pool;
  }

  /** Returns whether a value is a `ConfigInvalid`, whichever copy of the package made it. */
  static override is(value: unknown): value is ConfigInvalid {
    return BudgetError.is(value) && value.code === "CONFIG_INVALID";
  }
}

const ADVICE: Readonly<Record<Exclude<RefusalReason, "frozen">, string>> = {
  never: "the request alone is over the cap: request less, or raise the cap",
  spent: "reset the pool or raise the cap",
  busy: "it fits once open reservations settle: wait with reserveWhenFree()",
};

function messageOf(refusal: Refusal, details: { booked?: boolean; waitedMs?: number }): string {
  const { pool, axis, cap, attempted, used, reserved, remaining } = refusal;
  if (refusal.reason === "frozen")
    return `Pool "${pool}" is frozen: nothing new may be spent from it until it is thawed`;
  const of = `of ${quantityText(axis, cap)} (pool "${pool}")`;
  if (details.booked === true) {
    const taken = quantityText(axis, attempted);
    return `Budget exceeded on ${axis}: a commit took it to ${taken} ${of}. The spend is booked; new requests are refused until there is room`;
  }
  const asked = quantityText(axis, attempted - used - reserved);
  const rolls =
    refusal.resetsAt === undefined
      ? ""
      : `, or wait for the next window at ${instantText(refusal.resetsAt)}`;
  const left = quantityText(axis, remaining);
  const advice =
    details.waitedMs === undefined
      ? ADVICE[refusal.reason]
      : `gave up after waiting ${details.waitedMs} ms for open reservations to settle`;
  return `Budget exceeded on ${axis}: asked ${asked}, remaining ${left} ${of}; ${advice}${rolls}`;
}

/** Formats dollars with two to nine decimal places, and counts as they are. */
function quantityText(axis: Axis, quantity: number): string {
  if (axis !== "usd") return String(quantity);
  const dollars = Math.abs(quantity)
    .toFixed(9)
    .replace(/(\.\d\d\d*?)0+$/, "$1");
  return `${quantity < 0 ? "-" : ""}$${dollars}`;
}

function instantText(atMs: number): string {
  const date = new Date(atMs);
  return Number.isNaN(date.getTime()) ? String(atMs) : date.toISOString();
}
