// Lengths in UTF-8: a bound for tokens.

import { eachText } from "./json/untrusted.ts";

const encoder = new TextEncoder();
/** Node.js, Bun and Deno count without encoding, several times as fast. */
const RuntimeBuffer: typeof Buffer | undefined = globalThis.Buffer;
const SHORT = 64;
const ONE_BYTE_MAX = 0x7f;
const TWO_BYTES_MAX = 0x7ff;

/** Returns how many bytes a text has in UTF-8. */
export function bytesOf(text: string | undefined): number {
  if (text === undefined) return 0;
  // The pieces of a stream are short, and an encoder takes longer to begin.
  return text.length <= SHORT ? bytesOfShort(text) : bytesOfLong(text);
}

function bytesOfLong(text: string): number {
  return RuntimeBuffer?.byteLength(text) ?? encoder.encode(text).length;
}

function bytesOfShort(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (isSurrogate(unit)) return bytesOfLong(text);
    if (unit > ONE_BYTE_MAX) bytes += unit > TWO_BYTES_MAX ? 2 : 1;
  }
  return bytes;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}

/** What JSON puts around a name and its value: quotes, a colon, a comma. */
const PUNCTUATION = 6;

/** Returns a bound for the bytes that a value has as JSON, however deep it is. */
export function bytesIn(value: unknown): number {
  if (typeof value === "string") return bytesOf(value);
  if (typeof value !== "object" || value === null) return 0;
  let bytes = 0;
  const count = (more: number): void => {
    bytes += more;
  };
  eachText(value, (text) => count(bytesOf(text) + PUNCTUATION), count);
  return bytes;
}
