// One request and its answer, from the reservation to the settlement.

import type { AmountView } from "../core/amount.ts";
import type { Eventually } from "../pool/any-budget-pool.ts";
import { AnswerReader } from "../wire/stream/answer-reader.ts";
import { UsageChunkFilter } from "../wire/stream/usage-chunk-filter.ts";
import type { WireUsage, WorkUnderWay } from "../wire/wire-usage.ts";
import { cachedCharge, headCharge } from "./answer-head.ts";
import type { AnswerHeaders, HeadCharge } from "./answer-head.ts";
import { endingOf, endingOfFailure, isSuccess } from "./endings.ts";
import type { Ending } from "./endings.ts";
import type { ExchangeParts } from "./exchange-parts.ts";
import type { LaterWork } from "./later-work.ts";
import { isPromise } from "./room.ts";
import type { MeterSettings, MeterState } from "./settings.ts";
import { settleExchange } from "./settle-exchange.ts";
import type { Ended } from "./settle-exchange.ts";

const NOTHING = new Uint8Array();
/** Before the headers of an answer. */
const NO_STATUS = 0;

/**
 * A running exchange. The transport reports each event: `responded`, `push` for every piece of the
 * answer, and one of `end`, `interrupted` and `failed`. It is settled once; later reports change
 * nothing.
 */
export class Exchange {
  readonly #parts: ExchangeParts;
  #status = NO_STATUS;
  #reader: AnswerReader | undefined;
  #filter: UsageChunkFilter | undefined;
  #charge: HeadCharge | undefined;
  #isSettling = false;
  /** What the answer reported, once it is over. */
  #read: { readonly reported: WireUsage | undefined } | undefined;
  /** Whether the exchange waits for a later answer. */
  #isPutOff = false;
  /** Whether the answer is sound, which is not parsed. */
  #isBytes = false;
  #isSettled = false;
  /** Called once the books are up to date. */
  readonly #onSettled: (() => void)[] = [];

  /** @internal Exchanges come from `meterExchange`. */
  constructor(parts: ExchangeParts) {
    this.#parts = parts;
  }

  /** The amount held for it. */
  get held(): AmountView {
    return this.#parts.holding.held.hold.amount;
  }

  /** Calls a function once the books are up to date, or now. It must not throw. */
  whenSettled(act: () => void): void {
    if (this.#isSettled) act();
    else this.#onSettled.push(act);
  }

  /** The head of the answer is there. */
  responded(status: number, headers?: AnswerHeaders): void {
    const { wire, provider, asked, body, holding } = this.#parts;
    this.#status = status;
    if (headers !== undefined) {
      const head = { status, headers, provider: provider.id, model: asked?.model };
      this.#charge = headCharge(holding.settings.reportedUsd, head) ?? cachedCharge(provider, head);
    }
    if (wire === undefined || asked === undefined) return;
    this.#reader = new AnswerReader(
      wire.reading(provider, asked),
      asked.streams ? wire.objects : undefined,
      wire.frames,
    );
    if (headers !== undefined && isSuccess(status)) this.#reader.head(headers);
    this.#isBytes = wire.answersBytes === true && isSuccess(status) && !asked.streams;
    const { isUsageOnly } = wire;
    if (isSuccess(status) && body?.asksForUsage === true && isUsageOnly !== undefined)
      this.#filter = new UsageChunkFilter(isUsageOnly);
  }

  /**
   * Returns whether an answer with this status may reject what was written into the request; its
   * whole body must then be passed to `retry`.
   */
  mayRetry(status: number): boolean {
    return this.#parts.body?.mayRetry(status) === true;
  }

  /**
   * Returns the body to send again, without what the answer rejects; undefined if the answer has
   * another reason and belongs to the caller.
   */
  retry(answer: string): string | undefined {
    const { body } = this.#parts;
    return body?.retry(answer) === true ? body.text : undefined;
  }

  /** Whether the answer is one JSON text and not a stream; valid after its first piece. */
  get isWhole(): boolean {
    return this.#reader?.isWhole === true;
  }

  /** Whether the answer has ended except for the provider's report of its usage. */
  get awaitsUsage(): boolean {
    return this.#reader?.awaitsUsage === true;
  }

  /** Whether nothing asked for the answer in pieces, and nothing is taken out of it. */
  get isOnePiece(): boolean {
    return this.#parts.asked?.streams === false && this.#filter === undefined;
  }

  /**
   * Called with a piece of the answer. Returns what the caller may see of it, which may be nothing
   * yet.
   */
  push(bytes: Uint8Array): Uint8Array {
    this.read(bytes);
    return this.#filter?.push(bytes) ?? bytes;
  }

  /**
   * Called with a piece that the caller sees in another form, such as the decoded copy of a
   * compressed answer.
   */
  read(bytes: Uint8Array): void {
    if (!this.#isBytes) this.#reader?.push(bytes);
  }

  /** Called with the whole answer, decoded. */
  readText(text: string): void {
    if (!this.#isBytes) this.#reader?.text(text);
  }

  /**
   * Called at the end of the answer. Returns what the caller has yet to see, once the books are up
   * to date: at once where the pool books at once.
   */
  end(): Eventually<Uint8Array> {
    const rest = this.#filter?.end() ?? NOTHING;
    const over = this.#over("answered");
    return over === undefined ? rest : over.then(() => rest);
  }

  /** Called when the answer was cut off, by the caller or the provider. */
  interrupted(): Eventually<void> {
    return this.#over("interrupted");
  }

  /**
   * Called when nothing more will be reported, not even of work that continues after the answer.
   */
  async abandoned(): Promise<void> {
    if (this.#isPutOff) await laterWorkOf(this.#parts.holding.settings)?.giveUp(this.#parts);
    else await this.#settle(this.#endingOf("interrupted"));
  }

  /** Called when the request will not be sent. */
  async notSent(reason: unknown): Promise<void> {
    await this.#settle("unsent", reason);
  }

  /** Called when there will be no answer. */
  async failed(error: unknown): Promise<void> {
    await this.#settle(endingOfFailure(error), error);
  }

  /** Settles, unless the work goes on after the answer. */
  #over(ending: "answered" | "interrupted"): PromiseLike<void> | undefined {
    if (this.#isPutOff) return undefined;
    const later = this.#laterWork();
    return later === undefined ? this.#settle(this.#endingOf(ending)) : this.#putOff(ending, later);
  }

  /**
   * An error that comes with a success, before any output, costs the same as with its own status.
   */
  #endingOf(ofSuccess: "answered" | "interrupted"): Ending {
    const isError = isSuccess(this.#status) && this.#reader?.isError === true;
    return isError ? "declined" : endingOf(this.#status, ofSuccess);
  }

  /** The work that continues after the answer, if it tells of any. */
  #laterWork(): WorkUnderWay | undefined {
    if (this.#isSettling || !isSuccess(this.#status)) return undefined;
    // What was read is complete only when it has ended.
    this.#finishReading();
    const later = this.#reader?.later;
    return later?.isOver === true || this.#parts.later !== undefined ? undefined : later;
  }

  /** Waits for a later answer, if there is to be one. */
  async #putOff(ending: "answered" | "interrupted", { id }: WorkUnderWay): Promise<void> {
    const works = await laterWork(this.#parts.holding.settings);
    this.#isPutOff = await works.add(id, this.#parts, this.#ended(ending, undefined), () => {
      this.#isSettling = true;
      this.#settled();
    });
    if (!this.#isPutOff) await this.#settle(this.#endingOf(ending));
  }

  /** Settles once; undefined if the books are up to date at once. */
  #settle(ending: Ending, cause?: unknown): PromiseLike<void> | undefined {
    if (this.#isSettling) return new Promise((resolve) => this.whenSettled(resolve));
    this.#isSettling = true;
    const booking = this.#settleOnce(this.#ended(ending, cause));
    if (isPromise(booking)) return booking.then(() => this.#settled());
    this.#settled();
    return undefined;
  }

  #settled(): void {
    this.#isSettled = true;
    for (const act of this.#onSettled) act();
  }

  #settleOnce(ended: Ended): Eventually<void> {
    const { holding, later } = this.#parts;
    const work = this.#reader?.later;
    if (work !== undefined) laterWorkOf(holding.settings)?.seen(work);
    if (later === undefined) return settleExchange(holding, ended);
    const isOver = ended.ending === "answered" && work?.isOver === true;
    return isOver ? later(ended, work) : undefined;
  }

  #finishReading(): WireUsage | undefined {
    this.#read ??= { reported: this.#reader?.end() };
    return this.#read.reported;
  }

  #ended(ending: Ending, cause: unknown): Ended {
    const { asked } = this.#parts;
    const reader = this.#reader;
    const reported = this.#finishReading();
    return {
      ending: ending === "answered" || ending === "interrupted" ? this.#endingOf(ending) : ending,
      status: this.#status === NO_STATUS ? undefined : this.#status,
      cause,
      seen: {
        reported,
        charge: this.#charge,
        outputBytes: reader?.outputBytes ?? 0,
        isOutputHidden:
          asked?.isOutputHidden !== false ||
          reader === undefined ||
          reader.isWhole ||
          reader.hidesOutput ||
          // What is not sent in pieces is there in full before its first byte.
          (!asked.streams && reader.outputBytes === 0),
      },
    };
  }
}

/** Begins an exchange. */
export function newExchange(parts: ExchangeParts): Exchange {
  return new Exchange(parts);
}

/** The pending work of each meter that has any. */
const LATER = new WeakMap<MeterState, LaterWork<Exchange>>();

/** Returns the pending work of a meter; undefined if it never had any. */
export function laterWorkOf({ state }: MeterSettings): LaterWork<Exchange> | undefined {
  return LATER.get(state);
}

/** Returns the same, and loads its module with the first work. */
export async function laterWork(settings: MeterSettings): Promise<LaterWork<Exchange>> {
  const loaded = await import("./later-work.ts");
  const known = laterWorkOf(settings);
  if (known !== undefined) return known;
  const works = new loaded.LaterWork({ settle: settleExchange, exchange: newExchange });
  LATER.set(settings.state, works);
  return works;
}
