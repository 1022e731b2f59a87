// Refusals by a pool whose figures the caller may not see: they name the pool and the reason, so
// that the caller knows whom to ask, and nothing that the pool has, holds or has used.

import { BudgetExceeded } from "../core/errors.ts";
import type { Axis } from "../core/axis.ts";
import type { RefusalReason } from "../core/refusal.ts";
import { reasonsOf } from "./refusal-reasons.ts";

/** The part of a refusal without figures. */
interface HiddenRefusal {
  readonly pool: string;
  readonly axis: Axis;
  readonly reason: RefusalReason;
  readonly resetsAt?: number | undefined;
  readonly waitedMs?: number | undefined;
}

const WHY: Readonly<Record<RefusalReason, string>> = {
  never: "this call alone may use more than its cap: ask for a shorter answer, or for more budget",
  spent: "it has no room for this call: ask for more budget",
  busy: "calls under way hold its room: try again later",
  frozen: "it is frozen and refuses new calls",
};

/** Returns the same refusal without figures: they are `NaN`. */
export function withoutFigures(refusal: HiddenRefusal): BudgetExceeded {
  const { pool, axis, reason, resetsAt, waitedMs } = refusal;
  const hidden = Number.NaN;
  const error = new BudgetExceeded(
    {
      pool,
      axis,
      reason,
      attempted: hidden,
      cap: hidden,
      used: hidden,
      reserved: hidden,
      remaining: hidden,
      ...(resetsAt !== undefined && { resetsAt }),
    },
    waitedMs === undefined ? {} : { waitedMs },
  );
  const reasons = refusal instanceof Error ? reasonsOf(refusal) : [];
  const resets = resetsAt === undefined ? [] : [`resets at ${new Date(resetsAt).toISOString()}`];
  const parts = [WHY[reason], ...resets, ...reasons];
  error.message = `Budget exceeded on ${axis} in pool "${pool}", above yours: ${parts.join("; ")}`;
  return error;
}
