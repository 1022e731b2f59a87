// Pictures of pages: read and written as PNG, made half as large, and compared.

import { crc32, deflateSync, inflateSync } from "node:zlib";

/** A picture: three bytes for each pixel, row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly bytes: Uint8Array;
}

/** How two pictures differ. */
interface Difference {
  /** Which part of the pixels differs, from 0 to 1. */
  readonly part: number;
  /** The expected picture, faint, with what differs in red. */
  readonly shown: Picture;
}

const SIGNATURE = Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10);
const RGB = 3;
/** How many bytes a pixel has by the color type: RGB, an index into a palette, RGB and alpha. */
const COLOR_TYPES: Readonly<Record<number, number>> = { 2: RGB, 3: 1, 6: 4 };
/** Colors are kept in steps of this size: what no one sees would make a file twice as large. */
const STEP = 8;
/** By how much a channel of a pixel may differ. */
const CHANNEL_MOST = 24;

/** Reads a PNG of eight bits a channel, without interlacing, as Chromium writes it. */
export function pictureIn(png: Uint8Array): Picture {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const channels = COLOR_TYPES[view.getUint8(25)];
  if (channels === undefined || view.getUint8(24) !== 8 || view.getUint8(28) !== 0)
    throw new TypeError("Expected a PNG of eight bits a channel");
  const data = inflateSync(Buffer.concat(chunksOf(png, view, "IDAT")));
  const raw = unfiltered(data, width * channels, channels);
  const [palette] = chunksOf(png, view, "PLTE");
  const bytes = new Uint8Array(width * height * RGB);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const [from, at] =
      channels === 1 ? [palette, (raw[pixel] ?? 0) * RGB] : [raw, pixel * channels];
    if (from !== undefined) bytes.set(from.subarray(at, at + RGB), pixel * RGB);
  }
  return { width, height, bytes };
}

/** What is in the chunks of a name. */
function chunksOf(png: Uint8Array, view: DataView, name: string): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let at = SIGNATURE.length; at < png.length; at += 12 + view.getUint32(at)) {
    const isNamed = String.fromCodePoint(...png.subarray(at + 4, at + 8)) === name;
    if (isNamed) found.push(png.subarray(at + 8, at + 8 + view.getUint32(at)));
  }
  return found;
}

/** Takes back the filter of each row (PNG, section 9). */
function unfiltered(data: Uint8Array, rowBytes: number, channels: number): Uint8Array {
  const rows = data.length / (rowBytes + 1);
  const out = new Uint8Array(rows * rowBytes);
  for (let row = 0; row < rows; row++) {
    const filter = data[row * (rowBytes + 1)];
    for (let index = 0; index < rowBytes; index++) {
      const at = row * rowBytes + index;
      const left = index < channels ? 0 : (out[at - channels] ?? 0);
      const up = row === 0 ? 0 : (out[at - rowBytes] ?? 0);
      const corner = row === 0 || index < channels ? 0 : (out[at - rowBytes - channels] ?? 0);
      const predicted = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter ?? 0] ?? 0;
      out[at] = (data[row * (rowBytes + 1) + 1 + index] ?? 0) + predicted;
    }
  }
  return out;
}

function paeth(left: number, up: number, corner: number): number {
  const [toLeft, toUp] = [Math.abs(up - corner), Math.abs(left - corner)];
  const toCorner = Math.abs(left + up - 2 * corner);
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

/** Writes a PNG: with a palette where there are no more than 256 colors. */
export function pngOf({ width, height, bytes }: Picture): Uint8Array {
  const palette = new Map<number, number>();
  const indexes = new Uint8Array(width * height);
  for (let pixel = 0; pixel < indexes.length; pixel++) {
    const [red = 0, green = 0, blue = 0] = bytes.subarray(pixel * RGB, pixel * RGB + RGB);
    const color = (red << 16) | (green << 8) | blue;
    const index = palette.get(color) ?? palette.size;
    palette.set(color, index);
    indexes[pixel] = index;
  }
  const hasPalette = palette.size <= 256;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, hasPalette ? 3 : 2, 0, 0, 0], 8);
  const colors = Buffer.alloc(palette.size * RGB);
  for (const [color, index] of palette) colors.writeUIntBE(color, index * RGB, RGB);
  const rows = hasPalette ? rowsOf(indexes, width) : rowsOf(bytes, width * RGB);
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    ...(hasPalette ? [chunk("PLTE", colors)] : []),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** Rows without a filter. */
function rowsOf(bytes: Uint8Array, rowBytes: number): Uint8Array {
  const rows = Buffer.alloc((bytes.length / rowBytes) * (rowBytes + 1));
  for (let row = 0; row * rowBytes < bytes.length; row++)
    rows.set(bytes.subarray(row * rowBytes, (row + 1) * rowBytes), row * (rowBytes + 1) + 1);
  return rows;
}

function chunk(name: string, data: Uint8Array): Uint8Array {
  const content = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const out = Buffer.alloc(content.length + 8);
  out.writeUInt32BE(data.length, 0);
  out.set(content, 4);
  out.writeUInt32BE(crc32(content), content.length + 4);
  return out;
}

/** Half as large in each direction, with few colors: what is kept. */
export function keptOf({ width, height, bytes }: Picture): Picture {
  const half = { width: width >> 1, height: height >> 1 };
  const out = new Uint8Array(half.width * half.height * RGB);
  for (let row = 0; row < half.height; row++)
    for (let column = 0; column < half.width; column++)
      for (let channel = 0; channel < RGB; channel++) {
        const at = (2 * row * width + 2 * column) * RGB + channel;
        const sum =
          (bytes[at] ?? 0) +
          (bytes[at + RGB] ?? 0) +
          (bytes[at + width * RGB] ?? 0) +
          (bytes[at + width * RGB + RGB] ?? 0);
        out[(row * half.width + column) * RGB + channel] = stepped(sum / 4);
      }
  return { ...half, bytes: out };
}

function stepped(value: number): number {
  return Math.min(255, Math.round(value / STEP) * STEP);
}

/** Compares two pictures; of another size, what one of them lacks differs. */
export function differenceOf(expected: Picture, seen: Picture): Difference {
  const width = Math.max(expected.width, seen.width);
  const height = Math.max(expected.height, seen.height);
  const bytes = new Uint8Array(width * height * RGB);
  let differing = 0;
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const [one, other] = [pixelAt(expected, row, column), pixelAt(seen, row, column)];
      const isSame =
        one !== undefined &&
        other?.every((value, channel) => Math.abs(value - (one[channel] ?? 0)) <= CHANNEL_MOST) ===
          true;
      if (!isSame) differing++;
      const faint = (one ?? [0, 0, 0]).map((value) => 192 + (value >> 2));
      bytes.set(isSame ? faint : [220, 0, 0], (row * width + column) * RGB);
    }
  return { part: differing / (width * height), shown: { width, height, bytes } };
}

function pixelAt(picture: Picture, row: number, column: number): readonly number[] | undefined {
  if (row >= picture.height || column >= picture.width) return undefined;
  const at = (row * picture.width + column) * RGB;
  return [...picture.bytes.subarray(at, at + RGB)];
}
