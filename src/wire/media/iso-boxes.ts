// The boxes of files in the base format of ISO: MP4, M4A, QuickTime, AVIF, HEIC.
// ISO/IEC 14496-12, https://developer.apple.com/documentation/quicktime-file-format/atoms

import type { ByteSource } from "./bytes-at.ts";
import { bigEndianAt } from "./bytes-at.ts";

const BOXES_MAX = 4096;

/** A box, from its content to its end. */
export interface Box {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** Returns the boxes that fill a place from end to end; undefined where they do not. */
export function boxesIn(source: ByteSource, from: number, to: number): readonly Box[] | undefined {
  const boxes: Box[] = [];
  let start = from;
  while (start + 8 <= to) {
    const short = bigEndianAt(source, start, 4);
    const head = short === 1 ? 16 : 8;
    const size =
      short === 1
        ? bigEndianAt(source, start + 8, 4) * 2 ** 32 + bigEndianAt(source, start + 12, 4)
        : short === 0
          ? to - start
          : short;
    if (!(size >= head) || start + size > to || boxes.length >= BOXES_MAX) return undefined;
    const name = String.fromCharCode(...[4, 5, 6, 7].map((at) => source.at(start + at) & 0xff));
    boxes.push({ name, from: start + head, to: start + size });
    start += size;
  }
  return boxes;
}

/** Returns the boxes at a path of names below others; empty where there are none. */
export function boxesBelow(
  source: ByteSource,
  boxes: readonly Box[],
  path: readonly string[],
): readonly Box[] {
  let found = boxes;
  for (const wanted of path)
    found = found
      .flatMap(({ from, to }) => boxesIn(source, from, to) ?? [])
      .filter(({ name }) => name === wanted);
  return found;
}
