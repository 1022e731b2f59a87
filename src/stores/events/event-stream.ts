// Events of a consumer. One process at a time reads them from the ledgers and journals of a store,
// and records each as reported once it is acknowledged.

import type { Clock } from "../../core/clock.ts";
import { newId } from "../client/id.ts";
import type { BudgetEvent, TreeHead } from "../contract/events.ts";
import { isBelow, rootPath } from "../contract/path.ts";
import type { Store } from "../contract/store.ts";
import { ConsumerNotes, PlaceLost } from "./consumer-notes.ts";
import type { ReadEventsOptions } from "./event-options.ts";
import { eventsOf } from "./look.ts";
import type { FoundEvent } from "./look.ts";
import { TreeReader } from "./tree-reader.ts";

/**
 * The events of a store for one consumer, as a loop reads them:
 * `for await (const event of store.events({ consumer: "alerts" }))`. An event is acknowledged when
 * the loop asks for the next one, or by `ack`; one that was not is delivered again, to this or
 * another process.
 */
export class EventStream implements AsyncIterable<BudgetEvent> {
  readonly #heads: NonNullable<Store["heads"]>;
  readonly #options: ReadEventsOptions;
  readonly #notes: ConsumerNotes;
  readonly #reader: TreeReader;
  readonly #ended: () => void;
  #unacknowledged: FoundEvent | undefined;
  #isRead = false;
  /** Whether the loop holds an event and has not asked for the next one. */
  #isHandled = false;
  #isClosed = false;
  #wake: (() => void) | undefined;
  /** Resolves once no call to the store is in progress. */
  #reading: Promise<void> = Promise.resolve();

  /**
   * @internal
   * @throws {TypeError} if the store does not support events.
   */
  constructor(store: Store, clock: Clock, options: ReadEventsOptions, ended: () => void) {
    const { documents } = store;
    if (documents === undefined || store.heads === undefined)
      throw new TypeError(
        "This store cannot report events: it has no ledger that `heads` reads, or no `documents`",
      );
    this.#heads = (place) => store.heads?.(place) ?? Promise.resolve({ heads: [], place });
    this.#options = options;
    this.#notes = new ConsumerNotes(documents, options, newId(), clock);
    this.#reader = new TreeReader(store, this.#notes, options.thresholds);
    this.#ended = ended;
  }

  /**
   * Acknowledges the event that was delivered last: it is not delivered again. Returns false when
   * another process has taken over meanwhile, which delivers it once more.
   */
  async ack(): Promise<boolean> {
    const found = this.#unacknowledged;
    if (found === undefined) return true;
    try {
      await this.#notes.take();
      await this.#reader.tell(found);
    } catch (error) {
      if (error instanceof PlaceLost) return false;
      throw error;
    }
    this.#unacknowledged = undefined;
    return true;
  }

  /**
   * Ends the iteration: at once while it waits for events, else when the loop asks for the next
   * one. Resolves when what was asked of the store is answered.
   */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#wake?.();
    if (!this.#isHandled) await this.#reading;
  }

  /**
   * Reads the events; one loop at a time.
   *
   * @yields each event
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<BudgetEvent, void, undefined> {
    if (this.#isRead)
      throw new TypeError("These events are already being read; call `events` again");
    this.#isRead = true;
    let ended: (() => void) | undefined;
    this.#reading = new Promise((resolve) => {
      ended = resolve;
    });
    const { signal, pollMs } = this.#options;
    const close = (): void => void this.close();
    signal?.addEventListener("abort", close);
    try {
      while (!this.#isOver()) {
        yield* this.#passUnlessItFails();
        // oxlint-disable-next-line no-await-in-loop -- what comes next is found after the pause
        if (!this.#isOver()) await this.#pause(pollMs);
      }
    } finally {
      signal?.removeEventListener("abort", close);
      await this.#leave();
      this.#isRead = false;
      ended?.();
      this.#ended();
    }
  }

  /** Releases the lease, so that another process can take over at once. */
  async #leave(): Promise<void> {
    this.#forget();
    try {
      await this.#notes.leave();
    } catch {
      // Otherwise the lease expires by itself.
    }
  }

  #isOver(): boolean {
    return this.#isClosed || this.#options.signal?.aborted === true;
  }

  /**
   * All new events, once; a failed read is retried.
   *
   * @yields each event
   */
  async *#passUnlessItFails(): AsyncGenerator<BudgetEvent, void, undefined> {
    try {
      yield* this.#pass();
    } catch (error) {
      this.#forget();
      this.#notes.forget();
      if (!(error instanceof PlaceLost)) this.#options.onError(error);
    }
  }

  /**
   * All new events, once.
   *
   * @yields each event
   */
  async *#pass(): AsyncGenerator<BudgetEvent, void, undefined> {
    const from = (await this.#notes.take()) ?? (await this.#begin());
    const { heads, place } = await this.#heads(from);
    const { below } = this.#options;
    const root = below === undefined ? undefined : rootPath(below);
    for (const head of heads) {
      if (root !== undefined && head.root !== root) continue;
      yield* this.#eventsOf(head);
      if (this.#isOver()) return;
    }
    await this.#notes.take(place);
  }

  /** Starts at the present, and returns the position to read on from. */
  async #begin(): Promise<string> {
    const { heads, place } = await this.#heads("");
    await this.#reader.begin(heads);
    return (await this.#notes.take(place)) ?? place;
  }

  /**
   * The new events of one tree.
   *
   * @yields each event
   */
  async *#eventsOf(head: TreeHead): AsyncGenerator<BudgetEvent, void, undefined> {
    const { below } = this.#options;
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- each look begins where the last one ended
      const look = await this.#reader.next(head);
      if (look === undefined) return;
      // oxlint-disable-next-line no-await-in-loop -- likewise
      for (const found of await eventsOf(look.sight)) {
        if (below !== undefined && !isBelow(found.event.pool, below)) continue;
        this.#unacknowledged = found;
        this.#isHandled = true;
        yield found.event;
        this.#isHandled = false;
        // oxlint-disable-next-line no-await-in-loop -- the next one comes when this one is reported
        if (!(await this.ack())) throw new PlaceLost();
        if (this.#isOver()) return;
      }
      // oxlint-disable-next-line no-await-in-loop -- likewise
      await this.#notes.take();
      // oxlint-disable-next-line no-await-in-loop -- likewise
      await this.#reader.done(head.root, look);
    }
  }

  /** Discards the cache, which another process may have made stale. */
  #forget(): void {
    this.#unacknowledged = undefined;
    this.#reader.forget();
  }

  async #pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }
}
