// A refusal as Bedrock's clients show it.

import type { RefusalNotice } from "../wire.ts";

/**
 * Returns an error as AWS's JSON protocol shapes it, of a type that clients do not try again.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html
 */
export function bedrockRefusal({ code, message, evidence }: RefusalNotice): object {
  const isBudget = code === "budget_exceeded" || code === "budget_missing";
  const type = isBudget ? "ServiceQuotaExceededException" : "ValidationException";
  return { __type: type, message, error_code: code, budget: evidence };
}
