// Reads the bytes of one answer. The first of them say what they are, not their label:
// servers send events as text/plain, and JSON as events (M8).

import { parsedOf } from "../json/untrusted.ts";
import type { WireHead, AnswerReading, WireUsage, WorkUnderWay } from "../wire-usage.ts";
import { EventReader } from "./sse.ts";

/** A whole answer that is longer is not read: its bound is booked. */
const WHOLE_BYTES_MAX = 64 * 1024 * 1024;
const BYTE_ORDER_MARK: readonly number[] = [0xef, 0xbb, 0xbf];
const SPACES: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d, ...BYTE_ORDER_MARK]);
const BRACE = 0x7b;
const BRACKET = 0x5b;
/** The first byte of a framed message: that of its length, which is below 16 MiB. */
const NUL = 0x00;
/** The beginning of a JSON text. */
const JSON_START = /^[ \t\r\n\uFEFF]*[[{]/;
/** What ends a stream in OpenAI's format. */
const DONE = "[DONE]";

/** What takes in bytes. */
export interface ByteReader {
  push(bytes: Uint8Array): void;
  end(): void;
}

/** Reads framed messages: their type, and what returns the value that they carry. */
export type FrameReading = (onMessage: (type: string, value: () => unknown) => void) => ByteReader;

/** Reads JSON objects one after another: what returns each as text. */
export type ObjectReading = (onObject: (text: string) => void) => ByteReader;

/** Reads an answer, whatever it is packed in. Never throws. */
export class AnswerReader {
  readonly #reading: AnswerReading;
  readonly #objects: ObjectReading | undefined;
  readonly #frames: FrameReading | undefined;
  #bytes: ByteReader | undefined;
  #isWhole = false;
  #isBroken = false;
  /** Whether part of it is no JSON: what was in it may have been billed. */
  #hasUnreadable = false;

  /**
   * `objects`: reads JSON as a stream of objects, where it is not one whole answer. `frames`: reads
   * framed messages, where the provider sends such.
   */
  constructor(reading: AnswerReading, objects?: ObjectReading, frames?: FrameReading) {
    this.#reading = reading;
    this.#objects = objects;
    this.#frames = frames;
  }

  /** Takes in the headers of the answer, before its bytes. */
  head(head: WireHead): void {
    this.#guarded(() => this.#reading.head?.(head));
  }

  /** How many UTF-8 bytes of output were seen in a stream. */
  get outputBytes(): number {
    return this.#reading.outputBytes;
  }

  /** Whether output may be billed that was not shown: the answer says so, or was not read. */
  get hidesOutput(): boolean {
    return this.#isBroken || this.#reading.hidesOutput;
  }

  /** Whether the answer is an error and nothing besides. */
  get isError(): boolean {
    const hasOutput = this.#reading.outputBytes > 0 || this.#isBroken || this.#hasUnreadable;
    return this.#reading.hasError && !hasOutput;
  }

  /** Whether the answer has ended and its usage is still to come. */
  get awaitsUsage(): boolean {
    return this.#reading.awaitsUsage;
  }

  /** Work that the answer tells of, which may go on when the answer is over. */
  get later(): WorkUnderWay | undefined {
    return this.#isBroken ? undefined : this.#reading.later;
  }

  /** Whether the answer is one JSON text; false before its first byte. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** Takes in more of the answer. */
  push(bytes: Uint8Array): void {
    this.#guarded(() => {
      this.#bytes ??= this.#readerFor(bytes);
      this.#bytes?.push(bytes);
    });
  }

  /** Takes in the whole answer at once, decoded. */
  text(text: string): void {
    if (this.#objects !== undefined || !JSON_START.test(text))
      this.push(new TextEncoder().encode(text));
    else {
      this.#isWhole = true;
      if (text.length <= WHOLE_BYTES_MAX) this.#read(text, "");
    }
  }

  /** The answer is over. Returns what it reports; undefined when that is nothing. */
  end(): WireUsage | undefined {
    let usage: WireUsage | undefined;
    this.#guarded(() => {
      this.#bytes?.end();
      usage = this.#reading.usage(this.#isWhole);
    });
    return usage !== undefined && this.#isBroken ? { ...usage, isWhole: false } : usage;
  }

  #readerFor(bytes: Uint8Array): ByteReader | undefined {
    const first = bytes.find((byte) => !SPACES.has(byte));
    if (first === undefined) return undefined;
    if (first === NUL) {
      if (this.#frames === undefined) throw new Error("No format here is framed");
      return this.#frames((type, value) => {
        this.#guarded(() => this.#reading.read(value(), type));
      });
    }
    if (first !== BRACE && first !== BRACKET) {
      return new EventReader(({ event, data }) => {
        if (data === DONE) this.#guarded(() => this.#reading.done());
        else this.#read(data, event);
      });
    }
    if (this.#objects !== undefined) return this.#objects((text) => this.#read(text, ""));
    this.#isWhole = true;
    return new WholeReader((text) => this.#read(text, ""));
  }

  #read(text: string, event: string): void {
    const value = parsedOf(text);
    if (value === undefined) this.#hasUnreadable = true;
    this.#guarded(() => this.#reading.read(value, event));
  }

  /** The answer is written by a model and a stranger's server: nothing in it does harm. */
  #guarded(step: () => void): void {
    try {
      step();
    } catch {
      this.#isBroken = true;
    }
  }
}

/** Keeps an answer that is one JSON text. */
class WholeReader implements ByteReader {
  readonly #onText: (text: string) => void;
  #pieces: Uint8Array[] = [];
  #length = 0;

  constructor(onText: (text: string) => void) {
    this.#onText = onText;
  }

  push(bytes: Uint8Array): void {
    this.#length += bytes.length;
    if (this.#length <= WHOLE_BYTES_MAX) this.#pieces.push(bytes);
    else this.#pieces = [];
  }

  end(): void {
    if (this.#length > WHOLE_BYTES_MAX) return;
    const decoder = new TextDecoder();
    let text = "";
    for (const piece of this.#pieces) text += decoder.decode(piece, { stream: true });
    this.#onText(text + decoder.decode());
  }
}
