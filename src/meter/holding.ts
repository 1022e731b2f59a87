// Holds what a call may cost, now or when there is room.

import type { Amount } from "../core/amount.ts";
import { BudgetExceeded } from "../core/errors.ts";
import { toNanoUsd, toUsd } from "../core/nano-usd.ts";
import type { AbortSignalLike } from "../pool/abort-signal.ts";
import type { GrantRequest } from "../pool/requests.ts";
import type { WaitOptions } from "../pool/wait.ts";
import type { MeteredGrant, MeteredHold, MeteredPool } from "./metered-pool.ts";

/** What is held, and for how many units of output. */
export interface Held {
  readonly hold: MeteredHold;
  readonly units: number;
}

/**
 * Holds as many units as fit. With `wait`, and while others hold the room, it waits for all of
 * them; for the least that is of use, where all of them would never fit.
 *
 * @throws {BudgetExceeded} when they do not fit.
 */
export async function holdFor(
  pool: MeteredPool,
  grant: GrantRequest,
  wait: Pick<WaitOptions, "timeoutMs"> | undefined,
  signal: AbortSignalLike | undefined,
): Promise<Held> {
  try {
    const held: MeteredGrant = await pool.reserveUpTo(grant);
    return { hold: held, units: held.units };
  } catch (error) {
    if (wait === undefined || !BudgetExceeded.is(error) || error.reason !== "busy") throw error;
  }
  const options = { ...wait, ...(signal !== undefined && { signal }) };
  try {
    return await whenFree(pool, grant, grant.max, options);
  } catch (error) {
    const isOver = BudgetExceeded.is(error) && error.reason !== "busy";
    if (!isOver || grant.min === grant.max) throw error;
  }
  return whenFree(pool, grant, grant.min ?? 1, options);
}

async function whenFree(
  pool: MeteredPool,
  grant: GrantRequest,
  units: number,
  options: WaitOptions,
): Promise<Held> {
  return { hold: await pool.reserveWhenFree(amountFor(grant, units), options), units };
}

/** `fixed + n · unit`. */
function amountFor({ fixed = {}, unit }: GrantRequest, units: number): Amount {
  const usd =
    fixed.usd === undefined || unit.usd === undefined
      ? undefined
      : toUsd(toNanoUsd(fixed.usd) + toNanoUsd(unit.usd) * units);
  return {
    inputTokens: fixed.inputTokens,
    outputTokens: (fixed.outputTokens ?? 0) + (unit.outputTokens ?? 0) * units,
    usd,
    calls: fixed.calls,
  };
}
