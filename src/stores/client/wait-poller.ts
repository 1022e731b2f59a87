// R13. The waiters of this process in one tree. The store decides which are admitted; this class
// decides when to ask it again: when this process has freed room, when the store reports that
// another has, when a window rolls, and every `pollMs`.

import type { EntryMetadata } from "../contract/entry-details.ts";
import type { Clock } from "../../core/clock.ts";
import { BudgetExceeded } from "../../core/errors.ts";
import { standsFor } from "../../core/superseded.ts";
import type { Quantities } from "../../core/quantities.ts";
import type { AbortSignalLike } from "../../pool/abort-signal.ts";
import { timedOut } from "../../pool/wait.ts";
import type { WaitOptions } from "../../pool/wait.ts";
import type { Outcome, WaitCommand } from "../contract/command.ts";
import type { CommandQueue } from "./command-queue.ts";
import { errorOf } from "./outcome-error.ts";
import type { Store } from "../contract/store.ts";

/** How many waiters are polled at a time when room was freed, from the head of the queue on. */
const ASKED_AT_ONCE = 64;
/** After how many missed polls a waiter loses its place in the queue. */
const POLLS_A_PLACE = 8;
/** Up to how many waiters are all polled every time; more of them every third time. */
const POLLED_EACH_TIME = 256;
const POLLS_A_ROUND = 3;
/** How long to stay subscribed after the last waiter: another may come soon. */
const LISTENING_ON_MS = 1000;

/** The arguments of a wait. */
export interface WaitAsk {
  readonly id: string;
  readonly path: string;
  readonly ask: Quantities;
  readonly leaseMs: number;
  readonly sent?: boolean | undefined;
  readonly about?: EntryMetadata | undefined;
}

interface Waiter {
  readonly command: WaitCommand;
  readonly startedAt: number;
  readonly held: (outcome: Extract<Outcome, { kind: "held" }>) => void;
  readonly failed: (error: unknown) => void;
  rollsAt: number;
  /** The pending poll of the waiter. */
  asking: Promise<void> | undefined;
  isDone: boolean;
  /** Whether the waiter was admitted. */
  isHeld: boolean;
}

/** Polls the store for the waiters of one tree in this process. */
export class WaitPoller {
  readonly #store: Store;
  readonly #root: string;
  readonly #queue: CommandQueue;
  readonly #clock: Clock;
  readonly #pollMs: number;
  readonly #waiters = new Map<string, Waiter>();
  #isAsking = false;
  #pollAgain: "some" | "all" | undefined;
  #pollsSinceAll = 0;
  #cancelTimer: (() => void) | undefined;
  /** When the next poll in time is due. */
  #pollsAt = Number.POSITIVE_INFINITY;
  #unwatch: Promise<(() => Promise<void>) | undefined> | undefined;
  #listeningOn: ReturnType<typeof setTimeout> | undefined;

  constructor(store: Store, root: string, queue: CommandQueue, clock: Clock, pollMs: number) {
    this.#store = store;
    this.#root = root;
    this.#queue = queue;
    this.#clock = clock;
    this.#pollMs = pollMs;
  }

  /** Reserves as soon as the amount fits; rejects as `reserveWhenFree` does. */
  async wait(ask: WaitAsk, { signal, timeoutMs }: WaitOptions): Promise<Quantities> {
    if (signal?.aborted === true) throw signal.reason;
    return new Promise<Quantities>((resolve, reject) => {
      let cancelTimeout: (() => void) | undefined;
      const stopListening = (): void => {
        try {
          cancelTimeout?.();
          signal?.removeEventListener("abort", giveUp);
        } catch {
          // The wait is over in any case.
        }
      };
      const waiter: Waiter = {
        command: {
          kind: "wait",
          ...ask,
          placeMs: this.#pollMs * POLLS_A_PLACE,
          last: timeoutMs === 0,
        },
        startedAt: this.#clock.now(),
        held: ({ quantities }) => {
          stopListening();
          resolve(quantities);
        },
        failed: (error) => {
          stopListening();
          reject(error);
        },
        rollsAt: Number.POSITIVE_INFINITY,
        asking: undefined,
        isDone: false,
        isHeld: false,
      };
      const giveUp = (): void => this.#leave(waiter, signal?.reason);
      this.#begin(waiter);
      if (timeoutMs !== undefined && timeoutMs > 0) {
        cancelTimeout = this.#clock.schedule(timeoutMs, () => void this.#pollLast(waiter));
      }
      listenTo(signal, giveUp);
    });
  }

  /** Called when room may have been freed. */
  wake(who: "some" | "all" = "some"): void {
    if (this.#waiters.size === 0) return;
    if (this.#pollAgain !== "all") this.#pollAgain = who;
    void this.#pollRound();
  }

  /** Rejects all waiters with an error. */
  async close(error: Error): Promise<void> {
    for (const waiter of this.#waiters.values()) this.#end(waiter, () => waiter.failed(error));
    await this.#stopWatching();
  }

  async #stopWatching(): Promise<void> {
    clearTimeout(this.#listeningOn);
    this.#listeningOn = undefined;
    const unwatch = this.#unwatch;
    this.#unwatch = undefined;
    try {
      const stop = await unwatch;
      await stop?.();
    } catch {
      // The subscription is gone already.
    }
  }

  #begin(waiter: Waiter): void {
    this.#waiters.set(waiter.command.id, waiter);
    if (!waiter.command.last) this.#watch();
    void this.#ask(waiter, waiter.command).then(() => this.#setTimer());
  }

  /** Polls the waiters from the head of the queue on, as long as each is admitted. */
  async #pollRound(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    while (this.#pollAgain !== undefined) {
      const isForAll = this.#pollAgain === "all";
      this.#pollAgain = undefined;
      const waiters = [...this.#waiters.values()];
      const atOnce = isForAll ? this.#store.commandsAtOnce : ASKED_AT_ONCE;
      for (let first = 0; first < waiters.length; first += atOnce) {
        const some = waiters.slice(first, first + atOnce);
        // oxlint-disable-next-line no-await-in-loop -- who is behind comes after who is ahead
        await Promise.all(some.map(async (waiter) => this.#ask(waiter, waiter.command)));
        if (!isForAll && !some.some(({ isDone }) => isDone)) break;
      }
    }
    this.#isAsking = false;
    this.#setTimer();
  }

  async #pollLast(waiter: Waiter): Promise<void> {
    await this.#ask(waiter, { ...waiter.command, last: true });
  }

  /**
   * Polls for one waiter, and acts on the answer. One poll at a time per waiter: two that are
   * refused would be two refusals. Never rejects.
   */
  async #ask(waiter: Waiter, command: WaitCommand): Promise<void> {
    const before = waiter.asking;
    const asking =
      before === undefined
        ? this.#pollNow(waiter, command)
        : before.then(async () => this.#pollNow(waiter, command));
    waiter.asking = asking;
    await asking;
    if (waiter.asking === asking) waiter.asking = undefined;
  }

  async #pollNow(waiter: Waiter, command: WaitCommand): Promise<void> {
    if (waiter.isDone) return;
    try {
      const outcome = await this.#queue.ask(command);
      this.#answer(waiter, command, outcome);
    } catch (error) {
      this.#end(waiter, () => waiter.failed(error));
    }
  }

  #answer(waiter: Waiter, command: WaitCommand, outcome: Outcome): void {
    if (waiter.isDone) {
      // Its caller gave up during the poll, which may have overtaken the `leave` command.
      const isLeftBehind = outcome.kind === "held" || outcome.kind === "waiting";
      if (isLeftBehind && !waiter.isHeld) this.#sendLeave(waiter);
      return;
    }
    switch (outcome.kind) {
      case "held":
        waiter.isHeld = true;
        this.#end(waiter, () => waiter.held(outcome));
        return;
      case "waiting":
        waiter.rollsAt = outcome.rollsAt ?? Number.POSITIVE_INFINITY;
        return;
      case "refused": {
        const waitedMs = Math.max(0, this.#clock.now() - waiter.startedAt);
        const { refusal } = outcome;
        const isLate = command.last && refusal.reason === "busy";
        const error = isLate ? timedOut(refusal, waitedMs) : new BudgetExceeded(refusal);
        this.#end(waiter, () => waiter.failed(standsFor(error, refusal)));
        return;
      }
      default:
        this.#end(waiter, () => waiter.failed(errorOf(outcome, command)));
    }
  }

  /** Leaves the queue; waiters behind it may now be admitted. */
  #leave(waiter: Waiter, reason: unknown): void {
    if (waiter.isDone) return;
    this.#end(waiter, () => waiter.failed(reason));
    this.#sendLeave(waiter);
  }

  #sendLeave({ command: { id, path } }: Waiter): void {
    // If the command does not arrive, the waiter loses its place in time anyway.
    this.#queue.ask({ kind: "leave", id, path }).then(
      () => this.wake(),
      () => undefined,
    );
  }

  #end(waiter: Waiter, tell: () => void): void {
    if (waiter.isDone) return;
    waiter.isDone = true;
    this.#waiters.delete(waiter.command.id);
    tell();
    if (this.#waiters.size === 0) {
      this.#setTimer();
      this.#watchOnForAWhile();
    } else {
      this.wake();
    }
  }

  #setTimer(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (this.#waiters.size === 0) {
      this.#pollsAt = Number.POSITIVE_INFINITY;
      return;
    }
    const now = this.#clock.now();
    let delayMs = this.#pollMs * (0.75 + Math.random() / 4);
    // Rounds in between, which only ask the first waiters, do not put it off.
    this.#pollsAt = Math.min(this.#pollsAt, now + delayMs);
    delayMs = Math.max(0, this.#pollsAt - now);
    for (const { rollsAt } of this.#waiters.values()) {
      if (rollsAt > now) delayMs = Math.min(delayMs, rollsAt - now);
    }
    this.#cancelTimer = this.#clock.schedule(delayMs, () => this.#pollInTime());
  }

  /** Polls every waiter, or the first ones if there are many: each poll reads the whole queue. */
  #pollInTime(): void {
    this.#pollsAt = Number.POSITIVE_INFINITY;
    const isRound = ++this.#pollsSinceAll >= POLLS_A_ROUND;
    if (isRound || this.#waiters.size <= POLLED_EACH_TIME) {
      this.#pollsSinceAll = 0;
      this.wake("all");
    } else {
      this.wake();
    }
  }

  /** A subscribed connection keeps a process alive, so it must not outlast the waiting. */
  #watchOnForAWhile(): void {
    if (this.#unwatch === undefined || this.#listeningOn !== undefined) return;
    this.#listeningOn = setTimeout(() => void this.#stopWatching(), LISTENING_ON_MS);
    (this.#listeningOn as { unref?: () => void }).unref?.();
  }

  #watch(): void {
    clearTimeout(this.#listeningOn);
    this.#listeningOn = undefined;
    if (this.#unwatch !== undefined || this.#store.watch === undefined) return;
    this.#unwatch = this.#store
      .watch(this.#root, () => this.wake())
      .then(
        (stop) => {
          // Room may have been freed before the subscription was active, so ask once more.
          this.wake();
          return stop;
        },
        // If watching fails, polling every `pollMs` continues.
        () => undefined,
      );
  }
}

function listenTo(signal: AbortSignalLike | undefined, listener: () => void): void {
  signal?.addEventListener("abort", listener);
}
