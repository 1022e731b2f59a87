// One end of a WebSocket: complete messages, one after the other, and no faster than they are
// handled.

import type { Duplex } from "node:stream";

import { CLOSE, closingFrame, FrameError, FrameReader, frameOf, OPCODE } from "./frames.ts";
import type { FrameEvent } from "./frames.ts";

/** The events of a connection. A returned promise delays later ones. */
export interface SocketHandlers {
  readonly text: (text: string) => Promise<void> | undefined;
  readonly binary: (bytes: Buffer) => Promise<void> | undefined;
  /** It is over: closed by the other side, lost, or broken. Called once. */
  readonly closed: (code: number, reason: string) => Promise<void> | undefined;
}

/** Which end it is, and the longest message that it accepts. */
export interface SocketEndOptions {
  /** Whether the other side is a client, whose frames are masked. */
  readonly isServer: boolean;
  readonly bytesMax: number;
}

/** How long the other side may take to close the connection after a close frame. */
const CLOSING_MS = 2000;

type SocketEvent = Exclude<FrameEvent, { kind: "ping" | "pong" }>;

/** One end of a web socket. */
export class SocketEnd {
  readonly #stream: Duplex;
  readonly #isMasking: boolean;
  readonly #reader: FrameReader;
  #handlers: SocketHandlers | undefined;
  readonly #events: SocketEvent[] = [];
  #isTelling = false;
  /** Whether the end was queued: nothing is reported after it. */
  #isOver = false;
  #hasSentClose = false;

  constructor(stream: Duplex, { isServer, bytesMax }: SocketEndOptions) {
    this.#stream = stream;
    this.#isMasking = !isServer;
    this.#reader = new FrameReader({ isMasked: isServer, bytesMax }, (event) => this.#take(event));
    stream.on("error", () => stream.destroy());
  }

  /** Begins to read; `head` came with the handshake. */
  listen(handlers: SocketHandlers, head: Buffer): void {
    this.#handlers = handlers;
    this.#stream.once("end", () => this.#lost());
    this.#stream.once("close", () => this.#lost());
    this.#push(head);
    this.#stream.on("data", (bytes: Buffer) => this.#push(bytes));
  }

  /**
   * Sends a text. Returns a promise if the other side reads too slowly, which resolves once it has
   * read, or is gone.
   */
  send(text: string): Promise<void> | undefined {
    return this.#write(frameOf(OPCODE.text, Buffer.from(text), this.#isMasking));
  }

  /** Sends bytes, as `send` does. */
  sendBytes(bytes: Buffer): Promise<void> | undefined {
    return this.#write(frameOf(OPCODE.binary, bytes, this.#isMasking));
  }

  /** Closes the connection. The other side has a moment to answer. */
  close(code: number, reason: string): void {
    if (this.#hasSentClose || this.#stream.destroyed) return;
    this.#hasSentClose = true;
    this.#stream.end(closingFrame(code, reason, this.#isMasking));
    const late = setTimeout(() => this.#stream.destroy(), CLOSING_MS);
    this.#stream.once("close", () => clearTimeout(late));
    // Unread data would keep it open.
    this.#stream.resume();
  }

  /** Ends the connection at once. */
  destroy(): void {
    this.#stream.destroy();
  }

  /** Calls back each time nothing was sent or received for so long, in milliseconds. */
  whenIdle(ms: number, then: () => void): void {
    if ("setTimeout" in this.#stream && typeof this.#stream.setTimeout === "function")
      this.#stream.setTimeout(ms, then);
  }

  #write(frame: Buffer): Promise<void> | undefined {
    const stream = this.#stream;
    if (this.#hasSentClose || stream.destroyed || stream.write(frame)) return undefined;
    return new Promise((resolve) => {
      const done = (): void => {
        stream.off("drain", done);
        stream.off("close", done);
        resolve();
      };
      stream.once("drain", done);
      stream.once("close", done);
    });
  }

  #push(bytes: Buffer): void {
    if (this.#isOver) return;
    try {
      this.#reader.push(bytes);
    } catch (error) {
      const isKnown = error instanceof FrameError;
      const code = isKnown ? error.code : CLOSE.internal;
      const reason = isKnown ? error.message : "the message could not be read";
      this.#end(code, reason);
      this.close(code, reason);
    }
    this.#report();
  }

  #take(event: FrameEvent): void {
    if (event.kind === "ping") {
      void this.#write(frameOf(OPCODE.pong, event.bytes, this.#isMasking));
    } else if (event.kind === "close") {
      this.#end(event.code, event.reason);
      this.close(event.code, "");
    } else if (event.kind === "text" || event.kind === "binary") {
      this.#events.push(event);
    }
  }

  #lost(): void {
    this.#end(CLOSE.abnormal, "the connection was lost");
    this.#stream.destroy();
    this.#report();
  }

  #end(code: number, reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#events.push({ kind: "close", code, reason });
  }

  /** Reports one event after the other, and waits for each. */
  #report(): void {
    if (this.#isTelling) return;
    for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift()) {
      const working = this.#handle(next);
      if (working === undefined) continue;
      this.#isTelling = true;
      this.#stream.pause();
      void working.finally(() => {
        this.#isTelling = false;
        this.#report();
        if (!this.#isTelling) this.#stream.resume();
      });
      return;
    }
  }

  #handle(events: SocketEvent): Promise<void> | undefined {
    const { text, binary, closed } = this.#handlers ?? {};
    if (events.kind === "text") return text?.(events.text);
    return events.kind === "binary" ? binary?.(events.bytes) : closed?.(events.code, events.reason);
  }
}
