// R17. Frozen pools refuse every new request, with a reason of their own, until they are thawed.
// Open reservations can be settled.

import { AXES } from "./axis.ts";
import type { Axis } from "./axis.ts";
import { limitsOf } from "./caps.ts";
import { capNow, capsNow } from "./carry.ts";
import { toUsd } from "./nano-usd.ts";
import type { PoolState } from "./pool-state.ts";
import { FIELD_OF_AXIS, Totals } from "./quantities.ts";
import type { Quantities } from "./quantities.ts";
import type { Refusal, RefusalReason } from "./refusal.ts";

/** Limits that not even a request for zero fits under. */
const NO_ROOM: Quantities = new Totals(-1, -1, -1, -1, -1);

/** Returns the current limits of a request. */
export function limitsNow(level: PoolState): Quantities {
  return level.frozen ? NO_ROOM : limitsOf(capsNow(level));
}

/** Freezes or thaws a pool. */
export function setFrozen(pool: PoolState, frozen: boolean): void {
  pool.frozen = frozen;
  pool.limits = limitsNow(pool);
}

/**
 * Returns the refusal of the first frozen level from the pool up; undefined if none is frozen. It
 * names the first capped axis; without caps, `calls`, as if its current total were the cap.
 */
export function frozenRefusal(pool: PoolState, ask: Quantities): Refusal | undefined {
  let level: PoolState | undefined = pool;
  while (level !== undefined && !level.frozen) level = level.parent;
  if (level === undefined) return undefined;
  const { caps, taken, reserved } = level;
  const axis = AXES.find((each) => caps[FIELD_OF_AXIS[each]] !== undefined) ?? "calls";
  const field = FIELD_OF_AXIS[axis];
  return refusalOn(level, axis, {
    attempted: taken[field] + ask[field],
    used: taken[field] - reserved[field],
    reserved: reserved[field],
    reason: "frozen",
  });
}

/** Returns a refusal as callers see it. */
export function refusalOn<Reason extends RefusalReason>(
  level: PoolState,
  axis: Axis,
  found: { attempted: number; used: number; reserved: number; reason: Reason },
): Refusal & { readonly reason: Reason } {
  const field = FIELD_OF_AXIS[axis];
  const shown = (quantity: number): number => (axis === "usd" ? toUsd(quantity) : quantity);
  const { attempted, used, reserved, reason } = found;
  const cap = capNow(level, field) ?? level.taken[field];
  return {
    pool: level.path,
    axis,
    attempted: shown(attempted),
    cap: shown(cap),
    used: shown(used),
    reserved: shown(reserved),
    remaining: shown(cap - used - reserved),
    reason,
    ...(reason === "spent" && level.window !== undefined && { resetsAt: level.windowEndsAt }),
  };
}
