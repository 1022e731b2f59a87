// The rules once more, naively: lists of bookings and holds that are summed up again for every
// question, in BigInt. It shares no code with core, so that the two can be compared.

import { combine, grant, least, sum, zero } from "./model-quantities.ts";
import type { Field, ModelAmount, ModelQuantities as Quantities } from "./model-quantities.ts";

const FIELDS: readonly Field[] = ["tokens", "inputTokens", "outputTokens", "nanoUsd", "calls"];
const LARGEST = 2n ** 53n - 1n;

/** Options of a model pool. */
export interface ModelOptions {
  /** @default no caps */
  readonly caps?: ModelAmount;
  /** @default `"throw"`, below the root that of the parent */
  readonly overage?: "throw" | "allow" | "reject";
  /**
   * Length of fixed windows counted from 1970.
   *
   * @default no window
   */
  readonly everyMs?: number;
  /**
   * Length of a sliding window.
   *
   * @default no sliding window
   */
  readonly slidingMs?: number;
  /**
   * The most that fixed windows carry over, by axis; `true` for one cap.
   *
   * @default nothing
   */
  readonly carry?: true | ModelAmount | undefined;
}

/** Why the model refuses; money in nano-dollars. */
export interface ModelRefusal {
  readonly pool: string;
  readonly axis: Field;
  readonly attempted: bigint;
  readonly cap: bigint;
  readonly used: bigint;
  readonly reserved: bigint;
  readonly reason: "never" | "spent" | "busy" | "frozen";
  readonly resetsAt: number | undefined;
}

/** The outcome of a command. */
export type ModelOutcome =
  | { readonly kind: "done"; readonly units?: number }
  | { readonly kind: "refused"; readonly refusal: ModelRefusal }
  | { readonly kind: "out of range" }
  | { readonly kind: "settled before" }
  | {
      readonly kind: "committed";
      readonly booked: Quantities;
      readonly overage: Quantities;
      readonly exceeded: ModelRefusal | undefined;
      readonly throws: boolean;
      readonly rejected: boolean;
    };

/** A hold of the model. */
export interface ModelHold {
  readonly pool: ModelPool;
  readonly amount: Quantities;
  /** The pools in which it is still held: a reset drops it from one. */
  readonly heldAt: Set<ModelPool>;
  settled: boolean;
  /** What its commit booked. */
  booking?: ModelBooking;
}

/** An amount that counts unless a reset or a roll has dropped it. */
export interface ModelBooking {
  amount: Quantities;
  /** When it was made. */
  at: number;
}

/** A pool as a list of bookings and holds. */
export class ModelPool {
  readonly path: string;
  readonly parent: ModelPool | undefined;
  caps: ModelAmount;
  overage: "throw" | "allow" | "reject" | undefined;
  everyMs: number | undefined;
  slidingMs: number | undefined;
  carry: true | ModelAmount | undefined;
  generation = 0;
  /** R17. Whether it refuses everything new. */
  frozen = false;
  #raises: { readonly until: number; readonly by: ModelAmount }[] = [];
  #bookings: ModelBooking[] = [];
  readonly #holds: ModelHold[] = [];
  #windowStart: number | undefined;
  /** The remainder of the previous period, recomputed because its bookings may be corrected. */
  #left: ((field: Field) => bigint) | undefined;
  #nowMs = 0;

  constructor(path: string, options: ModelOptions, parent?: ModelPool) {
    this.path = path;
    this.parent = parent;
    this.caps = options.caps ?? {};
    this.overage = options.overage;
    this.everyMs = options.everyMs;
    this.slidingMs = options.slidingMs;
    this.carry = options.everyMs === undefined ? undefined : options.carry;
  }

  levels(): ModelPool[] {
    return this.parent === undefined ? [this] : [this, ...this.parent.levels()];
  }

  used(): Quantities {
    return sum(this.#bookings.map(({ amount }) => amount));
  }

  openHolds(): ModelHold[] {
    return this.#holds.filter((hold) => !hold.settled && hold.heldAt.has(this));
  }

  reserved(): Quantities {
    return sum(this.openHolds().map((hold) => hold.amount));
  }

  windowStart(): number | undefined {
    return this.#windowStart;
  }

  roll(nowMs: number): void {
    for (const level of this.levels()) {
      level.#nowMs = nowMs;
      level.#endRaises(nowMs);
      if (level.slidingMs !== undefined) level.#slide(level.slidingMs, nowMs);
      if (level.everyMs === undefined) continue;
      const start = nowMs - (((nowMs % level.everyMs) + level.everyMs) % level.everyMs);
      if (level.#windowStart !== undefined && start > level.#windowStart) {
        level.#leave(level.#windowStart, start, level.everyMs);
        level.#bookings = [];
      }
      if (level.#windowStart === undefined || start > level.#windowStart)
        level.#windowStart = start;
    }
  }

  /** Returns the amount carried to the current period. */
  carried(): Quantities {
    return combine((field) => {
      const cap = this.caps[field];
      const upTo = this.carry === true ? cap : this.carry?.[field];
      const left = this.#left?.(field) ?? 0n;
      if (cap === undefined || upTo === undefined || left < 0n) return 0n;
      return least(BigInt(upTo), left);
    });
  }

  /** Returns the cap on an axis including the carried amount; undefined without one. */
  #capNow(field: Field): bigint | undefined {
    const cap = this.caps[field];
    return cap === undefined ? undefined : least(LARGEST, BigInt(cap) + this.carried()[field]);
  }

  /** Moves from period to period, as far as `start`. */
  #leave(from: number, start: number, everyMs: number): void {
    if (this.carry === undefined) return;
    const room = combine((field) => this.#capNow(field) ?? 0n);
    // Bookings before that period are final; the rest may still be corrected.
    const bookings = this.#bookings.map((each) => (each.at < from ? { ...each } : each));
    this.#left = (field) => room[field] - sum(bookings.map(({ amount }) => amount))[field];
    for (let at = from + everyMs; at < start; at += everyMs) {
      const left = combine((field) => this.#capNow(field) ?? 0n);
      this.#left = (field) => left[field];
    }
  }

  /** Keeps what belongs to the last 60 parts and the current one. */
  #slide(slidingMs: number, nowMs: number): void {
    const partMs = Math.ceil(slidingMs / 60);
    const start = (Math.floor(nowMs / partMs) - 60) * partMs;
    this.#bookings = this.#bookings.filter(({ at }) => at >= start);
    this.#windowStart = start;
  }

  judge(ask: Quantities): ModelOutcome {
    const found: ModelRefusal[] = [];
    let passesLargest = false;
    for (const level of this.levels()) {
      const used = level.used();
      const reserved = level.reserved();
      for (const field of FIELDS) {
        const refusal = level.#refusalOn(field, used[field], reserved[field], ask[field]);
        if (refusal !== undefined) found.push(refusal);
        if (used[field] + reserved[field] + ask[field] > LARGEST) passesLargest = true;
      }
    }
    const frozen = this.levels().find((level) => level.frozen);
    if (frozen !== undefined) return { kind: "refused", refusal: frozen.#refusalFrozen(ask) };
    const first = mostLasting(found);
    if (first !== undefined) return { kind: "refused", refusal: first };
    return passesLargest ? { kind: "out of range" } : { kind: "done" };
  }

  record(ask: Quantities): ModelOutcome {
    const outcome = this.judge(ask);
    if (outcome.kind === "done")
      for (const level of this.levels()) level.#bookings.push({ amount: ask, at: this.#nowMs });
    return outcome;
  }

  reserve(ask: Quantities): { outcome: ModelOutcome; hold: ModelHold | undefined } {
    const outcome = this.judge(ask);
    if (outcome.kind !== "done") return { outcome, hold: undefined };
    const hold = { pool: this, amount: ask, heldAt: new Set(this.levels()), settled: false };
    for (const level of this.levels()) level.#holds.push(hold);
    return { outcome, hold };
  }

  /** Tries every `n` from `max` down. */
  reserveUpTo(
    fixed: Quantities,
    unit: Quantities,
    min: number,
    max: number,
  ): { outcome: ModelOutcome; hold: ModelHold | undefined } {
    for (let units = max; units > min; units--) {
      const tried = this.reserve(grant(fixed, unit, units));
      if (tried.hold !== undefined) return { ...tried, outcome: { kind: "done", units } };
    }
    const last = this.reserve(grant(fixed, unit, min));
    return last.hold === undefined ? last : { ...last, outcome: { kind: "done", units: min } };
  }

  commit(hold: ModelHold, actual: Quantities): ModelOutcome {
    if (hold.settled) return { kind: "settled before" };
    const policy = this.levels().find((level) => level.overage !== undefined)?.overage ?? "throw";
    const exceeded: ModelRefusal[] = [];
    const overage = { ...zero() };
    for (const level of this.levels()) {
      const held = hold.heldAt.has(level) ? hold.amount : zero();
      const used = level.used();
      const reserved = level.reserved();
      for (const field of FIELDS) {
        const over = actual[field] - held[field];
        if (over > overage[field]) overage[field] = over;
        if (over <= 0n) continue;
        const others = reserved[field] - held[field];
        const refusal = level.#refusalOn(field, used[field], others, actual[field]);
        if (refusal === undefined) continue;
        exceeded.push(
          policy === "reject" ? refusal : { ...refusal, used: used[field] + actual[field] },
        );
      }
    }
    const told = mostLasting(exceeded);
    const booked = told === undefined || policy !== "reject";
    if (booked && this.#passesLargest(hold, actual)) return { kind: "out of range" };
    hold.settled = true;
    const booking = { amount: booked ? actual : zero(), at: this.#nowMs };
    hold.booking = booking;
    for (const level of this.levels()) level.#bookings.push(booking);
    return {
      kind: "committed",
      booked: booked ? actual : zero(),
      overage,
      exceeded: told,
      throws: told !== undefined && policy !== "allow",
      rejected: !booked,
    };
  }

  /** Corrects a booking in the periods in which it counts. */
  amend(booking: ModelBooking, actual: Quantities): ModelOutcome {
    const isTooLarge = this.levels()
      .filter((level) => level.#bookings.includes(booking))
      .some((level) => {
        const used = level.used();
        const reserved = level.reserved();
        return FIELDS.some(
          (field) =>
            used[field] + reserved[field] - booking.amount[field] + actual[field] > LARGEST,
        );
      });
    if (isTooLarge) return { kind: "out of range" };
    booking.amount = actual;
    return { kind: "done" };
  }

  /** Replaces the window; used does not change. */
  setWindow(window: Pick<ModelOptions, "everyMs" | "slidingMs" | "carry">, nowMs: number): void {
    if (this.carry === undefined || window.carry === undefined) this.#left = undefined;
    // A past sliding window's usage counts as used now, without its bookings.
    if (window.slidingMs !== undefined || this.slidingMs !== undefined)
      this.#bookings = [{ amount: this.used(), at: nowMs }];
    this.everyMs = window.everyMs;
    this.slidingMs = window.slidingMs;
    this.carry = window.carry;
    this.#windowStart = undefined;
    this.roll(nowMs);
  }

  /** R17. Changes caps by amounts until a time. */
  raise(by: ModelAmount, until: number): ModelOutcome {
    const caps: Record<string, number> = {};
    for (const field of FIELDS) {
      const cap = (this.caps[field] ?? Number.NaN) + (by[field] ?? 0);
      if (by[field] === undefined) continue;
      if (!(cap >= 0 && cap <= Number(LARGEST))) return { kind: "out of range" };
      caps[field] = cap;
    }
    this.caps = { ...this.caps, ...caps };
    this.#raises.push({ until, by });
    return { kind: "done" };
  }

  /** R9. Sets caps, which ends temporary changes of them. */
  setCaps(caps: ModelAmount): void {
    this.caps = { ...this.caps, ...caps };
    const isSet = (field: string): boolean => field in caps;
    this.#raises = this.#raises.map(({ until, by }) => ({
      until,
      by: Object.fromEntries(Object.entries(by).filter(([field]) => !isSet(field))),
    }));
  }

  #endRaises(nowMs: number): void {
    const ended = this.#raises.filter(({ until }) => until <= nowMs);
    this.#raises = this.#raises.filter(({ until }) => until > nowMs);
    // Changes that end at the same time end as one.
    for (const until of [...new Set(ended.map((raise) => raise.until))].toSorted((a, b) => a - b)) {
      const caps: Record<string, number> = { ...this.caps };
      for (const field of FIELDS) {
        const differences = ended.filter((raise) => raise.until === until && field in raise.by);
        if (caps[field] === undefined || differences.length === 0) continue;
        const by = differences.reduce((total, raise) => total + (raise.by[field] ?? 0), 0);
        caps[field] = Math.min(Number(LARGEST), Math.max(0, caps[field] - by));
      }
      this.caps = caps;
    }
  }

  reset(): void {
    for (const hold of this.openHolds()) hold.heldAt.delete(this);
    this.#bookings = [];
    this.#left = undefined;
    this.generation++;
  }

  #passesLargest(hold: ModelHold, actual: Quantities): boolean {
    return this.levels().some((level) => {
      const held = hold.heldAt.has(level) ? hold.amount : zero();
      const used = level.used();
      const reserved = level.reserved();
      return FIELDS.some(
        (field) => used[field] + reserved[field] - held[field] + actual[field] > LARGEST,
      );
    });
  }

  #refusalFrozen(ask: Quantities): ModelRefusal {
    const axis = FIELDS.find((field) => this.caps[field] !== undefined) ?? "calls";
    const used = this.used()[axis];
    const reserved = this.reserved()[axis];
    const cap = this.#capNow(axis) ?? used + reserved;
    const attempted = used + reserved + ask[axis];
    const told = { axis, attempted, cap, used, reserved, resetsAt: undefined };
    return { pool: this.path, reason: "frozen", ...told };
  }

  /** When the window that began then rolls, or moves. */
  #endOf(start: number): number | undefined {
    if (this.slidingMs !== undefined) return start + 61 * Math.ceil(this.slidingMs / 60);
    return this.everyMs === undefined ? undefined : start + this.everyMs;
  }

  #refusalOn(axis: Field, used: bigint, reserved: bigint, ask: bigint): ModelRefusal | undefined {
    const cap = this.#capNow(axis);
    if (cap === undefined) return undefined;
    const attempted = used + reserved + ask;
    if (attempted <= cap) return undefined;
    const alone = BigInt(this.caps[axis] ?? 0);
    const carry = this.carry === true ? alone : BigInt(this.carry?.[axis] ?? 0);
    const most = cap > alone + carry ? cap : alone + carry;
    const reason = ask > most ? "never" : used + ask > cap ? "spent" : "busy";
    const start = this.#windowStart;
    const resetsAt = reason === "spent" && start !== undefined ? this.#endOf(start) : undefined;
    return { pool: this.path, axis, attempted, cap, used, reserved, reason, resetsAt };
  }
}

function mostLasting(refusals: readonly ModelRefusal[]): ModelRefusal | undefined {
  for (const reason of ["never", "spent", "busy"]) {
    const first = refusals.find((refusal) => refusal.reason === reason);
    if (first !== undefined) return first;
  }
  return undefined;
}
