// R15. Keeps the slice of one pool in this process. It draws when there is something to report,
// request or return, one draw at a time, and repeats each until it is answered.

import { NOTHING, quantitiesOf } from "../../core/quantities.ts";
import type { Quantities } from "../../core/quantities.ts";
import type { DrawCommand, DrawnOutcome, SliceEntry } from "../contract/command.ts";
import type { EntryMetadata } from "../contract/entry-details.ts";
import { PoolGone, StoreClosed, StoreUnavailable } from "../contract/errors.ts";
import { NO_ASK } from "./ask.ts";
import { newId } from "../client/id.ts";
import { supersede } from "../../core/superseded.ts";
import { errorOf, refusedWith } from "../client/outcome-error.ts";
import type { StoredTree } from "../client/stored-tree.ts";
import { Demand } from "./demand.ts";
import { Slice } from "./slice.ts";
import type { ReadSliceOptions } from "./slice-options.ts";
import { turnNow } from "./turn-clock.ts";

const ASKS_AT_ONCE = 256;
const ENTRIES_AT_ONCE = 2000;
/** A process ends its lease a little earlier than the store does: clocks drift. */
const LEASE_KEPT = 0.98;
const BEATS_A_LEASE = 3;
/** How long a draw waits for other processes that were notified of a recall, in milliseconds. */
const RECALL_MS = 100;
const RETRY_MS_MAX = 16;
const REDELIVERY_MS = 1000;
/** How exact timers are. */
const TIMER_MS = 1;

const NO_DEMAND = { target: NOTHING, least: NOTHING };

interface Asker {
  readonly ask: Quantities;
  readonly held: () => void;
  readonly failed: (error: unknown) => void;
  /** Whether the caller already has its answer. */
  isGone: boolean;
}

/** The slice of one pool in this process. */
export class SliceKeeper {
  readonly #tree: StoredTree;
  #slice: Slice;
  readonly #options: ReadSliceOptions;
  readonly #demand: Demand = new Demand(performance.now());
  #asking: Asker[] = [];
  #drawn: Asker[] = [];
  #isDrawing = false;
  #isAgain = false;
  #isRecalled = false;
  #isClosed = false;
  #isRedelivering = false;
  #leaseEndsAt = -Infinity;
  /** Until when requests are reserved at once: the end of the lease, unless others wait. */
  #openUntil = -Infinity;
  #retryMs = 1;
  readonly #flushed: (() => void)[] = [];
  /** When to draw, and since when the slice is of no use; `Infinity` for neither. */
  #drawAt = Infinity;
  #restAt = Infinity;
  /** The delay with which the time to draw was set. */
  #drawInMs = Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the timer fires: at the first of those times, or before. */
  #timerAt = Infinity;
  #unwatch: Promise<(() => Promise<void>) | undefined> | undefined;
  /** Set while the tree knows this slice, which is as long as it may have room to return. */
  #forget: (() => void) | undefined;

  constructor(tree: StoredTree, path: string, options: ReadSliceOptions) {
    this.#tree = tree;
    this.#options = options;
    this.#slice = new Slice(newId(), path, options.ledger);
  }

  /** Reserves a request at once, or returns false and draws soon. */
  tryHold(ask: Quantities): boolean {
    if (this.#holdNow(ask) || this.#holdBelow(ask)) return true;
    this.#wakeIn(0);
    return false;
  }

  #holdNow(ask: Quantities): boolean {
    return turnNow() < this.#openUntil && this.#slice.tryHold(ask);
  }

  /** Reserves a request that leaves less than the low water, and draws soon. */
  #holdBelow(ask: Quantities): boolean {
    if (turnNow() < this.#openUntil && this.#slice.tryHoldBelow(ask)) {
      this.#wakeIn(0);
      return true;
    }
    if (this.#options.horizonMs > 0) this.#demand.count(ask);
    return false;
  }

  /** Reserves a request, at once or after the store's answer. Rejects if it is finally refused. */
  hold(ask: Quantities): Promise<void> {
    if (this.#holdNow(ask) || this.#holdBelow(ask)) return Promise.resolve();
    return new Promise((held, failed) => {
      this.#asking.push({ ask, held, failed, isGone: false });
      this.#changed();
      this.draw();
    });
  }

  /** The slice in which new requests are reserved. */
  get slice(): Slice {
    return this.#slice;
  }

  /** Books usage that had no reservation. */
  book(used: Quantities, kind: SliceEntry["kind"], about: EntryMetadata | undefined): void {
    this.#slice.book(used, kind, false, about);
    this.draw();
  }

  /** Settles a reservation in its slice; a lost slice holds nothing. */
  settle(
    slice: Slice,
    held: Quantities,
    used: Quantities,
    kind: SliceEntry["kind"],
    unknown: boolean,
    about: EntryMetadata | undefined,
  ): void {
    const own = this.#slice;
    if (slice === own) own.settle(held, used, kind, unknown, about);
    else own.book(used, kind, unknown, about);
    if (own.unreported >= own.quietUntil) this.look();
  }

  /** Draws if a settlement is a reason to, now or soon. */
  look(): void {
    const slice = this.#slice;
    const { entryCount } = slice;
    if (this.#asking.length > 0 || this.#isRecalled || entryCount >= ENTRIES_AT_ONCE)
      return this.draw();
    this.#wakeIn(this.#options.reportMs);
    slice.quietUntil = slice.unreported + ENTRIES_AT_ONCE - entryCount;
  }

  /** Has the next request and the next settlement look at what has changed. */
  #changed(): void {
    this.#openUntil = this.#asking.length > 0 ? -Infinity : this.#leaseEndsAt;
    this.#slice.quietUntil = 0;
  }

  /** Draws now, or once the current draw is answered. */
  draw(): void {
    if (this.#isClosed) return this.#failClosed();
    this.#isAgain = true;
    this.#forget ??= this.#tree.closeFirst(() => this.close());
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    void this.#drawOn();
  }

  /** Reports what was settled; resolves once that is answered or has failed. */
  async flush(): Promise<void> {
    if (this.#isClosed || (this.#slice.unreported === 0 && !this.#isDrawing)) return;
    this.draw();
    await new Promise<void>((resolve) => this.#flushed.push(resolve));
  }

  /** Reports everything, and returns all room that no running call holds. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#stopWatching();
    const { drawing, open } = this.#slice;
    if (!this.#isDrawing && drawing === undefined && this.#leaseEndsAt > -Infinity)
      await this.#ask(this.#nextDraw(open === 0)).catch(() => undefined);
  }

  /** Draws as long as there is a reason to. Never rejects. */
  async #drawOn(): Promise<void> {
    while (this.#isAgain) {
      this.#isAgain = false;
      this.#drawAt = Infinity;
      this.#drawInMs = Infinity;
      this.#restAt = Infinity;
      const command = this.#slice.drawing ?? this.#nextDraw(false);
      const sentAt = performance.now();
      try {
        // oxlint-disable-next-line no-await-in-loop -- one draw at a time
        const outcome = await this.#ask(command);
        this.#leaseEndsAt = sentAt + this.#options.leaseMs * LEASE_KEPT;
        this.#answer(command, outcome);
      } catch (error) {
        this.#fail(error);
      }
    }
    this.#isDrawing = false;
    this.#changed();
    for (const resolve of this.#flushed.splice(0)) resolve();
    this.#schedule();
  }

  async #ask(command: DrawCommand): Promise<DrawnOutcome> {
    const outcome = await this.#tree.ask(command);
    if (outcome.kind === "drawn") return outcome;
    throw errorOf(outcome, command);
  }

  #nextDraw(end: boolean): DrawCommand {
    const { horizonMs, reportMs, leaseMs } = this.#options;
    const { target, least } =
      horizonMs > 0
        ? this.#demand.estimate(this.#slice.taken, performance.now(), horizonMs)
        : NO_DEMAND;
    this.#drawn = this.#asking.splice(0, ASKS_AT_ONCE);
    this.#changed();
    // Without notifications, other processes learn of a recall with their next report.
    const recallMs = this.#tree.store.watch === undefined ? 2 * reportMs : RECALL_MS;
    const command = this.#slice.draw({
      asks: this.#drawn.map(({ ask }) => ask),
      target,
      least,
      isRecalled: this.#isRecalled || this.#isClosed,
      leaseMs,
      recallMs,
      end,
      watched: this.#tree.watchedOn(this.#slice.path),
    });
    if (!this.#isRecalled && target !== NOTHING)
      this.#slice.lowWater = quantitiesOf((field) => Math.ceil(target[field] / 2));
    return command;
  }

  #answer({ keep }: DrawCommand, outcome: DrawnOutcome): void {
    const slice = this.#slice;
    slice.answer(outcome);
    if (outcome.isRecalled && !this.#isRecalled && slice.hasRoom()) this.#isAgain = true;
    this.#isRecalled = outcome.isRecalled;
    // A request that was not granted is not repeated before the next report.
    if (!slice.hasAtLeast(slice.lowWater)) slice.lowWater = NOTHING;
    if (outcome.held.calls > keep.calls) this.#watch();
    const refused = [...outcome.refused];
    const waiting: Asker[] = [];
    // Spare room of this slice, or room that others settled in it since, is offered first.
    const isFinal = outcome.isFinal && !(outcome.isRecalled && slice.hasRoom());
    for (const [index, asker] of this.#drawn.entries()) {
      if (outcome.admitted[index] === "1") this.#let(asker);
      else {
        const why = refused.shift();
        const isLasting = isFinal || (why?.kind === "refused" && why.refusal.reason !== "busy");
        // R18. It is requested again, so it was not refused.
        if (!isLasting && why?.kind === "refused") supersede(why.refusal);
        if (asker.isGone) continue;
        if (!isLasting || why === undefined || why.kind === "done") waiting.push(asker);
        else if (why.kind === "refused") asker.failed(refusedWith(why.refusal));
        else asker.failed(new RangeError(why.kind === "out of range" ? why.message : why.kind));
      }
    }
    this.#drawn = [];
    this.#retryMs = waiting.length === 0 ? 1 : Math.min(RETRY_MS_MAX, 2 * this.#retryMs);
    if (this.#asking.length > 0) this.#isAgain = true;
    this.#asking = [...waiting, ...this.#asking];
    this.#changed();
  }

  /** Returns the reservations of requests that were admitted after their callers had an answer. */
  #let({ ask, isGone, held }: Asker): void {
    if (isGone) this.settle(this.#slice, ask, NO_ASK, "release", false, undefined);
    else held();
  }

  /** The draw is repeated later, but waiting callers are answered now. */
  #fail(error: unknown): void {
    for (const asker of [...this.#drawn, ...this.#asking]) {
      if (!asker.isGone) asker.failed(error);
      asker.isGone = true;
    }
    this.#asking = [];
    if (error instanceof PoolGone) {
      // What was settled in a pool that was deleted is not booked in one of the same name.
      this.#slice = new Slice(newId(), this.#slice.path, this.#options.ledger);
      this.#drawn = [];
      this.#leaseEndsAt = -Infinity;
    } else if (error instanceof StoreUnavailable) {
      this.#isRedelivering = true;
    }
    this.#changed();
  }

  /** Schedules the next report, and keeps a slice with holds alive. */
  #schedule(): void {
    const { reportMs, leaseMs } = this.#options;
    const slice = this.#slice;
    if (this.#asking.length > 0) this.#wakeIn(this.#retryMs);
    if (this.#isRedelivering) this.#wakeIn(REDELIVERY_MS);
    this.#isRedelivering = false;
    if (slice.unreported > 0 || slice.hasRoom()) this.#wakeIn(reportMs);
    else if (slice.open > 0) this.#wakeIn(leaseMs / BEATS_A_LEASE);
    if (this.#drawAt < Infinity || this.#isClosed) return;
    this.#restAt = performance.now() + leaseMs;
    this.#setTimer(this.#restAt, leaseMs);
  }

  /** A slice that was empty for long is removed from its tree. */
  #rest(): void {
    this.#restAt = Infinity;
    this.#forget?.();
    this.#forget = undefined;
    void this.#stopWatching();
  }

  /** Never rejects. */
  async #stopWatching(): Promise<void> {
    const unwatch = this.#unwatch;
    this.#unwatch = undefined;
    const stop = await unwatch;
    await stop?.().catch(() => undefined);
  }

  /** Rejects waiting requests once the store is closed. */
  #failClosed(): void {
    for (const { failed } of this.#asking.splice(0)) failed(new StoreClosed());
  }

  #wakeIn(ms: number): void {
    if (ms >= this.#drawInMs) return;
    const at = performance.now() + ms;
    if (this.#isClosed || this.#isDrawing || at >= this.#drawAt) return;
    this.#drawAt = at;
    this.#drawInMs = ms;
    this.#setTimer(at, ms);
  }

  /** A timer that fires sooner is kept, and set anew when it has: most are no longer needed. */
  #setTimer(at: number, ms: number): void {
    if (at >= this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = setTimeout(() => this.#ring(), ms);
    // A slice must not keep a finished process alive.
    const timer: { unref?: () => void } = this.#timer;
    timer.unref?.();
  }

  #ring(): void {
    this.#timerAt = Infinity;
    if (this.#isClosed) return;
    // Timers may fire up to a millisecond early.
    const nowMs = performance.now() + TIMER_MS;
    if (nowMs >= this.#drawAt) return this.draw();
    if (nowMs >= this.#restAt) return this.#rest();
    const at = Math.min(this.#drawAt, this.#restAt);
    if (at < Infinity) this.#setTimer(at, at - nowMs);
  }

  /** Subscribes to requests of others that wait for room. */
  #watch(): void {
    if (this.#unwatch !== undefined || this.#tree.store.watch === undefined) return;
    const [root = ""] = this.#slice.path.split("/");
    const hear = (): void => {
      if (!this.#slice.hasRoom()) return;
      this.#isRecalled = true;
      this.#changed();
      this.draw();
    };
    this.#unwatch = this.#tree.store.watch(root, hear).catch(() => undefined);
  }
}
