// Holds what a call may cost, now or when there is room, and says which output limit is to be
// written into it (M7): none where the room covers what the model itself may write.

import type { Amount } from "../core/amount.ts";
import { BudgetExceeded } from "../core/errors.ts";
import { toNanoUsd, toUsd } from "../core/nano-usd.ts";
import type { AbortSignalLike } from "../pool/abort-signal.ts";
import type { GrantRequest } from "../pool/requests.ts";
import type { WaitOptions } from "../pool/wait.ts";
import { unboundedOutput } from "./bound-request.ts";
import type { Bounded } from "./bound-request.ts";
import type { MeteredGrant, MeteredHold, MeteredPool } from "./metered-pool.ts";
import type { MeterSettings } from "./options.ts";
import { toldWhy } from "./refusal-reasons.ts";
import { unitsWithin } from "./room.ts";
import type { Room } from "./room.ts";

/** What is held. */
export interface Held {
  readonly hold: MeteredHold;
  /** The most output that is held for, of all choices. */
  readonly outputTokens: number;
  /** The output limit that has to be written into the request; undefined: none. */
  readonly limit: number | undefined;
}

/**
 * The part of the free room that one answer without a limit may take: the only call under way, and
 * one beside others. A program that makes one call after another is never cut short while the pool
 * has room; of five hundred at once none takes the room of the rest.
 */
const PART_ALONE = 1;
const PART_BESIDE_OTHERS = 0.125;

/** What a call is held in. */
export interface HoldContext {
  readonly pool: MeteredPool;
  readonly settings: MeterSettings;
  readonly signal: AbortSignalLike | undefined;
  /** What is left of the pool, where it is known. */
  readonly room: Room | undefined;
  /** Whether no other call of this meter is under way. */
  readonly isAlone: boolean;
}

/**
 * Holds what a call may cost.
 *
 * @throws {BudgetExceeded} if it does not fit.
 * @throws {CannotMeter} if nothing bounds its output and no limit may be written.
 */
export async function holdFor(bounded: Bounded, context: HoldContext): Promise<Held> {
  try {
    return await heldFor(bounded, context);
  } catch (error) {
    throw toldWhy(error, bounded.reasons, context.settings);
  }
}

async function heldFor(bounded: Bounded, context: HoldContext): Promise<Held> {
  const { output, outputFor } = bounded;
  if (output.kind === "fixed") {
    const { hold } = await take(bounded, context, 0, 0);
    return { hold, outputTokens: outputFor(0), limit: undefined };
  }
  const wanted = wantedLimit(bounded, context);
  const { limitsOutput } = context.settings;
  const least = limitsOutput ? Math.min(bounded.limitMin, wanted) : wanted;
  const { hold, units } = await take(bounded, context, wanted, least);
  const isUnlimited = output.max !== undefined && units >= output.max;
  return { hold, outputTokens: outputFor(units), limit: isUnlimited ? undefined : units };
}

/** The output limit that a call is to have; the model's own maximum where it needs none. */
function wantedLimit({ output, fixed, unit, price, bound }: Bounded, context: HoldContext): number {
  const { settings, room, isAlone } = context;
  const { limitsOutput, outputTokensMax } = settings;
  if (output.kind !== "open") return output.kind === "limited" ? output.max : 0;
  const { max } = output;
  if (!limitsOutput) {
    if (max === undefined) throw unboundedOutput(price);
    return max;
  }
  if (max === undefined) return outputTokensMax;
  if (room === undefined) return max;
  const part = isAlone ? PART_ALONE : PART_BESIDE_OTHERS;
  const affordable = unitsWithin(room, part, fixed, unit);
  if (affordable >= max) return max;
  // A written limit must be one that the model takes beside what goes in.
  const left = (price.context ?? max) - bound.inputTokens;
  const taken = Math.max(
    Math.min(max, left),
    Math.min(outputTokensMax, max, settings.outputTokensMin),
  );
  return Math.min(taken, Math.max(affordable, outputTokensMax));
}

interface Taken {
  readonly hold: MeteredHold;
  readonly units: number;
}

/**
 * Holds for `wanted` units; when others hold the room and the call may wait, once they have
 * released it; where all of them would not fit even then, for as many as do, and `least` at the
 * least.
 */
async function take(
  bounded: Bounded,
  { pool, settings, signal }: HoldContext,
  wanted: number,
  least: number,
): Promise<Taken> {
  const { wait } = settings;
  const options = wait && { ...wait, ...(signal !== undefined && { signal }) };
  let refused: unknown;
  try {
    return await grant(pool, bounded, wanted, wanted);
  } catch (error) {
    if (!BudgetExceeded.is(error)) throw error;
    refused = error;
  }
  if (options !== undefined && isBusy(refused)) {
    try {
      return await whenFree(pool, bounded, wanted, options);
    } catch (error) {
      if (!BudgetExceeded.is(error)) throw error;
      refused = error;
    }
  }
  if (least === wanted) throw refused;
  try {
    return await grant(pool, bounded, least, wanted);
  } catch (error) {
    // Who has waited as long as may be does not wait again.
    const hasWaited = isBusy(refused) && options !== undefined;
    if (options === undefined || hasWaited || !isBusy(error)) throw error;
  }
  return whenFree(pool, bounded, least, options);
}

function isBusy(error: unknown): boolean {
  return BudgetExceeded.is(error) && error.reason === "busy";
}

async function grant(
  pool: MeteredPool,
  bounded: Bounded,
  least: number,
  most: number,
): Promise<Taken> {
  const request: GrantRequest = {
    fixed: bounded.fixed,
    // A limit of nothing has no units: one unit of nothing stands for it.
    ...(most === 0 ? { unit: {}, min: 1, max: 1 } : { unit: bounded.unit, min: least, max: most }),
  };
  const held: MeteredGrant = await pool.reserveUpTo(request);
  return { hold: held, units: most === 0 ? 0 : held.units };
}

async function whenFree(
  pool: MeteredPool,
  bounded: Bounded,
  units: number,
  options: WaitOptions,
): Promise<Taken> {
  return { hold: await pool.reserveWhenFree(amountFor(bounded, units), options), units };
}

/** `fixed + n · unit`. */
function amountFor({ fixed, unit }: Bounded, units: number): Amount {
  const usd =
    fixed.usd === undefined && unit.usd === undefined
      ? undefined
      : toUsd(toNanoUsd(fixed.usd ?? 0) + toNanoUsd(unit.usd ?? 0) * units);
  return {
    inputTokens: fixed.inputTokens,
    outputTokens: (fixed.outputTokens ?? 0) + (unit.outputTokens ?? 0) * units,
    ...(usd !== undefined && { usd }),
    calls: fixed.calls,
  };
}
