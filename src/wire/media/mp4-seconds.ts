// How long a film or sound in MP4, M4A or QuickTime lasts: the longest of all that it says. Players
// go by the times of samples, by edits, or by what the headers say, and each of them is looked at;
// a file in fragments says it in places that are not read.
// https://developer.apple.com/documentation/quicktime-file-format

import type { ByteSource } from "./bytes-at.ts";
import { bigEndianAt, saysAt } from "./bytes-at.ts";
import { boxesIn } from "./iso-boxes.ts";
import type { Box } from "./iso-boxes.ts";

const TIMES_MAX = 200_000;
/** A length that is not known. */
const UNKNOWN_32 = 2 ** 32 - 1;

/** Returns the most seconds of MP4; undefined where that is not certain, and for another format. */
export function secondsOfMp4(source: ByteSource): number | undefined {
  if (!saysAt(source, 4, "ftyp")) return undefined;
  const top = boxesIn(source, 0, source.length);
  const movies = top?.filter(({ name }) => name === "moov") ?? [];
  const [movie] = movies;
  if (top === undefined || movie === undefined || movies.length > 1) return undefined;
  const inner = boxesIn(source, movie.from, movie.to);
  const isFragmented =
    top.some(({ name }) => name === "moof") || inner?.some(({ name }) => name === "mvex") === true;
  const header = inner?.find(({ name }) => name === "mvhd");
  if (inner === undefined || header === undefined || isFragmented) return undefined;
  const scale = scaleAt(source, header);
  let seconds = durationAt(source, header, scale);
  const tracks = inner.filter(({ name }) => name === "trak");
  for (const track of tracks) seconds = Math.max(seconds, secondsOfTrack(source, track, scale));
  return seconds > 0 && Number.isFinite(seconds) && tracks.length > 0 ? seconds : undefined;
}

/** The longest that a track says; infinite where it is not certain. */
function secondsOfTrack(source: ByteSource, track: Box, movieScale: number): number {
  const boxes = boxesIn(source, track.from, track.to);
  const media = childOf(source, boxes, "mdia");
  const header = media?.find(({ name }) => name === "mdhd");
  const info = childOf(source, media, "minf");
  const table = childOf(source, info, "stbl");
  const times = table?.filter(({ name }) => name === "stts") ?? [];
  if (header === undefined || times.length !== 1) return Number.POSITIVE_INFINITY;
  const scale = scaleAt(source, header);
  const edits = childOf(source, boxes, "edts")?.filter(({ name }) => name === "elst") ?? [];
  return Math.max(
    durationAt(source, header, scale),
    sumOfTimes(source, times[0]!) / scale,
    ...edits.map((edit) => sumOfEdits(source, edit) / movieScale),
  );
}

/** The units of a second in the header of a movie or of a media. */
function scaleAt(source: ByteSource, header: Box): number {
  const scale = bigEndianAt(source, header.from + (source.at(header.from) === 1 ? 20 : 12), 4);
  return scale > 0 ? scale : Number.NaN;
}

function durationAt(source: ByteSource, header: Box, scale: number): number {
  if (source.at(header.from) === 1)
    return (
      (bigEndianAt(source, header.from + 24, 4) * 2 ** 32 +
        bigEndianAt(source, header.from + 28, 4)) /
      scale
    );
  const duration = bigEndianAt(source, header.from + 16, 4);
  return duration === UNKNOWN_32 ? 0 : duration / scale;
}

/** How long all samples are together, in the units of the media. */
function sumOfTimes(source: ByteSource, { from }: Box): number {
  const entries = bigEndianAt(source, from + 4, 4);
  if (!(entries <= TIMES_MAX)) return Number.POSITIVE_INFINITY;
  let sum = 0;
  for (let at = from + 8; at < from + 8 + entries * 8; at += 8)
    sum += bigEndianAt(source, at, 4) * bigEndianAt(source, at + 4, 4);
  return sum;
}

/** How long all edits are together, in the units of the movie, pauses among them. */
function sumOfEdits(source: ByteSource, { from }: Box): number {
  const isLong = source.at(from) === 1;
  const entries = bigEndianAt(source, from + 4, 4);
  if (!(entries <= TIMES_MAX)) return Number.POSITIVE_INFINITY;
  let sum = 0;
  for (let entry = 0; entry < entries; entry++) {
    const at = from + 8 + entry * (isLong ? 20 : 12);
    // A rate of less than one plays it for longer.
    const rate = bigEndianAt(source, at + (isLong ? 16 : 8), 4) / 2 ** 16;
    const length = isLong
      ? bigEndianAt(source, at, 4) * 2 ** 32 + bigEndianAt(source, at + 4, 4)
      : bigEndianAt(source, at, 4);
    if (rate !== 1 && rate !== 0) return Number.POSITIVE_INFINITY;
    sum += length;
  }
  return sum;
}

function childOf(
  source: ByteSource,
  boxes: readonly Box[] | undefined,
  name: string,
): readonly Box[] | undefined {
  const [found, more] = boxes?.filter((box) => box.name === name) ?? [];
  return found === undefined || more !== undefined
    ? undefined
    : boxesIn(source, found.from, found.to);
}
