// How long a film or sound in WebM or Matroska lasts: the longest of what its header says, of the
// times of its blocks, and of the packets of Opus in it. Recorders in browsers leave the length
// out, so that the blocks are walked.
// https://www.rfc-editor.org/rfc/rfc9559, https://www.rfc-editor.org/rfc/rfc8794

import type { ByteSource } from "./bytes-at.ts";
import { bigEndianAt, saysAt } from "./bytes-at.ts";
import { opusSecondsAt } from "./opus-packet.ts";

const EBML = 0x1a45dfa3;
const SEGMENT = 0x18538067;
const INFO = 0x1549a966;
const CLUSTER = 0x1f43b675;
const BLOCK_GROUP = 0xa0;
/** What is looked into; a cluster whose length is not known ends where its kind begins again. */
const HOLDERS: ReadonlySet<number> = new Set([SEGMENT, INFO, CLUSTER, BLOCK_GROUP]);
const TIMESTAMP_SCALE = 0x2ad7b1;
const DURATION = 0x4489;
const TIMESTAMP = 0xe7;
const SIMPLE_BLOCK = 0xa3;
const BLOCK = 0xa1;
const BLOCK_DURATION = 0x9b;
const TRACKS = 0x1654ae6b;

const ELEMENTS_MAX = 400_000;
const NANOSECONDS = 1e9;
/** What the last block may show for. */
const LAST_SECONDS = 1;
/** Frames that share a block. */
const LACING = 0x06;

/** What was found so far; times in the file's own units. */
interface Walk {
  scale: number;
  duration: number;
  timestamp: number;
  last: number;
  block: number;
  /** Seconds of the packets of each track, as if they were Opus. */
  readonly packets: Map<number, number>;
}

/**
 * Returns the most seconds of WebM; undefined where that is not certain, and for another format.
 */
export function secondsOfWebm(source: ByteSource): number | undefined {
  if (bigEndianAt(source, 0, 4) !== EBML) return undefined;
  const walk: Walk = {
    scale: 1_000_000,
    duration: 0,
    timestamp: 0,
    last: 0,
    block: 0,
    packets: new Map(),
  };
  let isOpus = false;
  let from = 0;
  for (let count = 0; from < source.length; count++) {
    const id = idAt(source, from);
    const size = id && sizeAt(source, from + id.bytes);
    if (id === undefined || size === undefined || count > ELEMENTS_MAX) return undefined;
    const data = from + id.bytes + size.bytes;
    if (id.value === TRACKS && size.value !== undefined)
      isOpus = isOpusAlone(source, data, size.value);
    if (HOLDERS.has(id.value)) from = data;
    else {
      if (size.value === undefined || data + size.value > source.length) return undefined;
      if (!take(source, id.value, data, size.value, walk)) return undefined;
      from = data + size.value;
    }
  }
  const seconds = (Math.max(walk.duration, walk.last) * walk.scale) / NANOSECONDS + LAST_SECONDS;
  const packets = isOpus ? Math.max(0, ...walk.packets.values()) : 0;
  return walk.last > 0 || walk.duration > 0 ? Math.max(seconds, packets) : undefined;
}

/** Takes what an element says; false where nothing is certain with it. */
function take(source: ByteSource, id: number, data: number, size: number, walk: Walk): boolean {
  if (id === TIMESTAMP_SCALE) walk.scale = bigEndianAt(source, data, size);
  else if (id === DURATION) walk.duration = floatAt(source, data, size);
  else if (id === TIMESTAMP) walk.timestamp = bigEndianAt(source, data, size);
  else if (id === BLOCK_DURATION)
    walk.last = Math.max(walk.last, walk.block + bigEndianAt(source, data, size));
  else if (id === SIMPLE_BLOCK || id === BLOCK) {
    const track = sizeAt(source, data);
    if (track?.value === undefined) return false;
    const at = data + track.bytes;
    if ((source.at(at + 2) & LACING) !== 0) return false;
    const relative = bigEndianAt(source, at, 2);
    walk.block = walk.timestamp + (relative < 0x8000 ? relative : relative - 0x10000);
    walk.last = Math.max(walk.last, walk.block);
    const before = walk.packets.get(track.value) ?? 0;
    walk.packets.set(track.value, before + opusSecondsAt(source, at + 3));
  }
  return Number.isFinite(walk.scale + walk.duration + walk.timestamp + walk.last);
}

/** Whether the tracks are of Opus alone, so that each packet says how long it is. */
function isOpusAlone(source: ByteSource, from: number, size: number): boolean {
  let opus = 0;
  let others = 0;
  for (let at = from; at < from + Math.min(size, 65_536); at++) {
    if (saysAt(source, at, "A_OPUS")) opus++;
    else if (saysAt(source, at, "V_") || saysAt(source, at, "A_")) others++;
  }
  return opus > 0 && others === 0;
}

interface Number8 {
  readonly value: number;
  readonly bytes: number;
}

/** The name of an element: its length is in its first bits, which are part of it. */
function idAt(source: ByteSource, at: number): Number8 | undefined {
  const bytes = Math.clz32(source.at(at)) - 23;
  if (source.at(at) < 0 || bytes > 4) return undefined;
  const value = bigEndianAt(source, at, bytes);
  return Number.isNaN(value) ? undefined : { value, bytes };
}

/** The length of an element; without a value where it is not known. */
function sizeAt(
  source: ByteSource,
  at: number,
): { readonly value: number | undefined; readonly bytes: number } | undefined {
  const bytes = Math.clz32(source.at(at)) - 23;
  if (source.at(at) < 0 || bytes > 8) return undefined;
  // The mark of the length is taken off first: with it, eight bytes are more than a number holds.
  const first = source.at(at) - 2 ** (8 - bytes);
  const rest = bytes === 1 ? 0 : bigEndianAt(source, at + 1, bytes - 1);
  if (Number.isNaN(rest)) return undefined;
  const value = first * 2 ** (8 * (bytes - 1)) + rest;
  return { value: value === 2 ** (7 * bytes) - 1 ? undefined : value, bytes };
}

function floatAt(source: ByteSource, at: number, size: number): number {
  if (size !== 4 && size !== 8) return Number.NaN;
  const view = new DataView(new ArrayBuffer(8));
  for (let byte = 0; byte < size; byte++) view.setUint8(byte, source.at(at + byte) & 0xff);
  return size === 4 ? view.getFloat32(0) : view.getFloat64(0);
}
