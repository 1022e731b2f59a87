// One request to an upstream, and what comes of it: an answer, one more try, or a failure.

import type { ClientRequest, IncomingMessage, ServerResponse } from "node:http";

import { headersOf } from "../meter/answer-head.ts";
import type { Exchange } from "../meter/exchange.ts";
import { carryBack } from "./carry-back.ts";

/** How a request is sent. */
export interface Sending {
  /** What to send in place of the caller's body, or of what was sent first. */
  readonly body?: string | Buffer | undefined;
  /** Whether no connection is used that was used before. */
  readonly isFresh: boolean;
}

/** A request that is to be carried. */
export interface Carried {
  /** Undefined for a request that costs nothing. */
  readonly exchange: Exchange | undefined;
  /** How long nothing may be heard of the upstream, in milliseconds. */
  readonly idleTimeoutMs: number;
  /** Sends the request. */
  readonly ask: (sending: Sending) => ClientRequest;
  /** Whether it can be sent once more: its body is at hand. */
  readonly canRepeat: boolean;
  /** Receives the headers of the answer. */
  readonly onHead?: ((headers: IncomingMessage["headers"]) => void) | undefined;
  /** Answers for an upstream that cannot, when nothing was answered yet. */
  readonly onFailure: (message: string) => void;
}

/** The longest rejection that is looked at, in bytes. */
const REJECTION_BYTES_MAX = 65_536;
/** The final statuses of HTTP. Others are not an answer. */
const STATUS_MIN = 200;
const STATUS_MAX = 999;

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
    const { idleTimeoutMs, ask } = this.#carried;
    const sent = ask(sending);
    let hasEnded = false;
    /** The first of what may happen to a request. */
    const first =
      <A extends unknown[]>(then: (...found: A) => void) =>
      (...found: A): void => {
        if (hasEnded) return;
        hasEnded = true;
        try {
          then(...found);
        } catch (error) {
          sent.destroy();
          this.#fail(error);
        }
      };
    sent.setTimeout(idleTimeoutMs, () => {
      sent.destroy(new Error(`upstream sent nothing for ${idleTimeoutMs} ms`));
    });
    sent.once(
      "response",
      first((answer: IncomingMessage) => this.#answered(sent, answer)),
    );
    sent.once(
      "upgrade",
      first((_answer, socket) => {
        socket.destroy();
        throw new Error("it changed the protocol, which the request did not ask for");
      }),
    );
    const failed = first((error: Error) => {
      if (this.#mayRepeat(sent, sending, error)) this.begin({ ...sending, isFresh: true });
      else this.#fail(error);
    });
    // Of an answer that has begun, `carryBack` hears itself.
    sent.on("error", failed);
    sent.once("close", () => failed(new Error("the connection was closed")));
    this.#caller.once("close", () => {
      // The caller has gone before there was an answer; of later, `carryBack` hears itself.
      if (!hasEnded) sent.destroy();
    });
  }

  /** A kept connection that the upstream had closed meanwhile is no failure of the upstream. */
  #mayRepeat(sent: ClientRequest, { isFresh }: Sending, error: Error): boolean {
    const isReset = "code" in error && (error.code === "ECONNRESET" || error.code === "EPIPE");
    return (
      isReset && sent.reusedSocket && !isFresh && this.#carried.canRepeat && !this.#caller.destroyed
    );
  }

  #answered(sent: ClientRequest, answer: IncomingMessage): void {
    const { statusCode: status = 0 } = answer;
    if (status < STATUS_MIN || status > STATUS_MAX) {
      answer.on("error", () => undefined);
      sent.destroy();
      throw new Error(`its status ${status} is invalid`);
    }
    const { exchange, onHead } = this.#carried;
    onHead?.(answer.headers);
    if (exchange?.mayRetry(status) === true) {
      this.#rejected(sent, answer, exchange).catch((error: unknown) => {
        sent.destroy();
        this.#fail(error);
      });
      return;
    }
    this.#pass(sent, answer, []);
  }

  /** Sends the request without what was added, where the answer rejects that (M9). */
  async #rejected(sent: ClientRequest, answer: IncomingMessage, exchange: Exchange): Promise<void> {
    const { pieces, isWhole } = await this.#rejectionOf(sent, answer, exchange);
    const body = isWhole ? exchange.retry(Buffer.concat(pieces).toString()) : undefined;
    if (body !== undefined && !this.#caller.destroyed) this.begin({ body, isFresh: false });
    else this.#pass(sent, answer, pieces);
  }

  /**
   * The beginning of a rejection. Whatever becomes of the rest of it, or of the caller meanwhile:
   * the request was rejected.
   */
  async #rejectionOf(
    sent: ClientRequest,
    answer: IncomingMessage,
    exchange: Exchange,
  ): Promise<Beginning> {
    const leave = (): void => void sent.destroy();
    this.#caller.once("close", leave);
    if (this.#caller.destroyed) leave();
    try {
      return await beginningOf(answer);
    } catch (error) {
      exchange.responded(answer.statusCode ?? 0, headersOf(answer.headers));
      await exchange.interrupted();
      throw error;
    } finally {
      this.#caller.off("close", leave);
    }
  }

  #pass(sent: ClientRequest, answer: IncomingMessage, begun: readonly Buffer[]): void {
    const { exchange, onFailure } = this.#carried;
    carryBack(answer, { sent, caller: this.#caller, exchange, begun, onFailure });
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

/** What was read of an answer. */
interface Beginning {
  readonly pieces: readonly Buffer[];
  readonly isWhole: boolean;
}

/** Reads an answer to its end, or as far as a rejection is looked at. */
function beginningOf(answer: IncomingMessage): Promise<Beginning> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let bytes = 0;
    const done = (isWhole: boolean): void => {
      answer.pause();
      answer.off("data", onData);
      answer.off("end", onEnd);
      answer.off("error", reject);
      answer.off("close", onClose);
      resolve({ pieces, isWhole });
    };
    const onData = (piece: Buffer): void => {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes > REJECTION_BYTES_MAX) done(false);
    };
    const onEnd = (): void => done(true);
    const onClose = (): void => reject(new Error("the connection was closed"));
    answer.on("data", onData);
    answer.once("end", onEnd);
    answer.once("error", reject);
    answer.once("close", onClose);
  });
}
