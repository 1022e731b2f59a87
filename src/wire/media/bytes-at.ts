// Bytes of media, read one by one where they stand: an image of a megabyte says its size in its
// first bytes, and the rest of its base64 is never decoded.

/** Reads bytes by their index. */
export interface ByteSource {
  /** A byte; -1 past the end, and where it cannot be read. */
  at(index: number): number;
  /** How many bytes there are. */
  readonly length: number;
  /**
   * Returns whether all that was read is where every decoder finds it: some decoders pass over
   * characters that are not base64, which moves what follows.
   */
  isCertain(): boolean;
}

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const VALUES = new Int8Array(128).fill(-1);
for (let value = 0; value < DIGITS.length; value++) VALUES[DIGITS.charCodeAt(value)] = value;
// The alphabet for addresses.
VALUES[0x2d] = 62;
VALUES[0x5f] = 63;

const FOREIGN = /[^A-Za-z0-9+/_-]/;
const PADDING = /={1,2}$/;
const DATA_ADDRESS = /^data:[^,]{0,200},/;
const HEAD = 256;

/** Returns the base64 of data: what follows the comma of a `data:` address, or all of it. */
export function base64Of(data: string): string {
  const found = DATA_ADDRESS.exec(data.slice(0, HEAD));
  return found === null ? data : data.slice(found[0].length);
}

/** Reads base64 without decoding all of it. */
function base64Bytes(padded: string): ByteSource {
  const text = padded.replace(PADDING, "");
  let furthest = 0;
  return {
    length: Math.floor((text.length * 3) / 4),
    at(index) {
      const digit = Math.floor((index * 4) / 3);
      if (digit + 1 >= text.length) return -1;
      furthest = Math.max(furthest, digit + 1);
      const high = VALUES[text.charCodeAt(digit)] ?? -1;
      const low = VALUES[text.charCodeAt(digit + 1)] ?? -1;
      if (high < 0 || low < 0) return -1;
      const shift = (index % 3) * 2;
      return ((high << (shift + 2)) | (low >> (4 - shift))) & 0xff;
    },
    isCertain: () => !FOREIGN.test(text.slice(0, furthest + 1)),
  };
}

/** Reads bytes that are there as such. */
function plainBytes(bytes: Uint8Array): ByteSource {
  return { length: bytes.length, at: (index) => bytes[index] ?? -1, isCertain: () => true };
}

/** Reads a file, whether it stands as bytes, as base64 or in a `data:` address. */
export function sourceOf(data: string | Uint8Array): ByteSource {
  return typeof data === "string" ? base64Bytes(base64Of(data)) : plainBytes(data);
}

/** Returns whether the bytes from `from` on are those of an ASCII text. */
export function saysAt(source: ByteSource, from: number, text: string): boolean {
  for (let at = 0; at < text.length; at++)
    if (source.at(from + at) !== text.charCodeAt(at)) return false;
  return true;
}

/** Returns a number of `size` bytes, the highest first; NaN where one of them cannot be read. */
export function bigEndianAt(source: ByteSource, from: number, size: number): number {
  let value = 0;
  for (let at = 0; at < size; at++) {
    const byte = source.at(from + at);
    if (byte < 0) return Number.NaN;
    value = value * 256 + byte;
  }
  return value;
}

/** Returns a number of `size` bytes, the lowest first; NaN where one of them cannot be read. */
export function littleEndianAt(source: ByteSource, from: number, size: number): number {
  let value = 0;
  for (let at = size - 1; at >= 0; at--) {
    const byte = source.at(from + at);
    if (byte < 0) return Number.NaN;
    value = value * 256 + byte;
  }
  return value;
}
