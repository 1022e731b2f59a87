// How long a packet of Opus is, by its first bytes.
// https://www.rfc-editor.org/rfc/rfc6716#section-3.1

import type { ByteSource } from "./bytes-at.ts";

/** Opus counts samples at this rate, whatever it was recorded at. */
export const OPUS_RATE = 48_000;
const SILK_MS = [10, 20, 40, 60];
const HYBRID_MS = [10, 20];
const CELT_MS = [2.5, 5, 10, 20];
/** A packet is no longer than this. */
const PACKET_SECONDS_MAX = 0.12;

/** Returns the seconds of the packet that begins there. */
export function opusSecondsAt(source: ByteSource, at: number): number {
  const head = source.at(at);
  if (head < 0) return 0;
  const config = head >> 3;
  const ms =
    config < 12 ? SILK_MS[config % 4] : config < 16 ? HYBRID_MS[config % 2] : CELT_MS[config % 4];
  const code = head & 3;
  const frames = code === 0 ? 1 : code === 3 ? source.at(at + 1) & 63 : 2;
  return Math.min(PACKET_SECONDS_MAX, (Math.max(1, frames) * (ms ?? 20)) / 1000);
}
