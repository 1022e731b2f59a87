// How long sound lasts at the most: by the rates that a decoder plays it at, and by the frames and
// packets that are in it, never by what a header alone says.

import { bigEndianAt, littleEndianAt, saysAt, sourceOf } from "./bytes-at.ts";
import type { ByteSource } from "./bytes-at.ts";
import { secondsOfFlac } from "./flac-seconds.ts";
import { secondsOfMp4 } from "./mp4-seconds.ts";
import { secondsOfOgg } from "./ogg-seconds.ts";
import { mayHavePictures } from "./video-seconds.ts";
import { secondsOfWebm } from "./webm-seconds.ts";

/** The formats, the first that knows a file counts; MP3 has no beginning of its own. */
const FORMATS = [
  secondsOfWav,
  secondsOfFlac,
  secondsOfOgg,
  secondsOfMp4,
  secondsOfWebm,
  secondsOfMp3,
];

/**
 * Returns how many seconds sound lasts at most; undefined for a format that is not read, and
 * for a file whose length is not certain. WAV, MP3, FLAC, Ogg (Opus, Vorbis), MP4, WebM are read,
 * whatever type the request states.
 */
export function audioSecondsOf(data: string | Uint8Array): number | undefined {
  return secondsIn(sourceOf(data));
}

function secondsIn(source: ByteSource): number | undefined {
  for (const secondsOf of FORMATS) {
    const seconds = secondsOf(source);
    if (seconds !== undefined) return source.isCertain() ? seconds : undefined;
  }
  return undefined;
}

/**
 * Gemini has 32 tokens a second, OpenAI's models 10.
 * https://ai.google.dev/gemini-api/docs/tokens
 */
const TOKENS_A_SECOND = 32;
/** Sound is padded to its next frame or chunk. */
const PADDING_TOKENS = 64;

/**
 * Returns the most tokens of sound; undefined where its length is not certain, or where it is a
 * film.
 */
export function audioTokensOf(data: string | Uint8Array): number | undefined {
  const source = sourceOf(data);
  const seconds = mayHavePictures(source) ? undefined : secondsIn(source);
  return seconds === undefined ? undefined : Math.ceil(seconds * TOKENS_A_SECOND) + PADDING_TOKENS;
}

const WAV_CHUNKS_MAX = 64;
/** PCM, floating point, A-law, µ-law, and the one that says more of itself. */
const WAV_FORMATS: ReadonlySet<number> = new Set([1, 3, 6, 7, 0xfffe]);

/** http://soundfile.sapp.org/doc/WaveFormat/ */
function secondsOfWav(source: ByteSource): number | undefined {
  if (!saysAt(source, 0, "RIFF") || !saysAt(source, 8, "WAVE")) return undefined;
  let bytesASecond: number | undefined;
  let from = 12;
  for (let chunk = 0; chunk < WAV_CHUNKS_MAX; chunk++) {
    if (saysAt(source, from, "data"))
      return bytesASecond === undefined ? undefined : (source.length - from) / bytesASecond;
    const length = littleEndianAt(source, from + 4, 4);
    if (Number.isNaN(length)) return undefined;
    if (saysAt(source, from, "fmt ")) {
      if (bytesASecond !== undefined || !WAV_FORMATS.has(littleEndianAt(source, from + 8, 2)))
        return undefined;
      const channels = littleEndianAt(source, from + 10, 2);
      const samples = littleEndianAt(source, from + 12, 4);
      const bits = littleEndianAt(source, from + 22, 2);
      bytesASecond = Math.min(
        littleEndianAt(source, from + 16, 4),
        (samples * channels * bits) / 8,
      );
      if (!(bytesASecond >= 1)) return undefined;
    }
    from += 8 + length + (length % 2);
  }
  return undefined;
}

/** Kilobits a second, by the index in the header. */
const LAYER_3 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const LAYER_3_LOW = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const SAMPLE_RATES = [44_100, 48_000, 32_000];
/** The lowest rate of a frame: 8 kilobits. */
const BYTES_A_SECOND_MIN = 1000;
/** Tags that may stand at the end. */
const REST_MAX = 65_536;

/** Walks the frames; what follows the last one counts at the lowest rate. */
function secondsOfMp3(source: ByteSource): number | undefined {
  let from = saysAt(source, 0, "ID3") ? 10 + tagLengthAt(source, 6) : 0;
  let seconds = 0;
  for (let frame = frameAt(source, from); frame !== undefined; frame = frameAt(source, from)) {
    seconds += frame.seconds;
    from += frame.bytes;
  }
  const rest = Math.max(0, source.length - from);
  return seconds === 0 || rest > REST_MAX ? undefined : seconds + rest / BYTES_A_SECOND_MIN;
}

/** Four times seven bits. https://id3.org/id3v2.4.0-structure */
function tagLengthAt(source: ByteSource, from: number): number {
  let length = 0;
  for (let at = from; at < from + 4; at++) length = length * 128 + (source.at(at) & 0x7f);
  return length;
}

function frameAt(
  source: ByteSource,
  from: number,
): { readonly bytes: number; readonly seconds: number } | undefined {
  const header = bigEndianAt(source, from, 4);
  // Eleven bits of one, and then version, layer 3, protection, rates, padding.
  if (Number.isNaN(header) || Math.floor(header / 2 ** 21) !== 0x7ff) return undefined;
  const version = Math.floor(header / 2 ** 19) & 3;
  const isLayer3 = (Math.floor(header / 2 ** 17) & 3) === 1;
  const kilobits = (version === 3 ? LAYER_3 : LAYER_3_LOW)[Math.floor(header / 2 ** 12) & 15] ?? 0;
  const rate = SAMPLE_RATES[Math.floor(header / 2 ** 10) & 3];
  if (version === 1 || !isLayer3 || kilobits === 0 || rate === undefined) return undefined;
  const samplesASecond = rate / (version === 3 ? 1 : version === 2 ? 2 : 4);
  const samples = version === 3 ? 1152 : 576;
  const padding = Math.floor(header / 2 ** 9) & 1;
  return {
    bytes: Math.floor((samples / 8) * ((kilobits * 1000) / samplesASecond)) + padding,
    seconds: samples / samplesASecond,
  };
}
