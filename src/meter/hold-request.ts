// Holds what a call may cost, now or when there is room, and says which output limit is to be
// written into it (M7): none where the room covers what the model itself may write.

import type { Amount } from "../core/amount.ts";
import type { Axis } from "../core/axis.ts";
import { BudgetExceeded } from "../core/errors.ts";
import { toNanoUsd, toUsd } from "../core/nano-usd.ts";
import type { AbortSignalLike } from "../pool/abort-signal.ts";
import type { GrantRequest } from "../pool/requests.ts";
import type { WaitOptions } from "../pool/wait.ts";
import { attempt } from "./attempts.ts";
import type { Attempts } from "./attempts.ts";
import type { Bounded } from "./bounded.ts";
import { unboundedOutput } from "./input-tokens.ts";
import { aboutOf, SENT } from "./metered-pool.ts";
import type { MeteredHold, MeteredPool } from "./metered-pool.ts";
import type { MeterSettings } from "./settings.ts";
import type { Refinement } from "./refine-bound.ts";
import { toldWhy } from "./refusal-reasons.ts";
import { hasRoomFor, roomOf, unitsWithin } from "./room.ts";
import type { Room } from "./room.ts";

/** What is held. */
export interface Held {
  /** The request with the bound that it is held at. */
  readonly bounded: Bounded;
  readonly hold: MeteredHold;
  /** The most output that is held for, of all choices. */
  readonly outputTokens: number;
  /** The output limit that has to be written into the request; undefined: none. */
  readonly limit: number | undefined;
  /** The thinking budget to be written with it; undefined where the limit says it. */
  readonly thinkingTokens?: number | undefined;
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
  /** What makes the bound tighter; undefined where nothing does. */
  readonly refinement?: Refinement | undefined;
  readonly attempts?: Attempts | undefined;
}

/**
 * Holds what a call may cost. Where the first bound does not fit, or would shorten the answer,
 * tighter ones are tried before the call waits, is cut or is refused (M6, M7).
 *
 * @throws {BudgetExceeded} if it does not fit.
 * @throws {CannotMeter} if nothing bounds its output and no limit may be written.
 */
export async function holdFor(first: Bounded, given: HoldContext): Promise<Held> {
  const context: HoldContext = { ...given, attempts: { refused: undefined } };
  let bounded = first;
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- the dearer bounds only when they are needed
    const step = await wholeOrTightest(bounded, context);
    try {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      return step.taken ?? (await takeShorter(step, context));
    } catch (error) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const tighter = await countedAfter(error, step, context);
      bounded = tighter ?? step.bounded;
      if (tighter !== undefined) continue;
      // oxlint-disable-next-line no-await-in-loop -- the last resort
      return await takeLowered(error, step, context);
    }
  }
}

/** Holds a call whole, with whichever bound lets it; or returns the tightest there is for need. */
async function wholeOrTightest(first: Bounded, context: HoldContext): Promise<Step> {
  let step = await firstStep(first, context);
  while (step.taken === undefined) {
    // oxlint-disable-next-line no-await-in-loop -- the dearer bounds only when they are needed
    const tighter = await tighterThan(step, context);
    if (tighter === undefined) break;
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    step = await firstStep(tighter, context);
  }
  return step;
}

/** A call with one of its bounds, and whether it was held whole. */
interface Step {
  readonly bounded: Bounded;
  /** The output limit that it is to have. */
  readonly wanted: number;
  readonly taken?: Held;
  readonly refused?: BudgetExceeded;
}

/** Holds a call whole, if there is room for that now. */
async function firstStep(bounded: Bounded, context: HoldContext): Promise<Step> {
  const { output } = bounded;
  const wanted = output.kind === "fixed" ? 0 : wantedLimit(bounded, context);
  const isShort = output.kind === "open" && output.max !== undefined && wanted < output.max;
  if (isShort && context.refinement !== undefined) return { bounded, wanted };
  try {
    const taken = await grant(context, bounded, wanted, wanted);
    return { bounded, wanted, taken: heldAs(bounded, taken) };
  } catch (error) {
    if (!BudgetExceeded.is(error)) throw error;
    return { bounded, wanted, refused: error };
  }
}

function heldAs(bounded: Bounded, { hold, units }: Taken): Held {
  const { output, outputFor } = bounded;
  if (output.kind === "fixed")
    return { bounded, hold, outputTokens: outputFor(0), limit: undefined };
  const isUnlimited = output.max !== undefined && units >= output.max;
  const limit = isUnlimited ? undefined : units;
  return { bounded, hold, outputTokens: outputFor(units), limit };
}

/** The next tighter bound, if it may be of use. A provider is asked only when it must be. */
async function tighterThan(step: Step, context: HoldContext): Promise<Bounded | undefined> {
  const { refinement, settings } = context;
  const { bounded, refused } = step;
  if (refinement === undefined || bounded.isEstimated || isFrozen(refused)) return undefined;
  const tighter = await refinement.next(false);
  if (tighter !== undefined) return tighter;
  // What others hold may come back: waiting for it costs nothing.
  if (refused?.reason === "busy" && settings.wait !== undefined) return undefined;
  const isOfUse = await mayCountHelp(step, refinement, context);
  if (!isOfUse || (await isFrozenNow(step, context))) return undefined;
  return refinement.next(true);
}

/**
 * R17. Whether the pool, or one above it, is frozen, of a call that has not asked to be held yet: a
 * call that may spend nothing gives no prompt to its provider.
 */
async function isFrozenNow({ bounded, refused }: Step, { pool }: HoldContext): Promise<boolean> {
  if (refused !== undefined || pool.check === undefined) return false;
  return (await pool.check(amountFor(bounded, 0)))?.reason === "frozen";
}

/** An answer that is allowed this much more is worth a question. */
const WORTHWHILE = 1.25;

/** Whether a count may keep a call from being refused or cut: that is asked of the room alone. */
async function mayCountHelp(
  { bounded, wanted, refused }: Step,
  refinement: Refinement,
  { settings, pool }: HoldContext,
): Promise<boolean> {
  const room = await roomOf(pool);
  if (room === undefined) return true;
  const { limitsOutput, outputTokensMax } = settings;
  const least = limitsOutput ? Math.min(wanted, bounded.limitMin) : wanted;
  const enough = limitsOutput ? Math.min(wanted, Math.max(outputTokensMax, least)) : wanted;
  const hoped = refinement.hopedFor(bounded);
  if (wanted === 0) return refused !== undefined && hasRoomFor(room, hoped.fixed);
  const now = unitsWithin(room, 1, bounded.fixed, bounded.unit);
  const then = unitsWithin(room, 1, hoped.fixed, hoped.unit);
  return now < enough && then >= Math.min(enough, Math.max(least, now * WORTHWHILE));
}

/** A count that gains less than this part of the room is not worth a question. */
const GAIN_PART = 0.1;

/** What a call that is refused for good is counted at, where that may let it through. */
async function countedAfter(
  error: unknown,
  { bounded, wanted }: Step,
  { refinement, settings }: HoldContext,
): Promise<Bounded | undefined> {
  if (refinement === undefined || bounded.isEstimated) return undefined;
  if (!BudgetExceeded.is(error) || isFrozen(error)) return undefined;
  const { limitMin, limitFloor = limitMin } = bounded;
  const { limitsOutput } = settings;
  const whole = limitsOutput ? Math.min(limitMin, wanted) : wanted;
  const least = limitsOutput ? Math.min(limitFloor, whole) : wanted;
  const hoped = refinement.hopedFor(bounded);
  return mayHelp(error, { bounded, hoped }, least) ? refinement.next(true) : undefined;
}

/** Whether a call that was refused for good may fit once it is counted. */
function mayHelp(
  { reason, axis, cap, used }: BudgetExceeded,
  { bounded, hoped }: { readonly bounded: Bounded; readonly hoped: Bounded },
  least: number,
): boolean {
  const free = cap - used;
  const gain = quantityOn(axis, bounded.fixed) - quantityOn(axis, hoped.fixed);
  const fits = quantityOn(axis, amountFor(hoped, least)) <= free;
  return reason !== "busy" && fits && gain > free * GAIN_PART;
}

function quantityOn(axis: Axis, { inputTokens = 0, outputTokens = 0, usd = 0 }: Amount): number {
  const quantities = { tokens: inputTokens + outputTokens, inputTokens, outputTokens, calls: 1 };
  return axis === "usd" ? Number(usd) : quantities[axis];
}

/** Waits for room, or holds a call with as long an answer as there is room for. */
async function takeShorter(step: Step, context: HoldContext): Promise<Held> {
  const { bounded, wanted, refused } = step;
  const { limitsOutput } = context.settings;
  const isLimited = bounded.output.kind !== "fixed" && limitsOutput;
  const least = isLimited ? Math.min(bounded.limitMin, wanted) : wanted;
  return heldAs(bounded, await take(bounded, context, wanted, least, refused));
}

/**
 * Holds a call whose thinking is lowered with its limit, where that is the only way. A changed
 * budget loses the cache of the messages: one that was lowered before stays as it is, and with any
 * other no read from a cache is counted on.
 *
 * @throws what the call was refused for, in the words of the meter.
 */
async function takeLowered(refused: unknown, step: Step, context: HoldContext): Promise<Held> {
  const { wanted, bounded } = step;
  const { settings, refinement } = context;
  const { limitMin, limitFloor = limitMin } = bounded;
  const most = Math.min(wanted, limitMin - 1);
  const isOfUse =
    settings.limitsOutput && limitFloor <= most && BudgetExceeded.is(refused) && !isFrozen(refused);
  if (refinement === undefined || !isOfUse) throw toldWhy(refused, bounded, settings);
  const kept = await takeAsCached(most, step, refinement, context);
  if (kept !== undefined) return kept;
  const lowered = refinement.withThinking(-1);
  try {
    return heldAs(lowered, await take(lowered, context, most, limitFloor, undefined));
  } catch (error) {
    throw toldWhy(error, lowered, settings);
  }
}

/**
 * Holds a call with the thinking budget that its cache was written with; undefined where there is
 * none, or no room for that even with the tightest count.
 */
async function takeAsCached(
  most: number,
  { bounded: { limitMin, limitFloor = limitMin } }: Step,
  refinement: Refinement,
  context: HoldContext,
): Promise<Held | undefined> {
  const thinkingTokens = refinement.cacheThinkingTokens;
  if (thinkingTokens === 0) return undefined;
  const least = Math.max(limitFloor, thinkingTokens + 1);
  for (;;) {
    const bounded = refinement.withThinking(thinkingTokens);
    try {
      // oxlint-disable-next-line no-await-in-loop -- a count only when it is needed
      const taken = await take(bounded, context, Math.max(most, least), least, undefined);
      return { ...heldAs(bounded, taken), thinkingTokens };
    } catch (error) {
      if (!BudgetExceeded.is(error)) throw error;
      const hoped = refinement.hopedFor(bounded, thinkingTokens);
      if (!mayHelp(error, { bounded, hoped }, least)) return undefined;
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      if ((await refinement.next(true)) === undefined) return undefined;
    }
  }
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
 * Holds for `wanted` units, unless that was refused `before`; when others hold the room and the
 * call may wait, once they have released it; where all of them would not fit even then, for as many
 * as do, and `least` at the least.
 */
async function take(
  bounded: Bounded,
  context: HoldContext,
  wanted: number,
  least: number,
  before: BudgetExceeded | undefined,
): Promise<Taken> {
  const { settings, signal } = context;
  const { wait } = settings;
  const options = wait && { ...wait, ...(signal !== undefined && { signal }) };
  let refused: unknown = before;
  if (before === undefined) {
    try {
      return await grant(context, bounded, wanted, wanted);
    } catch (error) {
      if (!BudgetExceeded.is(error)) throw error;
      refused = error;
    }
  }
  if (options !== undefined && isBusy(refused)) {
    try {
      return await whenFree(context, bounded, wanted, options);
    } catch (error) {
      if (!BudgetExceeded.is(error)) throw error;
      refused = error;
    }
  }
  if (least === wanted || isFrozen(refused)) throw refused;
  try {
    return await grant(context, bounded, least, wanted);
  } catch (error) {
    // Who has waited as long as may be does not wait again.
    const hasWaited = isBusy(refused) && options !== undefined;
    if (options === undefined || hasWaited || !isBusy(error)) throw error;
  }
  return whenFree(context, bounded, least, options);
}

function isBusy(error: unknown): boolean {
  return BudgetExceeded.is(error) && error.reason === "busy";
}

/** R17. A frozen pool refuses everything: no bound is tight enough, and no provider is asked. */
function isFrozen(error: unknown): boolean {
  return BudgetExceeded.is(error) && error.reason === "frozen";
}

async function grant(
  context: HoldContext,
  bounded: Bounded,
  least: number,
  most: number,
): Promise<Taken> {
  const { pool, settings } = context;
  const request: GrantRequest = {
    fixed: bounded.fixed,
    // A limit of nothing has no units: one unit of nothing stands for it.
    ...(most === 0 ? { unit: {}, min: 1, max: 1 } : { unit: bounded.unit, min: least, max: most }),
    ...aboutOf(bounded.request.model, settings.label),
  };
  const held = await attempt(context.attempts, () => pool.reserveUpTo(request, SENT));
  return { hold: held, units: most === 0 ? 0 : held.units };
}

async function whenFree(
  context: HoldContext,
  bounded: Bounded,
  units: number,
  options: WaitOptions,
): Promise<Taken> {
  const amount = amountFor(bounded, units);
  const hold = await attempt(context.attempts, () =>
    context.pool.reserveWhenFree(amount, options, SENT),
  );
  return { hold, units };
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
