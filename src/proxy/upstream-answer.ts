// The answer of an upstream as it comes, whichever client of HTTP it comes from.

import type { IncomingHttpHeaders } from "node:http";

/** What becomes of a request that was sent: one of the two is called, once. */
export interface SentListener {
  readonly onAnswer: (answer: UpstreamAnswer) => void;
  /**
   * There is no answer. `isStale`: the request went over a kept connection that the upstream had
   * closed meanwhile.
   */
  readonly onFailure: (error: Error, isStale: boolean) => void;
}

/** A request that was sent. */
export interface SentRequest {
  /** Gives the request up, if there is no answer yet. */
  readonly destroy: () => void;
}

/** Where an answer comes from. */
export interface AnswerSource {
  readonly resume: () => void;
  readonly pause?: () => void;
  readonly destroy: () => void;
}

/** Who reads an answer. */
export interface PieceReader {
  readonly onPiece: (piece: Buffer) => void;
  /** No more pieces come; `isWhole` says whether the answer came to its end. */
  readonly onEnd: (isWhole: boolean) => void;
}

/** The final statuses of HTTP. Others are not an answer. */
const STATUS_MIN = 200;
const STATUS_MAX = 999;

/** Returns what is wrong with a status that no final answer has; undefined for one that may be. */
export function wrongStatus(status: number): Error | undefined {
  return status < STATUS_MIN || status > STATUS_MAX
    ? new Error(`its status ${status} is invalid`)
    : undefined;
}

/** An answer. Nothing is lost between two readers: pieces wait while no one reads. */
export class UpstreamAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly #source: AnswerSource;
  #reader: PieceReader | undefined;
  #isPaused = true;
  #waiting: Buffer[] = [];
  /** Whether it came to its end, once it is over. */
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
   * Hands everything from now on to this reader, which may be called before this returns. The end
   * is reported to every reader.
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
    // A reader that was called may have paused.
    if (!this.#isPaused && this.#isWhole === undefined) this.#source.resume();
  }

  /** Reads the rest without looking at it, so that the connection can be used again. */
  drop(): void {
    this.read({ onPiece: () => undefined, onEnd: () => undefined });
  }

  /** Gives the connection up: the answer ends here. */
  destroy(): void {
    if (this.#isWhole !== undefined) return;
    this.#waiting = [];
    this.#isPaused = false;
    this.#source.destroy();
    this.end(false);
  }

  /** The next piece has come. Returns whether more may come at once. */
  push(piece: Buffer): boolean {
    if (this.#isWhole !== undefined) return true;
    if (this.#isPaused) this.#waiting.push(piece);
    else this.#reader?.onPiece(piece);
    return !this.#isPaused;
  }

  /** No more pieces come. */
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
