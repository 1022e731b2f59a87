// How long a file of sound is: walked where its format has frames, by what its header says where
// that can be so, and otherwise by the fewest bytes that a second has.

import { bigEndianAt, littleEndianAt, plainBytes, saysAt } from "../media/bytes-at.ts";
import type { ByteSource } from "../media/bytes-at.ts";
import { audioSecondsOf } from "../media/audio-seconds.ts";

/** Opus at 6 kilobits: nothing that can be understood has fewer. */
const BYTES_A_SECOND_MIN = 750;
/** Eight channels of 96 kHz in 32 bits: a header that says more is wrong. */
const BYTES_A_SECOND_MAX = 3_072_000;

/** The head of the data is walked with them. */
const HEAD_SECONDS = 0.001;

/** The most whole seconds of a file of a form; of its bytes where nothing says so. */
export function secondsOfFile(file: unknown): number {
  if (file instanceof Uint8Array) return secondsOf(file);
  const size = sizeOf(file);
  return Math.ceil(size / BYTES_A_SECOND_MIN);
}

function sizeOf(file: unknown): number {
  if (typeof file === "string") return file.length;
  if (typeof file !== "object" || file === null || !("size" in file)) return 0;
  return Number(file.size);
}

function secondsOf(bytes: Uint8Array): number {
  const source = plainBytes(bytes);
  const walked = audioSecondsOf(bytes);
  if (walked !== undefined) return Math.ceil(walked - HEAD_SECONDS);
  const told = secondsOfFlac(source) ?? secondsOfOgg(source) ?? secondsOfMp4(source);
  const most = Math.ceil(bytes.length / BYTES_A_SECOND_MIN);
  const least = bytes.length / BYTES_A_SECOND_MAX;
  return told === undefined || !(told >= least) ? most : Math.min(most, Math.ceil(told));
}

/** https://www.rfc-editor.org/rfc/rfc9639#name-streaminfo */
function secondsOfFlac(source: ByteSource): number | undefined {
  if (!saysAt(source, 0, "fLaC")) return undefined;
  const rate = Math.floor(bigEndianAt(source, 18, 3) / 16);
  const samples = (source.at(21) % 16) * 2 ** 32 + bigEndianAt(source, 22, 4);
  return rate > 0 && samples > 0 ? samples / rate : undefined;
}

const OGG_PAGE_MAX = 65_307;
/** Opus counts samples at this rate, whatever it was recorded at. */
const OPUS_RATE = 48_000;

/** The position of the last page. https://www.rfc-editor.org/rfc/rfc3533 */
function secondsOfOgg(source: ByteSource): number | undefined {
  if (!saysAt(source, 0, "OggS")) return undefined;
  const rate = saysAt(source, 28, "OpusHead") ? OPUS_RATE : vorbisRate(source);
  if (rate === undefined) return undefined;
  for (let from = source.length - 27; from >= Math.max(0, source.length - OGG_PAGE_MAX); from--) {
    if (!saysAt(source, from, "OggS")) continue;
    const samples =
      littleEndianAt(source, from + 6, 4) + littleEndianAt(source, from + 10, 4) * 2 ** 32;
    return samples / rate;
  }
  return undefined;
}

function vorbisRate(source: ByteSource): number | undefined {
  if (!saysAt(source, 29, "vorbis")) return undefined;
  const rate = littleEndianAt(source, 40, 4);
  return rate > 0 ? rate : undefined;
}

const BOXES_MAX = 256;

/**
 * The header of a movie: `moov.mvhd`.
 * https://developer.apple.com/documentation/quicktime-file-format
 */
function secondsOfMp4(source: ByteSource): number | undefined {
  if (!saysAt(source, 4, "ftyp")) return undefined;
  const movie = boxIn(source, 0, source.length, "moov");
  const header = movie && boxIn(source, movie.from, movie.to, "mvhd");
  if (header === undefined) return undefined;
  const isLong = source.at(header.from) === 1;
  const scale = bigEndianAt(source, header.from + (isLong ? 20 : 12), 4);
  const duration = isLong
    ? bigEndianAt(source, header.from + 24, 4) * 2 ** 32 + bigEndianAt(source, header.from + 28, 4)
    : bigEndianAt(source, header.from + 16, 4);
  return scale > 0 && duration > 0 ? duration / scale : undefined;
}

interface Box {
  readonly from: number;
  readonly to: number;
}

function boxIn(source: ByteSource, from: number, to: number, name: string): Box | undefined {
  let start = from;
  for (let count = 0; count < BOXES_MAX && start + 8 <= to; count++) {
    const short = bigEndianAt(source, start, 4);
    const head = short === 1 ? 16 : 8;
    const size =
      short === 1
        ? bigEndianAt(source, start + 8, 4) * 2 ** 32 + bigEndianAt(source, start + 12, 4)
        : short === 0
          ? to - start
          : short;
    if (!(size >= head)) return undefined;
    if (saysAt(source, start + 4, name)) return { from: start + head, to: start + size };
    start += size;
  }
  return undefined;
}
