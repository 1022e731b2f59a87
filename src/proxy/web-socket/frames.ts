// WebSocket frames (RFC 6455 §5), read strictly: an invalid frame ends the connection, because a
// message that two readers see differently cannot be metered. No extension is supported.

import { randomFillSync } from "node:crypto";

/** The types of frames. */
export const OPCODE = {
  continuation: 0x0,
  text: 0x1,
  binary: 0x2,
  close: 0x8,
  ping: 0x9,
  pong: 0xa,
} as const;

/** Close codes (RFC 6455 §7.4.1). */
export const CLOSE = {
  normal: 1000,
  goingAway: 1001,
  protocolError: 1002,
  unsupported: 1003,
  noStatus: 1005,
  abnormal: 1006,
  invalidText: 1007,
  policy: 1008,
  tooLong: 1009,
  internal: 1011,
} as const;

/** The result of reading frames: complete messages, and control frames. */
export type FrameEvent =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "binary"; readonly bytes: Buffer }
  | { readonly kind: "ping" | "pong"; readonly bytes: Buffer }
  | { readonly kind: "close"; readonly code: number; readonly reason: string };

/** An error of the other side, with the code to close the connection with. */
export class FrameError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

const FINAL = 0x80;
const RESERVED = 0x70;
const OPCODE_BITS = 0x0f;
const MASKED = 0x80;
const LENGTH_BITS = 0x7f;
/** These lengths mean that two, or eight, bytes of length follow. */
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const CONTROL_BYTES_MAX = 125;
const MASK_BYTES = 4;
const CONTROLS: ReadonlySet<number> = new Set([OPCODE.close, OPCODE.ping, OPCODE.pong]);
const DATA: ReadonlySet<number> = new Set([OPCODE.continuation, OPCODE.text, OPCODE.binary]);

interface Head {
  readonly isFinal: boolean;
  readonly opcode: number;
  readonly mask: Buffer | undefined;
  readonly length: number;
}

/** How frames must be. */
export interface FrameRules {
  /** Whether frames must be masked, like a client's, or unmasked, like a server's. */
  readonly isMasked: boolean;
  /** The longest message, in bytes. */
  readonly bytesMax: number;
}

/** Reads frames from bytes that arrive in any pieces. */
export class FrameReader {
  readonly #rules: FrameRules;
  readonly #onEvent: (event: FrameEvent) => void;
  #pieces: Buffer[] = [];
  #length = 0;
  #head: Head | undefined;
  /** The message that has begun and not ended. */
  #opcode: number | undefined;
  #fragments: Buffer[] = [];
  #fragmentsLength = 0;
  #isClosed = false;

  constructor(rules: FrameRules, onEvent: (event: FrameEvent) => void) {
    this.#rules = rules;
    this.#onEvent = onEvent;
  }

  /**
   * Reads more bytes. Anything after the frame that closes the connection is ignored.
   *
   * @throws {FrameError} if a frame is invalid; nothing may be read after it.
   */
  push(bytes: Buffer): void {
    this.#pieces.push(bytes);
    this.#length += bytes.length;
    while (!this.#isClosed && this.#step());
  }

  /** Reads a head or a payload, if all of it is there. */
  #step(): boolean {
    if (this.#head === undefined) {
      this.#head = this.#readHead();
      if (this.#head === undefined) return false;
    }
    const { mask, length } = this.#head;
    if (this.#length < length) return false;
    const head = this.#head;
    this.#head = undefined;
    const payload = this.#take(length);
    if (mask !== undefined) applyMask(payload, mask);
    this.#frame(head, payload);
    return true;
  }

  #readHead(): Head | undefined {
    if (this.#length < 2) return undefined;
    const start = this.#peek(2);
    const [first = 0, second = 0] = start;
    const isMasked = (second & MASKED) !== 0;
    const short = second & LENGTH_BITS;
    this.#checkHead(first, short, isMasked);
    const lengthBytes = short === LENGTH_16 ? 2 : short === LENGTH_64 ? 8 : 0;
    const size = 2 + lengthBytes + (isMasked ? MASK_BYTES : 0);
    if (this.#length < size) return undefined;
    const bytes = this.#take(size);
    const length = lengthIn(bytes, short);
    const opcode = first & OPCODE_BITS;
    const whole = CONTROLS.has(opcode) ? length : this.#fragmentsLength + length;
    if (whole > this.#rules.bytesMax)
      throw new FrameError(
        CLOSE.tooLong,
        `the message is longer than ${this.#rules.bytesMax} bytes`,
      );
    return {
      isFinal: (first & FINAL) !== 0,
      opcode,
      mask: isMasked ? bytes.subarray(size - MASK_BYTES) : undefined,
      length,
    };
  }

  #checkHead(first: number, short: number, isMasked: boolean): void {
    const opcode = first & OPCODE_BITS;
    if ((first & RESERVED) !== 0) throw broken("a reserved bit is set, and no extension is in use");
    if (isMasked !== this.#rules.isMasked)
      throw broken(isMasked ? "a server's frame is masked" : "a client's frame is not masked");
    if (CONTROLS.has(opcode)) {
      if ((first & FINAL) === 0) throw broken("a control frame is fragmented");
      if (short > CONTROL_BYTES_MAX) throw broken("a control frame is too long");
      return;
    }
    if (!DATA.has(opcode)) throw broken(`the opcode ${opcode} is reserved`);
    if (opcode === OPCODE.continuation && this.#opcode === undefined)
      throw broken("a message is continued that has not begun");
    if (opcode !== OPCODE.continuation && this.#opcode !== undefined)
      throw broken("a message begins inside another");
  }

  #frame({ opcode, isFinal }: Head, payload: Buffer): void {
    if (CONTROLS.has(opcode)) {
      this.#control(opcode, payload);
      return;
    }
    if (opcode !== OPCODE.continuation) this.#opcode = opcode;
    this.#fragments.push(payload);
    this.#fragmentsLength += payload.length;
    if (!isFinal) return;
    const whole = this.#fragments.length === 1 ? payload : Buffer.concat(this.#fragments);
    const isText = this.#opcode === OPCODE.text;
    this.#opcode = undefined;
    this.#fragments = [];
    this.#fragmentsLength = 0;
    if (isText) this.#onEvent({ kind: "text", text: textOf(whole) });
    else this.#onEvent({ kind: "binary", bytes: whole });
  }

  #control(opcode: number, payload: Buffer): void {
    if (opcode !== OPCODE.close) {
      this.#onEvent({ kind: opcode === OPCODE.ping ? "ping" : "pong", bytes: payload });
      return;
    }
    this.#isClosed = true;
    if (payload.length === 1) throw broken("a code of closing has one byte");
    const code = payload.length === 0 ? CLOSE.noStatus : payload.readUInt16BE();
    if (payload.length > 0 && !maySend(code))
      throw broken(`the code of closing ${code} may not be sent`);
    this.#onEvent({ kind: "close", code, reason: textOf(payload.subarray(2)) });
  }

  /** Returns the first bytes without consuming them. */
  #peek(length: number): Buffer {
    const [first] = this.#pieces;
    if (first !== undefined && first.length >= length) return first.subarray(0, length);
    this.#pieces = [Buffer.concat(this.#pieces)];
    return this.#pieces[0]?.subarray(0, length) ?? Buffer.alloc(0);
  }

  #take(length: number): Buffer {
    if (length === 0) return Buffer.alloc(0);
    const taken = this.#peek(length);
    const [first = taken, ...others] = this.#pieces;
    const rest = first.subarray(length);
    this.#pieces = rest.length === 0 ? others : [rest, ...others];
    this.#length -= length;
    return taken;
  }
}

function lengthIn(bytes: Buffer, short: number): number {
  if (short === LENGTH_16) {
    const length = bytes.readUInt16BE(2);
    if (length < LENGTH_16) throw broken("a length is written longer than it needs to be");
    return length;
  }
  if (short !== LENGTH_64) return short;
  const length = bytes.readBigUInt64BE(2);
  if (length <= 0xff_ffn) throw broken("a length is written longer than it needs to be");
  if (length > BigInt(Number.MAX_SAFE_INTEGER))
    throw new FrameError(CLOSE.tooLong, "the message is longer than can be counted");
  return Number(length);
}

/** Returns whether a close code is valid (RFC 6455 §7.4, and later IANA registrations). */
export function maySend(code: number): boolean {
  const isRegistered = code >= 1000 && code <= 1014 && code !== 1004;
  const isLocal = code === CLOSE.noStatus || code === CLOSE.abnormal;
  return (isRegistered && !isLocal) || (code >= 3000 && code <= 4999);
}

function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new FrameError(CLOSE.invalidText, "a text is no UTF-8");
  }
}

function broken(message: string): FrameError {
  return new FrameError(CLOSE.protocolError, message);
}

function applyMask(bytes: Buffer, mask: Buffer): void {
  for (let at = 0; at < bytes.length; at++)
    bytes[at] = (bytes[at] ?? 0) ^ (mask[at % MASK_BYTES] ?? 0);
}

/** Returns one frame with a complete message; masked with a random mask if a client sends it. */
export function frameOf(opcode: number, payload: Buffer, isMasked: boolean): Buffer {
  const { length } = payload;
  const short = length < LENGTH_16 ? length : length <= 0xff_ff ? LENGTH_16 : LENGTH_64;
  const lengthBytes = short === LENGTH_16 ? 2 : short === LENGTH_64 ? 8 : 0;
  const maskAt = 2 + lengthBytes;
  const payloadAt = maskAt + (isMasked ? MASK_BYTES : 0);
  const frame = Buffer.allocUnsafe(payloadAt + length);
  frame[0] = FINAL | opcode;
  frame[1] = short | (isMasked ? MASKED : 0);
  if (short === LENGTH_16) frame.writeUInt16BE(length, 2);
  else if (short === LENGTH_64) frame.writeBigUInt64BE(BigInt(length), 2);
  payload.copy(frame, payloadAt);
  if (!isMasked) return frame;
  const mask = frame.subarray(maskAt, payloadAt);
  randomFillSync(mask);
  applyMask(frame.subarray(payloadAt), mask);
  return frame;
}

/** Returns the frame that closes a connection. */
export function closingFrame(code: number, reason: string, isMasked: boolean): Buffer {
  if (!maySend(code)) return frameOf(OPCODE.close, Buffer.alloc(0), isMasked);
  const text = Buffer.from(reason).subarray(0, CONTROL_BYTES_MAX - 2);
  // A character cut in two is invalid UTF-8.
  const whole = Buffer.from(text.toString().replace(/\uFFFD$/, ""));
  const bytes = Buffer.alloc(2 + Math.min(whole.length, CONTROL_BYTES_MAX - 2));
  bytes.writeUInt16BE(code);
  whole.copy(bytes, 2);
  return frameOf(OPCODE.close, bytes, isMasked);
}
