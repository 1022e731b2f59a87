// Carries an answer to the caller, and reports all of it to an exchange.

import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { Transform } from "node:stream";

import { headersOf } from "../meter/answer-head.ts";
import type { Exchange } from "../meter/exchange.ts";
import { isPromise } from "../meter/room.ts";
import { forwarded } from "./headers.ts";
import { decoderOf, isPacked } from "./packed.ts";
import type { UpstreamAnswer } from "./upstream-answer.ts";

/** How long, and how far, an answer is read for its usage after the caller has left. */
const DRAIN_MS = 1000;
const DRAIN_BYTES = 262_144;

/** The destination of an answer. */
export interface WayBack {
  readonly caller: ServerResponse;
  /** Undefined for a free request. */
  readonly exchange: Exchange | undefined;
  /** The part of the answer that was already read. */
  readonly begun: readonly Buffer[];
  /** Changes a whole answer, which is then held back until its end. */
  readonly readdress?: ((answer: string) => string) | undefined;
  /** How long the caller may take to read what is waiting for it, in milliseconds. */
  readonly idleTimeoutMs: number;
  /** Answers instead of the upstream, if nothing was answered yet. */
  readonly onFailure: (message: string) => void;
}

/** Carries an answer to the caller, piece by piece, and settles the exchange at its end. */
export function carryBack(answer: UpstreamAnswer, way: WayBack): void {
  const { status, headers } = answer;
  const { caller, exchange, onFailure } = way;
  exchange?.responded(status, headersOf(headers));
  if (status >= 300 && status < 400 && headers.location !== undefined) {
    answer.drop();
    void exchange?.end();
    onFailure(
      "the upstream redirects, which the proxy does not follow: set the new address as the upstream's base URL",
    );
    return;
  }
  const passed = forwarded(headers);
  // Removing parts of a stream makes it shorter.
  const isStream = headers["content-type"]?.includes("event-stream") === true;
  if (isStream || isKept(answer, way)) delete passed["content-length"];
  try {
    caller.writeHead(status, passed);
  } catch {
    answer.destroy();
    void exchange?.interrupted();
    caller.destroy();
    return;
  }
  if (isStream) caller.flushHeaders();
  new Return(answer, way).begin();
}

/** Whether an answer is held back until its end, in order to change it. */
function isKept({ headers }: UpstreamAnswer, { readdress }: WayBack): boolean {
  return readdress !== undefined && !isPacked(headers["content-encoding"]);
}

class Return {
  /** All pieces of an answer that is changed at its end. */
  readonly #kept: Uint8Array[] = [];
  readonly #answer: UpstreamAnswer;
  readonly #way: WayBack;
  /** Reads a copy of an answer that is compressed although that was not requested. */
  readonly #decoder: Transform | undefined;
  /** The last piece of an answer that is not a stream: it is sent once the books are up to date. */
  #held: Uint8Array | undefined;
  #isHeld: boolean | undefined;
  #isOver = false;
  /** Disconnects a caller that does not read on. */
  #stalled: NodeJS.Timeout | undefined;
  #drained = 0;

  constructor(answer: UpstreamAnswer, way: WayBack) {
    this.#answer = answer;
    this.#way = way;
    const encoding = answer.headers["content-encoding"];
    if (way.exchange !== undefined && isPacked(encoding)) this.#decoder = decoderOf(encoding);
    const { exchange } = way;
    this.#decoder?.on("data", (bytes: Buffer) => exchange?.read(bytes));
    // An answer that cannot be decompressed is not read: the exchange is settled without it.
    this.#decoder?.on("error", () => undefined);
  }

  begin(): void {
    const answer = this.#answer;
    const { begun, caller } = this.#way;
    for (const piece of begun) this.#guarded(piece);
    answer.read({
      onPiece: (piece) => this.#guarded(piece),
      onEnd: (isWhole) => void this.#finish(isWhole),
    });
    caller.once("close", () => {
      if (!caller.writableFinished) this.#leave();
    });
    if (caller.destroyed) this.#leave();
  }

  #guarded(piece: Buffer): void {
    try {
      this.#push(piece);
    } catch {
      void this.#finish(false);
    }
  }

  #push(piece: Buffer): void {
    const { caller, exchange } = this.#way;
    const seen = this.#read(piece);
    if (caller.destroyed) {
      this.#drained += piece.length;
      if (exchange?.awaitsUsage !== true || this.#drained > DRAIN_BYTES) this.#answer.destroy();
      return;
    }
    if (isKept(this.#answer, this.#way)) {
      this.#kept.push(seen);
      return;
    }
    this.#isHeld ??= exchange?.isWhole === true;
    const ready = this.#isHeld ? this.#held : seen;
    if (this.#isHeld) this.#held = seen;
    if (ready === undefined || ready.length === 0 || caller.write(ready)) return;
    this.#answer.pause();
    const late = setTimeout(() => this.#answer.destroy(), this.#way.idleTimeoutMs);
    this.#stalled = late;
    caller.once("drain", () => {
      clearTimeout(late);
      this.#answer.resume();
    });
  }

  /** Reports a piece to the exchange, and returns what the caller may see of it. */
  #read(piece: Buffer): Uint8Array {
    const { exchange } = this.#way;
    if (exchange === undefined) return piece;
    if (!isPacked(this.#answer.headers["content-encoding"])) return exchange.push(piece);
    this.#decoder?.write(piece);
    return piece;
  }

  /** The caller has left: reads on for a moment if the usage is on its way. */
  #leave(): void {
    const { exchange } = this.#way;
    if (exchange?.awaitsUsage !== true) {
      this.#answer.destroy();
      return;
    }
    const late = setTimeout(() => this.#answer.destroy(), DRAIN_MS);
    exchange.whenSettled(() => clearTimeout(late));
    this.#answer.resume();
  }

  async #finish(isWhole: boolean): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#stalled);
    const { caller, exchange } = this.#way;
    if (this.#decoder !== undefined) await unpackRest(this.#decoder);
    if (isWhole) {
      const over = exchange?.end();
      // Most books are up to date at once: then the end is sent in the same turn.
      const rest = isPromise(over) ? await over : over;
      caller.end(this.#readdressed() ?? this.#held ?? rest);
      return;
    }
    await exchange?.interrupted();
    this.#answer.destroy();
    caller.destroy();
  }

  #readdressed(): string | undefined {
    const { readdress } = this.#way;
    if (readdress === undefined || !isKept(this.#answer, this.#way)) return undefined;
    return readdress(Buffer.concat(this.#kept).toString());
  }
}

/** Waits for the data still in the decoder. */
async function unpackRest(decoder: Transform): Promise<void> {
  if (decoder.destroyed) return;
  decoder.end();
  await once(decoder, "close").catch(() => undefined);
}
