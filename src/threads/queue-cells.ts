// The queue of waiters, as words of a slot.

import { HEADER } from "./layout.ts";
import type { SharedBuffer } from "./shared-buffer.ts";

/**
 * A reservation that another thread admitted: its index, and the reset count when it was admitted.
 */
export interface Granted {
  readonly place: number;
  readonly asOf: number;
}

/** Reads the indexes of waiting requests, the first in the queue first. */
export function readWaiting({ cells, words, layout }: SharedBuffer, at: number): number[] {
  const first = (at + layout.queueCell) * 2;
  return [...words.subarray(first, first + (cells[at + HEADER.queueLength] ?? 0))];
}

/** Reads the admitted reservations that their threads have not taken yet. */
export function readGranted({ cells, words, layout }: SharedBuffer, at: number): Granted[] {
  const first = (at + layout.grantedCell) * 2;
  const granted: Granted[] = [];
  for (let word = first; word < first + (cells[at + HEADER.grantedLength] ?? 0); word += 2) {
    granted.push({ place: words[word] ?? 0, asOf: words[word + 1] ?? 0 });
  }
  return granted;
}

/** Writes both, and the stamp of the operation that changes them. */
export function writeQueue(
  { cells, words, layout }: SharedBuffer,
  at: number,
  stamp: number,
  waiting: readonly number[],
  granted: readonly Granted[],
): void {
  words.set(waiting, (at + layout.queueCell) * 2);
  words.set(
    granted.flatMap(({ place, asOf }) => [place, asOf]),
    (at + layout.grantedCell) * 2,
  );
  cells[at + HEADER.queueLength] = waiting.length;
  cells[at + HEADER.grantedLength] = granted.length * 2;
  cells[at + HEADER.queueAt] = stamp;
}
