// One request and its answer, watched from the reservation to the settlement.

import { parsedOf } from "../wire/json.ts";
import type { Asked, Wire } from "../wire/wire.ts";
import type { UsageReader, WireUsage } from "../wire/wire-usage.ts";
import { UsageChunkRemover } from "./added-chunk.ts";
import { endingOf, endingOfFailure, isSuccess } from "./endings.ts";
import { settle } from "./settle.ts";
import type { Holding } from "./settle.ts";
import type { Ending } from "./settling.ts";

/** What an exchange is begun with. */
export interface ExchangeParts {
  readonly holding: Holding;
  readonly wire: Wire;
  readonly asked: Asked;
  /** Whether usage was asked for on behalf of the caller, who does not expect to see it. */
  readonly isUsageAdded: boolean;
}

/** An answer in one piece that is longer than this is not read: its bound is booked. */
const WHOLE_BYTES_MAX = 64 * 1024 * 1024;
const NOTHING = new Uint8Array();
/** Before the head of an answer. */
const NO_STATUS = 0;
/**
 * An exchange that is under way. Whoever carries it tells what happens: `responded`, `push` for
 * every piece of the answer, and one of `end`, `interrupted` and `failed`. Settled once; telling
 * more changes nothing.
 */
export class Exchange {
  readonly #parts: ExchangeParts;
  #status = NO_STATUS;
  #reader: UsageReader | undefined;
  #remover: UsageChunkRemover | undefined;
  #whole: Uint8Array[] = [];
  #wholeBytes = 0;
  #isSettling = false;
  #done: () => void = () => undefined;
  /** Resolves when the books are up to date. */
  readonly settled: Promise<void> = new Promise((resolve) => {
    this.#done = resolve;
  });

  /** @internal Exchanges come from `meterExchange`. */
  constructor(parts: ExchangeParts) {
    this.#parts = parts;
  }

  /** The head of the answer is there. */
  responded(status: number, contentType: string): void {
    const { wire, asked, isUsageAdded } = this.#parts;
    this.#status = status;
    const isEvents = contentType.includes("text/event-stream");
    if (!isSuccess(status) || !(isEvents || (asked.streams && wire.streamsObjects))) return;
    this.#reader = wire.reader(contentType);
    if (isUsageAdded && isEvents && wire.isUsageOnly !== undefined)
      this.#remover = new UsageChunkRemover((data) => wire.isUsageOnly?.(data) === true);
  }

  /** Whether the answer is read as a whole, once it is over; to be asked after `responded`. */
  get isWhole(): boolean {
    return this.#reader === undefined;
  }

  /** A piece of the answer. Answers what the caller is to see of it, which may be nothing yet. */
  push(bytes: Uint8Array): Uint8Array {
    if (this.#reader === undefined) this.#keep(bytes);
    else this.#reader.push(bytes);
    return this.#remover?.push(bytes) ?? bytes;
  }

  /**
   * The answer is over. Answers what the caller has still to see, once the books are up to date.
   */
  async end(): Promise<Uint8Array> {
    const rest = this.#remover?.end() ?? NOTHING;
    await this.#settle(endingOf(this.#status, "answered"));
    return rest;
  }

  /** The answer has ended before its end, whoever ended it. */
  async interrupted(): Promise<void> {
    await this.#settle(endingOf(this.#status, "interrupted"));
  }

  /** The request is not going to be sent. */
  async notSent(reason: unknown): Promise<void> {
    await this.#settle("unsent", reason);
  }

  /** There will be no answer. */
  async failed(error: unknown): Promise<void> {
    await this.#settle(endingOfFailure(error), error);
  }

  #keep(bytes: Uint8Array): void {
    this.#wholeBytes += bytes.length;
    if (this.#wholeBytes <= WHOLE_BYTES_MAX) this.#whole.push(bytes);
    else this.#whole = [];
  }

  #told(): WireUsage | undefined {
    const { wire } = this.#parts;
    const told =
      this.#reader === undefined ? wire.usageOf(parsedOf(textOf(this.#whole))) : this.#reader.end();
    this.#whole = [];
    const isListed = told?.service !== undefined && wire.listedServices.has(told.service);
    return told && (isListed ? { ...told, service: "standard" } : told);
  }

  async #settle(ending: Ending, cause?: unknown): Promise<void> {
    if (!this.#isSettling) {
      this.#isSettling = true;
      await this.#settleOnce(ending, cause);
      this.#done();
    }
    await this.settled;
  }

  #settleOnce(ending: Ending, cause: unknown): Promise<void> {
    const { asked, holding } = this.#parts;
    const told = this.#told();
    return settle(holding, {
      ending,
      status: this.#status === NO_STATUS ? undefined : this.#status,
      cause,
      seen: {
        told,
        outputBytes: this.#reader?.outputBytes ?? 0,
        isOutputHidden: asked.isOutputHidden || this.#reader === undefined,
      },
    });
  }
}

const decoder = new TextDecoder();

function textOf(pieces: readonly Uint8Array[]): string {
  const [first] = pieces;
  if (pieces.length === 1) return decoder.decode(first);
  const stream = new TextDecoder();
  return pieces.map((piece) => stream.decode(piece, { stream: true })).join("") + stream.decode();
}
