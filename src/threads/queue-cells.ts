// The queue of those who wait, as words of a slot.

import { HEADER } from "./layout.ts";
import type { SharedBuffer } from "./shared-buffer.ts";

/**
 * A reservation that another thread has let in: where it is kept, and since which reset it holds.
 */
export interface Granted {
  readonly place: number;
  readonly asOf: number;
}

/** Returns where the requests of those who wait are kept, the first one first. */
export function readWaiting({ cells, words, layout }: SharedBuffer, at: number): number[] {
  const first = (at + layout.queueCell) * 2;
  return [...words.subarray(first, first + (cells[at + HEADER.queueLength] ?? 0))];
}

/** Returns what was let in and not yet taken by the thread that waited. */
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
