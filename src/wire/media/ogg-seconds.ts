// How long Ogg lasts: the larger of what its pages say and what their packets have in them, of all
// its streams together, as chained streams follow each other.
// https://www.rfc-editor.org/rfc/rfc3533, https://www.rfc-editor.org/rfc/rfc7845,
// https://xiph.org/vorbis/doc/Vorbis_I_spec.html

import type { ByteSource } from "./bytes-at.ts";
import { littleEndianAt, saysAt } from "./bytes-at.ts";
import { OPUS_RATE, opusSecondsAt } from "./opus-packet.ts";

const PAGES_MAX = 200_000;
const HEAD = 27;
/** The position of a page on which no packet ends. */
const NO_POSITION = 2 ** 64 - 1;

/** One stream of a file. */
interface Stream {
  readonly rate: number;
  /** The most seconds of a packet; undefined where the packet itself says it. */
  readonly packetMax: number | undefined;
  stated: number;
  walked: number;
  /** Whether the next page goes on with a packet of the last one. */
  isWithin: boolean;
}

/** Returns the most seconds of Ogg; undefined where that is not certain, and for another format. */
export function secondsOfOgg(source: ByteSource): number | undefined {
  if (!saysAt(source, 0, "OggS")) return undefined;
  const streams = new Map<number, Stream>();
  const ended: Stream[] = [];
  let from = 0;
  for (let page = 0; saysAt(source, from, "OggS"); page++) {
    const segments = source.at(from + 26);
    const serial = littleEndianAt(source, from + 14, 4);
    if (page > PAGES_MAX || segments < 0 || Number.isNaN(serial)) return undefined;
    const data = from + HEAD + segments;
    if ((source.at(from + 5) & 2) !== 0) {
      const before = streams.get(serial);
      if (before !== undefined) ended.push(before);
      const begun = streamAt(source, data);
      if (begun === undefined) return undefined;
      streams.set(serial, begun);
    }
    const stream = streams.get(serial);
    if (stream === undefined) return undefined;
    from = walkPage(source, from, data, stream);
  }
  // What follows the last page is no page that a decoder finds without looking for it.
  if (from < source.length) return undefined;
  const all = [...ended, ...streams.values()];
  return all.reduce((sum, { stated, walked }) => sum + Math.max(stated, walked), 0);
}

/** The stream whose first packet begins there; undefined for a kind that is not read. */
function streamAt(source: ByteSource, data: number): Stream | undefined {
  const begun = { stated: 0, walked: 0, isWithin: false };
  if (saysAt(source, data, "OpusHead")) return { rate: OPUS_RATE, packetMax: undefined, ...begun };
  if (!saysAt(source, data, "\u0001vorbis")) return undefined;
  const rate = littleEndianAt(source, data + 12, 4);
  // A packet adds a quarter of its own block and of the one before: half of the larger at the most.
  const block = 2 ** (source.at(data + 28) >> 4);
  return rate > 0 ? { rate, packetMax: block / 2 / rate, ...begun } : undefined;
}

/** Counts the packets that begin on a page, and returns where the next page begins. */
function walkPage(source: ByteSource, from: number, data: number, stream: Stream): number {
  const low = littleEndianAt(source, from + 6, 4);
  const position = littleEndianAt(source, from + 10, 4) * 2 ** 32 + low;
  if (position < NO_POSITION) stream.stated = Math.max(stream.stated, position / stream.rate);
  let at = data;
  for (let segment = from + HEAD; segment < data; segment++) {
    if (!stream.isWithin) stream.walked += stream.packetMax ?? opusSecondsAt(source, at);
    const length = source.at(segment);
    stream.isWithin = length === 255;
    at += length;
  }
  return at;
}
