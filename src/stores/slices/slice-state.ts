// R15. What a store remembers of a slice, and of the slices below a level. Both are short texts:
// numbers split by spaces, which SQL and Lua carry without rounding.

import { Quantities, uniform } from "../../core/quantities.ts";

/** The state of a slice in a store, in addition to its amount, lease and path. */
export interface SliceState {
  /** The number of its last draw. */
  readonly seq: number;
  /** The total that it has reported. */
  readonly settled: Quantities;
  /** The part of that total that stands in for unknown amounts. */
  readonly unknown: Quantities;
  /** How many calls are running in it. */
  readonly open: number;
  /** Whether it has, or would like, room for future requests. */
  readonly isSharing: boolean;
  /** When it last drew without room for future requests, in draws of the tree. */
  readonly drawnAt: number;
  /** The last draw's answer: whether it was final, and `1` or `0` for each request. */
  readonly isFinal: boolean;
  readonly admitted: string;
}

/** The state of the slices of a pool and the pools below it. */
export interface SliceLevel {
  /** What is held in them. */
  readonly held: Quantities;
  /** How many of them have room for future requests. */
  sharing: number;
  /** How many of them hold anything. */
  live: number;
  /** How many slices that were alive at the last recall have not returned spare room since. */
  awaited: number;
  /** When that recall was; −1 for never. */
  recalledAt: number;
  /** The count of draws at that recall. */
  recalledDraw: number;
  /** How many draws the tree has seen; counted at the root. */
  draws: number;
}

/** Returns a level without slices. */
export function emptyLevel(): SliceLevel {
  return {
    held: uniform(0),
    sharing: 0,
    live: 0,
    awaited: 0,
    recalledAt: -1,
    recalledDraw: 0,
    draws: 0,
  };
}

/** Returns whether an amount is zero on every axis. */
export function isNothing(amount: Quantities): boolean {
  const { tokens, inputTokens, outputTokens, nanoUsd, calls } = amount;
  return tokens + inputTokens + outputTokens + nanoUsd + calls === 0;
}

/** Returns an amount as numbers. */
export function numbersOf(amount: Quantities): readonly number[] {
  const { tokens, inputTokens, outputTokens, nanoUsd, calls } = amount;
  return [tokens, inputTokens, outputTokens, nanoUsd, calls];
}

function amountText({ tokens, inputTokens, outputTokens, nanoUsd, calls }: Quantities): string {
  return `${tokens} ${inputTokens} ${outputTokens} ${nanoUsd} ${calls}`;
}

/** Returns the amount whose numbers begin at a place. */
export function quantitiesAt(numbers: readonly number[], first: number): Quantities {
  const at = (place: number): number => numbers[first + place] ?? 0;
  return new Quantities(at(0), at(1), at(2), at(3), at(4));
}

/** Returns a slice as text. */
export function sliceText(slice: SliceState): string {
  const { seq, settled, unknown, open, isSharing, drawnAt, isFinal, admitted } = slice;
  const flags = `${isSharing ? 1 : 0} ${drawnAt} ${isFinal ? 1 : 0}`;
  return `${seq} ${amountText(settled)} ${amountText(unknown)} ${open} ${flags} =${admitted}`;
}

/** Parses the text of `sliceText`. */
export function sliceOf(text: string): SliceState {
  const words = text.split(" ");
  const numbers = words.slice(0, -1).map(Number);
  const at = (place: number): number => numbers[place] ?? 0;
  return {
    seq: at(0),
    settled: quantitiesAt(numbers, 1),
    unknown: quantitiesAt(numbers, 6),
    open: at(11),
    isSharing: at(12) === 1,
    drawnAt: at(13),
    isFinal: at(14) === 1,
    admitted: words.at(-1)?.slice(1) ?? "",
  };
}

/** Returns a level as numbers. */
export function levelNumbers(level: SliceLevel): readonly number[] {
  const { held, sharing, live, awaited, recalledAt, recalledDraw, draws } = level;
  return [...numbersOf(held), sharing, live, awaited, recalledAt, recalledDraw, draws];
}

/** Returns a level as text. */
export function levelText(level: SliceLevel): string {
  const { held, sharing, live, awaited, recalledAt, recalledDraw, draws } = level;
  const counts = `${sharing} ${live} ${awaited} ${recalledAt} ${recalledDraw} ${draws}`;
  return `${amountText(held)} ${counts}`;
}

/** Parses the text of `levelText`. */
export function levelOf(text: string): SliceLevel {
  const numbers = text.split(" ").map(Number);
  const at = (place: number): number => numbers[place] ?? 0;
  return {
    held: quantitiesAt(numbers, 0),
    sharing: at(5),
    live: at(6),
    awaited: at(7),
    recalledAt: at(8),
    recalledDraw: at(9),
    draws: at(10),
  };
}
