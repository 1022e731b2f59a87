// How long a film lasts at the most, and whether there are pictures in a file at all.

import { saysAt, sourceOf } from "./bytes-at.ts";
import type { ByteSource } from "./bytes-at.ts";
import { boxesBelow } from "./iso-boxes.ts";
import { secondsOfMp4 } from "./mp4-seconds.ts";
import { secondsOfWebm } from "./webm-seconds.ts";

/**
 * Returns how many seconds a film lasts at most; undefined for a format that is not read, and
 * for a file whose length is not certain. MP4, QuickTime and WebM are read.
 */
export function videoSecondsOf(data: string | Uint8Array): number | undefined {
  const source = sourceOf(data);
  const seconds = secondsOfMp4(source) ?? secondsOfWebm(source);
  return seconds !== undefined && source.isCertain() ? seconds : undefined;
}

/** How far the tracks of WebM are looked for. */
const TRACKS_WITHIN = 65_536;

/** Returns whether a file may have pictures beside its sound. */
export function mayHavePictures(source: ByteSource): boolean {
  if (saysAt(source, 0, "\u001a\u0045\u00df\u00a3")) {
    for (let at = 0; at < Math.min(TRACKS_WITHIN, source.length); at++)
      if (saysAt(source, at, "V_")) return true;
    return false;
  }
  if (!saysAt(source, 4, "ftyp")) return false;
  const file = { name: "", from: 0, to: source.length };
  const handlers = boxesBelow(source, [file], ["moov", "trak", "mdia", "hdlr"]);
  return handlers.length === 0 || !handlers.every(({ from }) => saysAt(source, from + 8, "soun"));
}
