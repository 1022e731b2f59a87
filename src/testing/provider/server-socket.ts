// The server's side of a web socket (RFC 6455), in text messages and without extensions. It shares
// no code with the proxy: what one writes, the other must read by the standard alone.

import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

/** What the standard appends to a client's key (RFC 6455 §1.3). */
const ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const TEXT = 0x1;
const BINARY = 0x2;
const CLOSE = 0x8;
const PING = 0x9;
const PONG = 0xa;
const FINAL = 0x80;

interface Frame {
  readonly isFinal: boolean;
  readonly opcode: number;
  readonly payload: Buffer;
  /** How many bytes the frame takes. */
  readonly length: number;
}

/** A web socket that a client opened. */
export class ServerSocket {
  readonly #stream: Duplex;
  readonly #onMessage: (text: string) => void;
  #received: Buffer = Buffer.alloc(0);
  #fragments: Buffer[] = [];
  #isText = false;
  #isClosing = false;

  private constructor(stream: Duplex, onMessage: (text: string) => void) {
    this.#stream = stream;
    this.#onMessage = onMessage;
  }

  /**
   * Completes the handshake of a request for a web socket.
   *
   * @param onMessage - Called with the text of each message; "" for a binary one.
   */
  static accept(
    incoming: IncomingMessage,
    stream: Duplex,
    head: Buffer,
    onMessage: (text: string) => void,
  ): ServerSocket {
    const key = incoming.headers["sec-websocket-key"] ?? "";
    const accepted = createHash("sha1").update(`${key}${ACCEPT_SUFFIX}`).digest("base64");
    const [protocol] = (incoming.headers["sec-websocket-protocol"] ?? "").split(",");
    const lines = [
      "HTTP/1.1 101 Switching Protocols",
      "upgrade: websocket",
      "connection: Upgrade",
      `sec-websocket-accept: ${accepted}`,
      ...(protocol ? [`sec-websocket-protocol: ${protocol.trim()}`] : []),
    ];
    stream.write(`${lines.join("\r\n")}\r\n\r\n`);
    const socket = new ServerSocket(stream, onMessage);
    stream.on("data", (bytes: Buffer) => socket.#receive(bytes));
    stream.on("end", () => stream.end());
    if (head.length > 0) socket.#receive(head);
    return socket;
  }

  /** Whether messages can be sent. */
  get isOpen(): boolean {
    return !this.#isClosing && this.#stream.writable;
  }

  /** Sends a text message; does nothing once the socket is closed. */
  send(text: string): void {
    if (this.isOpen) this.#write(TEXT, Buffer.from(text));
  }

  /** Destroys the connection, without a close frame. */
  terminate(): void {
    this.#isClosing = true;
    this.#stream.destroy();
  }

  #receive(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes]);
    for (;;) {
      const frame = frameIn(this.#received);
      if (frame === undefined) return;
      this.#received = this.#received.subarray(frame.length);
      this.#take(frame);
    }
  }

  #take({ isFinal, opcode, payload }: Frame): void {
    if (opcode === CLOSE) {
      if (!this.#isClosing) this.#write(CLOSE, payload);
      this.#isClosing = true;
      this.#stream.end();
    } else if (opcode === PING) {
      this.#write(PONG, payload);
    } else if (opcode !== PONG) {
      if (opcode === TEXT || opcode === BINARY) this.#isText = opcode === TEXT;
      this.#fragments.push(payload);
      if (!isFinal) return;
      const message = Buffer.concat(this.#fragments);
      this.#fragments = [];
      this.#onMessage(this.#isText ? message.toString() : "");
    }
  }

  #write(opcode: number, payload: Buffer): void {
    if (this.#stream.writable)
      this.#stream.write(Buffer.concat([headOf(opcode, payload), payload]));
  }
}

/** The first frame in some bytes, unmasked; undefined while a part of it is missing. */
function frameIn(bytes: Buffer): Frame | undefined {
  if (bytes.length < 2) return undefined;
  const [first, second] = [bytes.readUInt8(0), bytes.readUInt8(1)];
  const isMasked = (second & 0x80) !== 0;
  const short = second & 0x7f;
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
  const start = 2 + lengthBytes + (isMasked ? 4 : 0);
  if (bytes.length < start) return undefined;
  const size =
    lengthBytes === 2
      ? bytes.readUInt16BE(2)
      : lengthBytes === 8
        ? Number(bytes.readBigUInt64BE(2))
        : short;
  if (bytes.length < start + size) return undefined;
  const payload = Buffer.from(bytes.subarray(start, start + size));
  if (isMasked) {
    const mask = bytes.subarray(start - 4, start);
    for (let at = 0; at < size; at++) payload[at] = payload.readUInt8(at) ^ mask.readUInt8(at % 4);
  }
  return { isFinal: (first & FINAL) !== 0, opcode: first & 0x0f, payload, length: start + size };
}

/** The head of a frame that is a whole message. */
function headOf(opcode: number, { length }: Buffer): Buffer {
  if (length < 126) return Buffer.from([FINAL | opcode, length]);
  if (length < 65_536) return Buffer.from([FINAL | opcode, 126, length >> 8, length & 0xff]);
  const head = Buffer.alloc(10);
  head.writeUInt8(FINAL | opcode, 0);
  head.writeUInt8(127, 1);
  head.writeBigUInt64BE(BigInt(length), 2);
  return head;
}
