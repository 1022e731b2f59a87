// How much of a pool's room one call may take for an answer without a limit (M7). A hint, and no
// guarantee: what is held is decided by the pool.

import type { Amount, AmountView } from "../core/amount.ts";
import type { MeteredPool } from "./metered-pool.ts";

/** What is left of a pool on the axes that it caps; undefined if unknown. */
export interface Room {
  readonly usd?: number | undefined;
  readonly tokens?: number | undefined;
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
}

/** Reading a stored pool takes a trip; a hint may be that old. */
const FRESH_MS = 1000;

const seen = new WeakMap<MeteredPool, { readonly room: Room; readonly at: number }>();

/** Returns what is left of a pool, as it was at most a second ago. */
export async function roomOf(pool: MeteredPool): Promise<Room | undefined> {
  if (pool.snapshot === undefined) return undefined;
  const known = seen.get(pool);
  const now = performance.now();
  if (known !== undefined && now - known.at < FRESH_MS) return known.room;
  const answer = pool.snapshot();
  // A pool in this process answers at once, and its figures are never old.
  if (!isPromise(answer)) return answer.available ?? answer.remaining;
  try {
    const { available, remaining } = await answer;
    const room = available ?? remaining;
    seen.set(pool, { room, at: now });
    return room;
  } catch {
    // The hold that follows says what is wrong with the store.
    return undefined;
  }
}

/** Returns whether a value has to be waited for. */
export function isPromise<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === "object" && value !== null && "then" in value;
}

/**
 * Returns how many units fit into a part of the room beside what is fixed; `Infinity` where no axis
 * that matters is capped.
 */
export function unitsWithin(room: Room, part: number, fixed: Amount, unit: Amount): number {
  if ((fixed.inputTokens ?? 0) > (room.inputTokens ?? Number.POSITIVE_INFINITY)) return 0;
  const each = [
    unitsOn(room.usd, part, Number(fixed.usd ?? 0), Number(unit.usd ?? 0)),
    unitsOn(room.outputTokens, part, fixed.outputTokens ?? 0, unit.outputTokens ?? 0),
    unitsOn(
      room.tokens,
      part,
      (fixed.inputTokens ?? 0) + (fixed.outputTokens ?? 0),
      unit.outputTokens ?? 0,
    ),
  ];
  return Math.max(0, Math.floor(Math.min(...each)));
}

/** Returns whether an amount fits into the room. */
export function hasRoomFor(room: Room, amount: Amount): boolean {
  const { usd, inputTokens = 0, outputTokens = 0 } = amount;
  return (
    Number(usd ?? 0) <= (room.usd ?? Number.POSITIVE_INFINITY) &&
    inputTokens <= (room.inputTokens ?? inputTokens) &&
    outputTokens <= (room.outputTokens ?? outputTokens) &&
    inputTokens + outputTokens <= (room.tokens ?? inputTokens + outputTokens)
  );
}

function unitsOn(room: number | undefined, part: number, fixed: number, unit: number): number {
  if (room === undefined || unit === 0) return Number.POSITIVE_INFINITY;
  return (room * part - fixed) / unit;
}

/**
 * Returns which part of the room an amount is, on the axis where it is most; 0 where none is
 * capped.
 */
export function partOfRoom(room: Room, amount: AmountView): number {
  const partOn = (name: keyof Room): number => {
    const left = room[name];
    return left === undefined ? 0 : amount[name] / Math.max(left, Number.MIN_VALUE);
  };
  return Math.max(partOn("usd"), partOn("tokens"), partOn("inputTokens"), partOn("outputTokens"));
}
