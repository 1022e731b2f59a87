// One request to an upstream, and its outcome: an answer, a retry, or a failure.

import type { IncomingMessage, ServerResponse } from "node:http";

import { headersOf } from "../meter/answer-head.ts";
import type { Exchange } from "../meter/exchange.ts";
import { carryBack } from "./carry-back.ts";
import type { SentListener, SentRequest, UpstreamAnswer } from "./upstream-answer.ts";

/** How a request is sent. */
interface Sending {
  /** The body to send instead of the caller's, or of the first attempt's. */
  readonly body?: string | Buffer | undefined;
  /** Whether to avoid a connection that was used before. */
  readonly isFresh: boolean;
}

/** A request to be forwarded. */
export interface Carried {
  /** Undefined for a free request. */
  readonly exchange: Exchange | undefined;
  /** How long the caller may take to read what is waiting for it, in milliseconds. */
  readonly idleTimeoutMs: number;
  /** Sends the request. */
  readonly ask: (sending: Sending, listener: SentListener) => SentRequest;
  /** Whether it can be sent again: its body is available. */
  readonly canRepeat: boolean;
  /** Changes a whole answer, which is then held back until its end. */
  readonly readdress?: ((answer: string) => string) | undefined;
  /** Receives the status and headers of the answer, before the caller does. */
  readonly onHead?: ((status: number, headers: IncomingMessage["headers"]) => void) | undefined;
  /** Answers for an upstream that cannot, if nothing was answered yet. */
  readonly onFailure: (message: string) => void;
}

/** The longest rejection that is read, in bytes. */
const REJECTION_BYTES_MAX = 65_536;

/** Sends a request, and carries its answer to the caller. */
export function carry(caller: ServerResponse, carried: Carried): void {
  new Passage(caller, carried).begin({ isFresh: false });
}

class Passage {
  readonly #caller: ServerResponse;
  readonly #carried: Carried;
  #isOver = false;

  constructor(caller: ServerResponse, carried: Carried) {
    this.#caller = caller;
    this.#carried = carried;
  }

  begin(sending: Sending): void {
    const caller = this.#caller;
    let hasEnded = false;
    const sent = this.#carried.ask(sending, {
      onAnswer: (answer) => {
        hasEnded = true;
        try {
          this.#answered(answer);
        } catch (error) {
          answer.destroy();
          this.#fail(error);
        }
      },
      onFailure: (error, isStale) => {
        hasEnded = true;
        // A kept connection that the upstream had closed meanwhile is not a failure of the
        // upstream.
        const mayRepeat = isStale && !sending.isFresh && this.#carried.canRepeat;
        if (mayRepeat && !caller.destroyed) this.begin({ ...sending, isFresh: true });
        else this.#fail(error);
      },
    });
    caller.once("close", () => {
      // The caller left before there was an answer; `carryBack` notices if it leaves later.
      if (!hasEnded) sent.destroy();
    });
  }

  #answered(answer: UpstreamAnswer): void {
    const { exchange, onHead } = this.#carried;
    onHead?.(answer.status, answer.headers);
    if (exchange?.mayRetry(answer.status) === true) {
      this.#rejected(answer, exchange).catch((error: unknown) => {
        answer.destroy();
        this.#fail(error);
      });
      return;
    }
    this.#pass(answer, []);
  }

  /** Sends the request again without what was added, if the answer rejects that (M9). */
  async #rejected(answer: UpstreamAnswer, exchange: Exchange): Promise<void> {
    const { pieces, isWhole } = await this.#rejectionOf(answer, exchange);
    const body = isWhole ? exchange.retry(Buffer.concat(pieces).toString()) : undefined;
    if (body !== undefined && !this.#caller.destroyed) this.begin({ body, isFresh: false });
    else this.#pass(answer, pieces);
  }

  /**
   * The beginning of a rejection. It was rejected, whatever happens to the rest of it, or to the
   * caller.
   */
  async #rejectionOf(answer: UpstreamAnswer, exchange: Exchange): Promise<Beginning> {
    const leave = (): void => answer.destroy();
    this.#caller.once("close", leave);
    if (this.#caller.destroyed) leave();
    try {
      return await beginningOf(answer);
    } catch (error) {
      exchange.responded(answer.status, headersOf(answer.headers));
      await exchange.interrupted();
      throw error;
    } finally {
      this.#caller.off("close", leave);
    }
  }

  #pass(answer: UpstreamAnswer, begun: readonly Buffer[]): void {
    carryBack(answer, { ...this.#carried, caller: this.#caller, begun });
  }

  #fail(error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    void this.#answerFor(error);
  }

  async #answerFor(error: unknown): Promise<void> {
    const { exchange, onFailure } = this.#carried;
    await exchange?.failed(error);
    const reason = error instanceof Error ? error.message : String(error);
    onFailure(`the upstream does not answer: ${reason}`);
  }
}

/** The part of an answer that was read. */
interface Beginning {
  readonly pieces: readonly Buffer[];
  readonly isWhole: boolean;
}

/** Reads an answer to its end, or up to the limit of a rejection. */
function beginningOf(answer: UpstreamAnswer): Promise<Beginning> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let bytes = 0;
    answer.read({
      onPiece: (piece) => {
        pieces.push(piece);
        bytes += piece.length;
        if (bytes <= REJECTION_BYTES_MAX) return;
        answer.pause();
        resolve({ pieces, isWhole: false });
      },
      onEnd: (isWhole) => {
        if (isWhole) resolve({ pieces, isWhole });
        else reject(new Error("the connection was closed"));
      },
    });
  });
}
