// The answer of an upstream as it arrives, from any HTTP client.

import type { IncomingHttpHeaders } from "node:http";

/** The outcome of a sent request: one of the two is called, once. */
export interface SentListener {
  readonly onAnswer: (answer: UpstreamAnswer) => void;
  /**
   * There is no answer. `isStale`: the request used a kept connection that the upstream had closed
   * meanwhile.
   */
  readonly onFailure: (error: Error, isStale: boolean) => void;
}

/** A sent request. */
export interface SentRequest {
  /** Aborts the request, if there is no answer yet. */
  readonly destroy: () => void;
}

/** The source of an answer. */
export interface AnswerSource {
  readonly resume: () => void;
  readonly pause?: () => void;
  readonly destroy: () => void;
}

/** The reader of an answer. */
export interface PieceReader {
  readonly onPiece: (piece: Buffer) => void;
  /** The end of the answer; `isWhole` says whether it is complete. */
  readonly onEnd: (isWhole: boolean) => void;
}

/** The final statuses of HTTP. Others are not an answer. */
const STATUS_MIN = 200;
const STATUS_MAX = 999;

/** Returns what is wrong with a status that no final answer can have; undefined for a valid one. */
export function wrongStatus(status: number): Error | undefined {
  return status < STATUS_MIN || status > STATUS_MAX
    ? new Error(`its status ${status} is invalid`)
    : undefined;
}

/** An answer. Nothing is lost between two readers: pieces wait while there is no reader. */
export class UpstreamAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly #source: AnswerSource;
  #reader: PieceReader | undefined;
  #isPaused = true;
  #waiting: Buffer[] = [];
  /** Whether it is complete, once it is over. */
  #isWhole: boolean | undefined;
  #hasReported = false;

  constructor(status: number, headers: IncomingHttpHeaders, source: AnswerSource) {
    this.status = status;
    this.headers = headers;
    this.#source = source;
  }

  /** Whether pieces wait for a reader. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  /**
   * Passes everything from now on to this reader, which may be called before this returns. Every
   * reader is notified of the end.
   */
  read(reader: PieceReader): void {
    this.#reader = reader;
    this.#hasReported = false;
    this.#handOver();
    this.resume();
  }

  pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#source.pause?.();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#handOver();
    // The reader may have paused.
    if (!this.#isPaused && this.#isWhole === undefined) this.#source.resume();
  }

  /** Discards the rest, so that the connection can be used again. */
  drop(): void {
    this.read({ onPiece: () => undefined, onEnd: () => undefined });
  }

  /** Closes the connection: the answer ends here. */
  destroy(): void {
    if (this.#isWhole !== undefined) return;
    this.#waiting = [];
    this.#isPaused = false;
    this.#source.destroy();
    this.end(false);
  }

  /** Called with the next piece. Returns whether more may arrive at once. */
  push(piece: Buffer): boolean {
    if (this.#isWhole !== undefined) return true;
    if (this.#isPaused) this.#waiting.push(piece);
    else this.#reader?.onPiece(piece);
    return !this.#isPaused;
  }

  /** Called when no more pieces arrive. */
  end(isWhole: boolean): void {
    if (this.#isWhole !== undefined) return;
    this.#isWhole = isWhole;
    this.#handOver();
  }

  #handOver(): void {
    while (!this.#isPaused && this.#waiting.length > 0) {
      const piece = this.#waiting.shift();
      if (piece !== undefined) this.#reader?.onPiece(piece);
    }
    if (this.#isPaused || this.#isWhole === undefined || this.#hasReported) return;
    this.#hasReported = true;
    this.#reader?.onEnd(this.#isWhole);
  }
}
