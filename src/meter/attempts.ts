// R18. One call may be tried several times: with a first bound, with a tighter one, with a shorter
// answer. Only the refusal of its last attempt is a refusal of the call.

import { BudgetExceeded } from "../core/errors.ts";
import { supersede } from "../core/superseded.ts";
import type { Eventually } from "../pool/any-budget-pool.ts";

/** The attempts to hold one call. */
export interface Attempts {
  /** How the last one was refused; undefined before that. */
  refused: BudgetExceeded | undefined;
}

/** Tries to hold a call, and removes the earlier refusal from the journal. */
export async function attempt<T>(
  attempts: Attempts | undefined,
  hold: () => Eventually<T>,
): Promise<T> {
  supersede(attempts?.refused);
  try {
    return await hold();
  } catch (error) {
    if (attempts !== undefined && BudgetExceeded.is(error)) attempts.refused = error;
    throw error;
  }
}
