// What happened to pools, for a consumer: read from the ledgers and journals of the store by one
// process at a time, and written down as told when it is acknowledged.

import type { BudgetEvent, ConsumerNote, Outbox, TreeHead } from "../contract/events.ts";
import { newId } from "../client/id.ts";
import { isBelow, rootPath } from "../contract/path.ts";
import type { PoolFigures } from "../contract/pool-figures.ts";
import type { Store } from "../contract/store.ts";
import type { ReadEventsOptions } from "./event-options.ts";
import { eventsOf, touchedBy, untold } from "./look.ts";
import type { FoundEvent, Sight } from "./look.ts";
import { PeriodSums } from "./period-sums.ts";
import { NOTHING_TOLD, toldOf, toldText } from "./told.ts";
import type { Told } from "./told.ts";

/** How many entries of a tree are looked at together. */
const LINES_AT_ONCE = 1000;
const NOTES_AT_ONCE = 500;
const TOLD_MAX = 100_000;
/** The key of the note that says from where on the store is asked. */
const PLACE_KEY = "place";

/** How far a consumer has come in a tree. */
interface Cursor {
  readonly lines: number;
  readonly refusals: number;
}

/** Another process reads for the consumer now. */
class PlaceLost extends Error {}

/**
 * The events of a store for one consumer, as a loop reads them:
 * `for await (const event of store.events({ consumer: "alerts" }))`. An event is acknowledged when
 * the loop asks for the next one, or by `ack`; one that was not is delivered again, to this or
 * another process.
 */
export class EventStream implements AsyncIterable<BudgetEvent> {
  readonly #store: Store;
  readonly #outbox: Outbox;
  readonly #options: ReadEventsOptions;
  readonly #by = newId();
  readonly #sums = new PeriodSums();
  readonly #cursors = new Map<string, Cursor>();
  readonly #told = new Map<string, Told>();
  #place: string | undefined;
  #unacknowledged: FoundEvent | undefined;
  #isRead = false;
  /** Whether the loop has an event, and has not asked for the next one. */
  #isHandled = false;
  #isClosed = false;
  #wake: (() => void) | undefined;
  readonly #ended: () => void;
  /** Resolves when no more is asked of the store. */
  #reading: Promise<void> = Promise.resolve();

  /** @internal */
  constructor(store: Store, outbox: Outbox, options: ReadEventsOptions, ended: () => void) {
    this.#store = store;
    this.#ended = ended;
    this.#outbox = outbox;
    this.#options = options;
  }

  /**
   * Acknowledges the event that was delivered last: it is not delivered again. Returns false when
   * another process has taken over meanwhile, which delivers it once more.
   */
  async ack(): Promise<boolean> {
    const found = this.#unacknowledged;
    if (found === undefined) return true;
    const { event, change } = found;
    const notes: ConsumerNote[] = [];
    const before = this.#told.get(event.pool) ?? NOTHING_TOLD;
    const told = change?.(before) ?? before;
    if (told !== before) notes.push([noteKey(event.pool), toldText(told)]);
    if (!(await this.#take(notes))) return false;
    this.#told.set(event.pool, told);
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

  /** Reads the events; one loop at a time. */
  async *[Symbol.asyncIterator](): AsyncGenerator<BudgetEvent, void, undefined> {
    if (this.#isRead) throw new TypeError("These events are being read; ask for `events` again");
    this.#isRead = true;
    let ended = (): void => undefined;
    this.#reading = new Promise((resolve) => (ended = resolve));
    const { signal, pollMs, onError } = this.#options;
    const close = (): void => void this.close();
    signal?.addEventListener("abort", close);
    try {
      while (!this.#isOver()) {
        try {
          yield* this.#pass();
        } catch (error) {
          this.#forget();
          if (!(error instanceof PlaceLost)) onError(error);
        }
        if (!this.#isOver()) await this.#pause(pollMs);
      }
    } finally {
      signal?.removeEventListener("abort", close);
      this.#forget();
      this.#isRead = false;
      await this.#leave();
      ended();
      this.#ended();
    }
  }

  /** Gives up the place, so that another process need not wait for the end of the lease. */
  async #leave(): Promise<void> {
    try {
      const { consumer } = this.#options;
      await this.#outbox.take(consumer, { by: this.#by, leaseMs: 0, notes: [] });
    } catch {
      // The lease ends by itself.
    }
  }

  #isOver(): boolean {
    return this.#isClosed || this.#options.signal?.aborted === true;
  }

  /** All that is new, once. */
  async *#pass(): AsyncGenerator<BudgetEvent, void, undefined> {
    await this.#keepPlace([]);
    const place = this.#place ?? (await this.#begin());
    const { heads, place: next } = await this.#outbox.heads(place);
    const { below } = this.#options;
    const root = below === undefined ? undefined : rootPath(below);
    const wanted = heads.filter((head) => root === undefined || head.root === root);
    await this.#readCursors(wanted);
    for (const head of wanted) {
      yield* this.#read(head);
      if (this.#isOver()) return;
    }
    if (next !== place) await this.#keepPlace([[PLACE_KEY, next]]);
    this.#place = next;
  }

  /** The place to read on from; a new consumer begins with what happens from now on. */
  async #begin(): Promise<string> {
    const { consumer } = this.#options;
    const [known] = await this.#outbox.notes(consumer, [PLACE_KEY]);
    if (known !== undefined) return (this.#place = known);
    const { heads, place } = await this.#outbox.heads("");
    for (let first = 0; first < heads.length; first += NOTES_AT_ONCE) {
      const some = heads.slice(first, first + NOTES_AT_ONCE);
      // oxlint-disable-next-line no-await-in-loop -- some at a time
      await this.#keepPlace(some.map((head) => [cursorKey(head.root), cursorText(head)]));
    }
    await this.#keepPlace([[PLACE_KEY, place]]);
    return (this.#place = place);
  }

  async #readCursors(heads: readonly TreeHead[]): Promise<void> {
    const unknown = heads.filter(({ root }) => !this.#cursors.has(root));
    for (let first = 0; first < unknown.length; first += NOTES_AT_ONCE) {
      const some = unknown.slice(first, first + NOTES_AT_ONCE);
      const keys = some.map(({ root }) => cursorKey(root));
      // oxlint-disable-next-line no-await-in-loop -- some at a time
      const texts = await this.#outbox.notes(this.#options.consumer, keys);
      for (const [index, { root }] of some.entries())
        this.#cursors.set(root, cursorOf(texts[index]));
    }
  }

  /** What is new in one tree. */
  async *#read({ root, lines, refusals }: TreeHead): AsyncGenerator<BudgetEvent, void, undefined> {
    let cursor = this.#cursors.get(root) ?? { lines: 0, refusals: 0 };
    while (cursor.lines < lines || cursor.refusals < refusals) {
      // oxlint-disable-next-line no-await-in-loop -- each look begins where the last one ended
      const sight = await this.#look(root, cursor);
      // oxlint-disable-next-line no-await-in-loop -- likewise
      for (const found of await eventsOf(sight)) {
        const { below } = this.#options;
        if (below !== undefined && !isBelow(found.event.pool, below)) continue;
        this.#unacknowledged = found;
        this.#isHandled = true;
        yield found.event;
        this.#isHandled = false;
        // oxlint-disable-next-line no-await-in-loop -- the next one comes when this one is told
        if (!(await this.ack())) throw new PlaceLost();
        if (this.#isOver()) return;
      }
      const isAll = sight.lines.length < LINES_AT_ONCE;
      cursor = {
        lines: isAll ? Math.max(lines, lastOf(sight.lines)) : lastOf(sight.lines),
        refusals: Math.max(refusals, lastOf(sight.refusals)),
      };
      // oxlint-disable-next-line no-await-in-loop -- likewise
      await this.#keepPlace([...this.#afterwards(sight), [cursorKey(root), cursorText(cursor)]]);
      this.#cursors.set(root, cursor);
    }
  }

  /** The notes of a look that go with no event. */
  #afterwards(sight: Sight): readonly ConsumerNote[] {
    const notes: ConsumerNote[] = [];
    const told = new Map([...sight.told.keys()].map((path) => [path, this.#toldOf(path)]));
    for (const [path, less] of untold({ ...sight, told })) {
      this.#told.set(path, less);
      notes.push([noteKey(path), toldText(less)]);
    }
    for (const { kind, path } of sight.lines) {
      if (kind !== "delete" || sight.figures.has(path)) continue;
      this.#told.delete(path);
      notes.push([noteKey(path), undefined]);
    }
    return notes;
  }

  async #look(root: string, cursor: Cursor): Promise<Sight> {
    const query = { path: root, after: cursor.lines, sinceMs: 0, limit: LINES_AT_ONCE };
    const lines = (await this.#store.ledger(query)) ?? [];
    const kept = await this.#store.journal?.read({ root, after: cursor.refusals, sinceMs: 0 });
    const refusals = kept?.lines ?? [];
    const figures = await this.#figuresOf(root, touchedBy(lines, refusals));
    await this.#readTold([...figures.keys()]);
    return {
      lines,
      refusals,
      readTo: cursor.lines,
      figures,
      told: new Map(Array.from(figures.keys(), (path) => [path, this.#toldOf(path)])),
      thresholds: this.#options.thresholds,
      sums: this.#sums,
      read: async (path, after, sinceMs, limit) =>
        (await this.#store.ledger({ path, after, sinceMs, limit })) ?? [],
    };
  }

  async #figuresOf(root: string, paths: readonly string[]): Promise<Map<string, PoolFigures>> {
    const figures = new Map<string, PoolFigures>();
    const { commandsAtOnce } = this.#store;
    for (let first = 0; first < paths.length; first += commandsAtOnce) {
      const some = paths.slice(first, first + commandsAtOnce);
      const commands = some.map((path) => ({ kind: "snapshot", path }) as const);
      // oxlint-disable-next-line no-await-in-loop -- a batch has only so many commands
      for (const outcome of await this.#store.execute(root, commands))
        if (outcome.kind === "figures") figures.set(outcome.figures.path, outcome.figures);
    }
    return figures;
  }

  async #readTold(paths: readonly string[]): Promise<void> {
    if (this.#told.size > TOLD_MAX) this.#told.clear();
    const unknown = paths.filter((path) => !this.#told.has(path));
    for (let first = 0; first < unknown.length; first += NOTES_AT_ONCE) {
      const some = unknown.slice(first, first + NOTES_AT_ONCE);
      // oxlint-disable-next-line no-await-in-loop -- some at a time
      const texts = await this.#outbox.notes(this.#options.consumer, some.map(noteKey));
      for (const [index, path] of some.entries()) this.#told.set(path, toldOf(texts[index]));
    }
  }

  #toldOf(path: string): Told {
    return this.#told.get(path) ?? NOTHING_TOLD;
  }

  async #take(notes: readonly ConsumerNote[]): Promise<boolean> {
    const { consumer, leaseMs } = this.#options;
    return await this.#outbox.take(consumer, { by: this.#by, leaseMs, notes });
  }

  async #keepPlace(notes: readonly ConsumerNote[]): Promise<void> {
    if (!(await this.#take(notes))) throw new PlaceLost();
  }

  /** Forgets what another process may have changed. */
  #forget(): void {
    this.#unacknowledged = undefined;
    this.#place = undefined;
    this.#cursors.clear();
    this.#told.clear();
    this.#sums.forget();
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

function noteKey(path: string): string {
  return `pool ${path}`;
}

function cursorKey(root: string): string {
  return `tree ${root}`;
}

function cursorText({ lines, refusals }: Cursor): string {
  return `${lines} ${refusals}`;
}

function cursorOf(text: string | undefined): Cursor {
  const [lines = 0, refusals = 0] = (text ?? "0 0").split(" ").map(Number);
  return { lines, refusals };
}

function lastOf(kept: readonly { readonly seq: number }[]): number {
  return kept.at(-1)?.seq ?? 0;
}
