// Figures of the reference model in the form that callers pass and see: dollars, not nano-dollars.

import type { Amount, AmountView } from "../core/amount.ts";
import type { Caps } from "../core/caps.ts";
import type { Refusal } from "../core/refusal.ts";
import type { FixedPeriod } from "../core/window-rule.ts";
import type { BudgetPoolOptions, ChildPoolOptions } from "../pool/options.ts";
import type { ModelAmount } from "./model-quantities.ts";
import type { ModelOptions, ModelRefusal } from "./reference-model.ts";

/** Returns a refusal of the model in the form that callers see. */
export function modelRefusal(refusal: ModelRefusal): Refusal {
  const { pool, axis, attempted, cap, used, reserved, reason, resetsAt } = refusal;
  const shown = (quantity: bigint): number =>
    axis === "nanoUsd" ? Number(quantity) / 1e9 : Number(quantity);
  return {
    pool,
    axis: axis === "nanoUsd" ? "usd" : axis,
    attempted: shown(attempted),
    cap: shown(cap),
    used: shown(used),
    reserved: shown(reserved),
    remaining: shown(cap - used - reserved),
    reason,
    ...(resetsAt !== undefined && { resetsAt }),
  };
}

/** Returns quantities of the model in the form that callers see. */
export function viewOf(quantities: Record<keyof ModelAmount, bigint>): AmountView {
  return {
    tokens: Number(quantities.tokens),
    inputTokens: Number(quantities.inputTokens),
    outputTokens: Number(quantities.outputTokens),
    usd: Number(quantities.nanoUsd) / 1e9,
    calls: Number(quantities.calls),
  };
}

/** Returns an amount of the model in the form that callers pass. */
export function amountOf({ nanoUsd, ...counts }: ModelAmount): Amount {
  return nanoUsd === undefined ? counts : { ...counts, usd: usdText(nanoUsd) };
}

/** Returns caps of the model in the form that callers pass. */
export function viewedCaps({ nanoUsd, ...counts }: ModelAmount): Caps {
  return nanoUsd === undefined ? counts : { ...counts, usd: usdText(nanoUsd) };
}

/** Returns the settings of a model pool in the form that callers pass. */
export function poolOptions({
  caps,
  overage,
  everyMs,
  slidingMs,
  carry,
}: ModelOptions): BudgetPoolOptions & ChildPoolOptions {
  return {
    ...(caps !== undefined && { caps: viewedCaps(caps) }),
    ...(overage !== undefined && { overage }),
    ...(everyMs !== undefined && { window: fixedWindow(everyMs, carry) }),
    ...(slidingMs !== undefined && { window: { sliding: slidingMs } }),
  };
}

/** Returns a window of fixed length in the form that callers pass. */
export function fixedWindow(everyMs: number, carry: ModelOptions["carry"]): FixedPeriod {
  if (carry === undefined) return { everyMs };
  return { everyMs, carryOver: carry === true ? true : { upTo: viewedCaps(carry) } };
}

/** Returns integer nano-dollars as a decimal string of dollars. */
function usdText(nanoUsd: number): string {
  const digits = String(nanoUsd).padStart(10, "0");
  return `${digits.slice(0, -9)}.${digits.slice(-9)}`;
}
