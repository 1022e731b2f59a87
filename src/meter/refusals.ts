// Answers that are given without asking the provider. They look like the provider's own errors, so
// that every client shows their message, and they are final, so that no client tries again: a throw
// from `fetch` is retried as "Connection error.", a 429 for more than a minute.

import { BudgetError, BudgetExceeded } from "../core/errors.ts";
import { PriceUnknown } from "../prices/index.ts";
import type { Wire } from "../wire/wire.ts";
import { withoutFigures } from "./hidden-refusal.ts";
import type { MeterSettings } from "./settings.ts";

/** A stable reason why a request is not forwarded. */
export type RefusalCode =
  | "budget_exceeded"
  | "budget_missing"
  | "price_unknown"
  | "input_unbounded"
  | "output_unbounded"
  | "request_unreadable"
  | "route_unmetered"
  | "plan_reached"
  | "store_unavailable";

/**
 * Why a request is not forwarded, apart from its price: its cost cannot be bounded, or it has no
 * budget.
 */
export class CannotMeter extends BudgetError {
  override readonly name = "CannotMeter" as const;
  override readonly code = "CANNOT_METER" as const;
  /** The stable reason. */
  readonly reason: RefusalCode;

  constructor(reason: RefusalCode, message: string) {
    super("CANNOT_METER", message);
    this.reason = reason;
  }

  /** Returns whether a value is a `CannotMeter`, whichever copy of the package made it. */
  static override is(value: unknown): value is CannotMeter {
    return BudgetError.is(value) && value.code === "CANNOT_METER";
  }
}

/** An answer that is given without asking the provider. */
export interface RefusedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON in the shape of the provider's own errors. */
  readonly body: string;
}

/** The budget is the reason, and retrying does not help. */
const PAYMENT_REQUIRED = 402;
/** The request must be changed. */
const BAD_REQUEST = 400;
const UNAVAILABLE = 503;

/** Returns the answer for an error that kept a request from being forwarded. */
export function refusedAnswer(
  error: Error,
  wire: Wire | undefined,
  { explain, mayShow }: Partial<Pick<MeterSettings, "explain" | "mayShow">> = {},
): RefusedAnswer {
  const code = codeOf(error);
  const status = statusOf(code);
  const isHidden = BudgetExceeded.is(error) && mayShow?.(error.pool) === false;
  const shown = isHidden ? withoutFigures(error) : error;
  const message = `token-budget: ${isHidden ? shown.message : explained(error, explain)}`;
  const notice = { code, message, status, evidence: evidenceOf(shown) };
  const body = wire?.refusal(notice) ?? { error: { message, type: code, code } };
  return {
    status,
    headers: { "content-type": "application/json", "x-should-retry": "false" },
    body: JSON.stringify(body),
  };
}

function explained(error: Error, explain: ((error: Error) => string) | undefined): string {
  try {
    return explain?.(error) ?? error.message;
  } catch {
    return error.message;
  }
}

function codeOf(error: Error): RefusalCode {
  if (BudgetExceeded.is(error)) return "budget_exceeded";
  if (PriceUnknown.is(error)) return "price_unknown";
  return CannotMeter.is(error) ? error.reason : "store_unavailable";
}

function statusOf(code: RefusalCode): number {
  if (code === "budget_exceeded" || code === "budget_missing" || code === "plan_reached")
    return PAYMENT_REQUIRED;
  return code === "store_unavailable" ? UNAVAILABLE : BAD_REQUEST;
}

/** The data from which `budgetExceededFrom` restores the error. */
function evidenceOf(error: Error): unknown {
  if (!BudgetExceeded.is(error)) return undefined;
  const { pool, axis, attempted, cap, used, reserved, remaining, reason, resetsAt } = error;
  const { waitedMs } = error;
  if (Number.isNaN(cap)) return { pool, axis, reason, resetsAt, waitedMs };
  return { pool, axis, attempted, cap, used, reserved, remaining, reason, resetsAt, waitedMs };
}
