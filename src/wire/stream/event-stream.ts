// Amazon's framing of events: length, headers and payload of each message, with checksums.
// https://smithy.io/2.0/aws/amazon-eventstream.html

import { fieldOf, parsedOf, textAt } from "../json/untrusted.ts";
import type { FrameReading } from "./answer-reader.ts";

/** One message. */
interface FramedEvent {
  /** The type of the event, or of the exception that it reports. */
  readonly type: string;
  readonly payload: string;
}

/** Total length, length of the headers, and the checksum of both. */
const PRELUDE_LENGTH = 12;
const CHECKSUM_LENGTH = 4;
const WORD = 4;
/** Longer messages do not exist: 24 MiB is the protocol's limit. */
const MESSAGE_LENGTH_MAX = 24 * 1024 * 1024;
/** The type of a header whose value is text. */
const TEXT_HEADER = 7;
/** How long the values of the other types are; those that are not listed say so themselves. */
const FIXED_LENGTHS: Readonly<Record<number, number>> = {
  0: 0,
  1: 0,
  2: 1,
  3: 2,
  4: 4,
  5: 8,
  8: 8,
  9: 16,
};

/** Reads messages from the bytes of a stream. */
class FramedEventReader {
  readonly #onEvent: (event: FramedEvent) => void;
  #bytes: Uint8Array = new Uint8Array(0);
  /** How many of the bytes are in use: the buffer grows by doubling. */
  #length = 0;

  constructor(onEvent: (event: FramedEvent) => void) {
    this.#onEvent = onEvent;
  }

  /**
   * Takes in more of the stream.
   *
   * @throws {Error} if it is not framed, or a checksum is wrong: what follows cannot be read.
   */
  push(bytes: Uint8Array): void {
    this.#append(bytes);
    let start = 0;
    for (;;) {
      const used = this.#message(start);
      if (used === 0) break;
      start += used;
    }
    if (start === 0) return;
    this.#bytes.copyWithin(0, start, this.#length);
    this.#length -= start;
  }

  /** @throws {Error} if the stream ends within a message. */
  end(): void {
    if (this.#length > 0) throw new Error("The stream ends within a message");
  }

  #append(bytes: Uint8Array): void {
    const needed = this.#length + bytes.length;
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    this.#bytes.set(bytes, this.#length);
    this.#length = needed;
  }

  /** Reads the message that begins there; returns its length, and 0 when it is not all there. */
  #message(start: number): number {
    if (this.#length - start < PRELUDE_LENGTH) return 0;
    const view = new DataView(this.#bytes.buffer, start, this.#length - start);
    const total = view.getUint32(0);
    const headers = view.getUint32(WORD);
    const shortest = PRELUDE_LENGTH + CHECKSUM_LENGTH + headers;
    const hasPrelude = view.getUint32(2 * WORD) === checksum(this.#bytes, start, 2 * WORD);
    if (!hasPrelude || total < shortest || total > MESSAGE_LENGTH_MAX)
      throw new Error("The stream is not framed as events");
    if (view.byteLength < total) return 0;
    const end = total - CHECKSUM_LENGTH;
    if (view.getUint32(end) !== checksum(this.#bytes, start, end))
      throw new Error("The checksum of an event is wrong");
    const bytes = this.#bytes.subarray(start, start + end);
    const payload = bytes.subarray(PRELUDE_LENGTH + headers);
    const type = typeIn(bytes.subarray(PRELUDE_LENGTH, PRELUDE_LENGTH + headers));
    this.#onEvent({ type, payload: new TextDecoder().decode(payload) });
    return total;
  }
}

/** Reads the messages of a stream, and what they carry. */
export const framedEvents: FrameReading = (onMessage) =>
  new FramedEventReader((event) => onMessage(event.type, () => framedValue(event)));

/** The type of an event by its headers; empty when they name none. */
function typeIn(headers: Uint8Array): string {
  const view = new DataView(headers.buffer, headers.byteOffset, headers.byteLength);
  const decoder = new TextDecoder();
  let at = 0;
  while (at < headers.length) {
    const nameLength = view.getUint8(at);
    const name = decoder.decode(headers.subarray(at + 1, at + 1 + nameLength));
    at += 1 + nameLength;
    const type = view.getUint8(at);
    at += 1;
    const fixed = FIXED_LENGTHS[type];
    const length = fixed ?? view.getUint16(at);
    if (fixed === undefined) at += 2;
    const isType = name === ":event-type" || name === ":exception-type";
    if (isType && type === TEXT_HEADER) return decoder.decode(headers.subarray(at, at + length));
    at += length;
  }
  return "";
}

/**
 * Returns the value that an event carries. Bedrock's streams of a model's own format wrap each of
 * them in base64.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_PayloadPart.html
 */
function framedValue({ payload }: FramedEvent): unknown {
  const value = parsedOf(payload);
  const wrapped = textAt(value, "bytes");
  if (wrapped === undefined) return value;
  const bytes = Uint8Array.from(atob(wrapped), (each) => each.charCodeAt(0));
  return parsedOf(new TextDecoder().decode(bytes)) ?? fieldOf(value, "bytes");
}

const POLYNOMIAL = 0xedb88320;
const BYTE = 0xff;
const BITS = 8;
const ALL_ONES = 0xffffffff;
let table: Uint32Array | undefined;

/** CRC-32 of some bytes. */
function checksum(bytes: Uint8Array, start: number, length: number): number {
  table ??= checksumTable();
  let sum = ALL_ONES;
  for (let at = start; at < start + length; at++)
    sum = (table[(sum ^ (bytes[at] ?? 0)) & BYTE] ?? 0) ^ (sum >>> BITS);
  return (sum ^ ALL_ONES) >>> 0;
}

function checksumTable(): Uint32Array {
  return Uint32Array.from({ length: BYTE + 1 }, (_, byte) => {
    let sum = byte;
    for (let bit = 0; bit < BITS; bit++)
      sum = (sum & 1) === 1 ? (sum >>> 1) ^ POLYNOMIAL : sum >>> 1;
    return sum >>> 0;
  });
}
