// Width and height of an image, from the bytes that a decoder takes them from. Where a file states
// several sizes, the largest counts; where one cannot be read with certainty, none is returned.

import { bigEndianAt, littleEndianAt, saysAt, sourceOf } from "./bytes-at.ts";
import type { ByteSource } from "./bytes-at.ts";
import { boxesBelow, boxesIn } from "./iso-boxes.ts";

/** In pixels, at least 1 each. Orientation may swap them. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/**
 * Returns the size of an image; undefined for a format that is not read, and for a file whose size
 * is not certain. PNG, JPEG, GIF, WebP, AVIF and HEIC are read, whatever type the request states.
 */
export function imageSizeOf(data: string | Uint8Array): ImageSize | undefined {
  const source = sourceOf(data);
  const size = sizeIn(source);
  if (size === undefined || !source.isCertain()) return undefined;
  const isSize = size.width >= 1 && size.height >= 1;
  return isSize ? size : undefined;
}

function sizeIn(source: ByteSource): ImageSize | undefined {
  if (saysAt(source, 1, "PNG\r\n\u001a\n")) return sizeOfPng(source);
  if (source.at(0) === 0xff && source.at(1) === 0xd8) return sizeOfJpeg(source);
  if (saysAt(source, 0, "GIF8")) return sizeOfGif(source);
  if (saysAt(source, 0, "RIFF") && saysAt(source, 8, "WEBP")) return sizeOfWebp(source);
  if (saysAt(source, 4, "ftyp")) return sizeOfHeif(source);
  return undefined;
}

function larger(one: ImageSize | undefined, other: ImageSize): ImageSize {
  if (one === undefined) return other;
  return {
    width: Math.max(one.width, other.width),
    height: Math.max(one.height, other.height),
  };
}

/** https://www.w3.org/TR/png-3/#11IHDR */
function sizeOfPng(source: ByteSource): ImageSize | undefined {
  if (!saysAt(source, 12, "IHDR")) return undefined;
  return { width: bigEndianAt(source, 16, 4), height: bigEndianAt(source, 20, 4) };
}

const JPEG_SEGMENTS_MAX = 4096;
const JPEG_SCAN = 0xda;
const JPEG_END = 0xd9;

/** Markers of frames; the others in their range are tables. */
function isFrame(marker: number): boolean {
  const isTable = marker === 0xc4 || marker === 0xc8 || marker === 0xcc;
  return marker >= 0xc0 && marker <= 0xcf && !isTable;
}

/** Walks the segments up to the first scan. https://www.w3.org/Graphics/JPEG/itu-t81.pdf */
function sizeOfJpeg(source: ByteSource): ImageSize | undefined {
  let size: ImageSize | undefined;
  let from = 2;
  for (let segment = 0; segment < JPEG_SEGMENTS_MAX; segment++) {
    if (source.at(from) !== 0xff) return undefined;
    while (source.at(from) === 0xff) from++;
    const marker = source.at(from);
    if (marker === JPEG_SCAN) return size;
    if (marker <= 0 || marker === JPEG_END) return undefined;
    const length = bigEndianAt(source, from + 1, 2);
    if (!(length >= 2)) return undefined;
    if (isFrame(marker)) {
      const height = bigEndianAt(source, from + 4, 2);
      const width = bigEndianAt(source, from + 6, 2);
      // A height of 0 stands for one that follows the scan.
      if (!(height > 0)) return undefined;
      size = larger(size, { width, height });
    }
    from += 1 + length;
  }
  return undefined;
}

const GIF_BLOCKS_MAX = 65_536;
const GIF_EXTENSION = 0x21;
const GIF_IMAGE = 0x2c;
const GIF_END = 0x3b;

/** A frame may be larger than the screen. https://www.w3.org/Graphics/GIF/spec-gif89a.txt */
function sizeOfGif(source: ByteSource): ImageSize | undefined {
  let size: ImageSize = {
    width: littleEndianAt(source, 6, 2),
    height: littleEndianAt(source, 8, 2),
  };
  let from = 13 + colorsIn(source.at(10));
  for (let block = 0; block < GIF_BLOCKS_MAX; block++) {
    const kind = source.at(from);
    if (kind === GIF_END || kind === -1) return size;
    if (kind === GIF_IMAGE) {
      const left = littleEndianAt(source, from + 1, 2) + littleEndianAt(source, from + 5, 2);
      const top = littleEndianAt(source, from + 3, 2) + littleEndianAt(source, from + 7, 2);
      size = larger(size, { width: left, height: top });
      from += 11 + colorsIn(source.at(from + 9));
    } else if (kind === GIF_EXTENSION) from += 2;
    else return undefined;
    for (let length = source.at(from); length > 0; length = source.at(from)) {
      from += 1 + length;
      block++;
      if (block > GIF_BLOCKS_MAX) return undefined;
    }
    from++;
  }
  return undefined;
}

/** The bytes of a color table, by the flags before it. */
function colorsIn(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1);
}

/** https://developers.google.com/speed/webp/docs/riff_container */
function sizeOfWebp(source: ByteSource): ImageSize | undefined {
  if (saysAt(source, 12, "VP8X"))
    return {
      width: littleEndianAt(source, 24, 3) + 1,
      height: littleEndianAt(source, 27, 3) + 1,
    };
  if (saysAt(source, 12, "VP8L") && source.at(20) === 0x2f) {
    const bits = littleEndianAt(source, 21, 4);
    return { width: (bits % 2 ** 14) + 1, height: (Math.floor(bits / 2 ** 14) % 2 ** 14) + 1 };
  }
  // The upper two bits are a scale that decoders pass over.
  if (saysAt(source, 12, "VP8 ") && bigEndianAt(source, 23, 3) === 0x9d012a)
    return {
      width: littleEndianAt(source, 26, 2) % 2 ** 14,
      height: littleEndianAt(source, 28, 2) % 2 ** 14,
    };
  return undefined;
}

/**
 * AVIF and HEIC: the largest of all images in the file, tiles and thumbnails among them. A reader
 * rejects an image that is not as large as its property says.
 * https://aomediacodec.github.io/av1-avif/, ISO/IEC 23008-12, 6.5.3 and 6.5.10
 */
function sizeOfHeif(source: ByteSource): ImageSize | undefined {
  const metas = boxesIn(source, 0, source.length)?.filter(({ name }) => name === "meta") ?? [];
  const [meta] = metas;
  if (meta === undefined || metas.length > 1) return undefined;
  // The box begins with its version.
  const content = { ...meta, from: meta.from + 4 };
  let size: ImageSize | undefined;
  for (const { from, to } of boxesBelow(source, [content], ["iprp", "ipco", "ispe"])) {
    if (to - from < 12) return undefined;
    const width = bigEndianAt(source, from + 4, 4);
    size = larger(size, { width, height: bigEndianAt(source, from + 8, 4) });
  }
  return size;
}
