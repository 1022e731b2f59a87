// How long FLAC lasts: as long as the frames in it, whatever its header says. Every place that
// reads as the head of a frame counts, with the check that decoders make of it.
// https://www.rfc-editor.org/rfc/rfc9639

import type { ByteSource } from "./bytes-at.ts";
import { bigEndianAt, saysAt } from "./bytes-at.ts";

/** Longer files take too long beside other calls. */
const BYTES_MAX = 8 * 2 ** 20;
/** Kilohertz by the code of a frame; 0 for what the header of the file says. */
const RATES = [0, 88_200, 176_400, 192_000, 8000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000];
const LAST_RATE = 96_000;

/**
 * Returns the most seconds of FLAC; undefined where that is not certain, and for another format.
 */
export function secondsOfFlac(source: ByteSource): number | undefined {
  if (!saysAt(source, 0, "fLaC") || source.length > BYTES_MAX) return undefined;
  const rate = Math.floor(bigEndianAt(source, 18, 3) / 16);
  if (!(rate > 0)) return undefined;
  const stated = (source.at(21) % 16) * 2 ** 32 + bigEndianAt(source, 22, 4);
  let seconds = 0;
  for (let at = 42; at + 6 <= source.length; at++) {
    if (source.at(at) !== 0xff || (source.at(at + 1) & 0xfe) !== 0xf8) continue;
    seconds += frameSecondsAt(source, at, rate) ?? 0;
  }
  return seconds === 0 ? undefined : Math.max(seconds, stated / rate);
}

/** The length of the frame whose head begins there; undefined where none does. */
function frameSecondsAt(source: ByteSource, from: number, fileRate: number): number | undefined {
  const sizeCode = source.at(from + 2) >> 4;
  const rateCode = source.at(from + 2) & 15;
  if (sizeCode === 0 || rateCode === 15) return undefined;
  let at = from + 4 + numberLengthAt(source, from + 4);
  let samples = sizeCode === 1 ? 192 : sizeCode <= 5 ? 576 * 2 ** (sizeCode - 2) : 2 ** sizeCode;
  if (sizeCode === 6 || sizeCode === 7) {
    const size = sizeCode - 5;
    samples = bigEndianAt(source, at, size) + 1;
    at += size;
  }
  let rate = rateCode === 0 ? fileRate : (RATES[rateCode] ?? LAST_RATE);
  if (rateCode >= 12) {
    const size = rateCode === 12 ? 1 : 2;
    rate = bigEndianAt(source, at, size) * [1000, 1, 10][rateCode - 12]!;
    at += size;
  }
  const isFrame = checkOf(source, from, at) === source.at(at);
  // What a player goes by may be the one rate or the other.
  return isFrame && rate > 0 ? samples / Math.min(rate, fileRate) : undefined;
}

/** How many bytes the number of a frame has: as in UTF-8, up to seven. */
function numberLengthAt(source: ByteSource, at: number): number {
  const first = source.at(at);
  let length = 0;
  while (length < 7 && (first & (0x80 >> length)) !== 0) length++;
  return Math.max(1, length);
}

/** CRC-8 with the polynomial 0x07, over the head without it. */
function checkOf(source: ByteSource, from: number, to: number): number {
  let check = 0;
  for (let at = from; at < to; at++) {
    check ^= source.at(at) & 0xff;
    for (let bit = 0; bit < 8; bit++) check = ((check << 1) ^ (check & 0x80 ? 0x07 : 0)) & 0xff;
  }
  return check;
}
