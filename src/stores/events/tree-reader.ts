// Reads what is new in the trees of a store, for one consumer.

import type { TreeHead } from "../contract/events.ts";
import { rootPath } from "../contract/path.ts";
import type { PoolFigures } from "../contract/pool-figures.ts";
import type { Store } from "../contract/store.ts";
import type { ConsumerNotes } from "./consumer-notes.ts";
import { touchedBy, unreached } from "./look.ts";
import type { FoundEvent, Sight } from "./look.ts";
import { PeriodSums } from "./period-sums.ts";
import { reportedOf, reportedText } from "./reported-events.ts";
import type { Reported } from "./reported-events.ts";

/** How many entries of a tree one pass reads. */
const ENTRIES_AT_ONCE = 1000;
/** How many trees that existed at the consumer's start one document lists. */
const TREES_AT_ONCE = 1000;

/** The position of a consumer in a tree. */
interface Cursor {
  readonly lines: number;
  readonly refusals: number;
  /** Changes were reported up to this entry. */
  readonly reported: number;
}

/** The next part of a tree to read, and where it ends. */
interface Look {
  readonly sight: Sight;
  readonly next: Cursor;
}

/** The trees of a store as one consumer reads them. */
export class TreeReader {
  readonly #store: Store;
  readonly #notes: ConsumerNotes;
  readonly #thresholds: readonly number[];
  readonly #sums = new PeriodSums();
  readonly #cursors = new Map<string, Cursor>();
  #began: ReadonlyMap<string, Cursor> | undefined;

  constructor(store: Store, notes: ConsumerNotes, thresholds: readonly number[]) {
    this.#store = store;
    this.#notes = notes;
    this.#thresholds = thresholds;
  }

  /** Discards the cache, which another process may have made stale. */
  forget(): void {
    this.#cursors.clear();
    this.#sums.forget();
    this.#began = undefined;
  }

  /** Starts the consumer after these numbers. */
  async begin(heads: readonly TreeHead[]): Promise<void> {
    let page = 0;
    for (let first = 0; first < heads.length; first += TREES_AT_ONCE) {
      const some = heads.slice(first, first + TREES_AT_ONCE);
      const numbers = some.map(({ root, lines, refusals }) => [root, lines, refusals]);
      // oxlint-disable-next-line no-await-in-loop -- one note after the other
      await this.#notes.write(beganKey(page++), JSON.stringify(numbers));
    }
  }

  /** Returns the next part of a tree to read; undefined at its end. */
  async next(head: TreeHead): Promise<Look | undefined> {
    const { root } = head;
    const cursor = await this.#cursorOf(root);
    if (cursor.lines >= head.lines && cursor.refusals >= head.refusals) return undefined;
    const query = { path: root, after: cursor.lines, sinceMs: 0, limit: ENTRIES_AT_ONCE };
    const lines = (await this.#store.ledger(query)) ?? [];
    const kept = await this.#store.journal?.read({ root, after: cursor.refusals, sinceMs: 0 });
    const refusals = kept?.lines ?? [];
    const figures = await this.#figuresOf(root, touchedBy(lines, refusals));
    const reported = new Map<string, Reported>();
    // oxlint-disable-next-line no-await-in-loop -- known, but for the first time
    for (const path of figures.keys()) reported.set(path, await this.#reportedOf(path));
    const isAll = lines.length < ENTRIES_AT_ONCE;
    return {
      sight: {
        lines,
        refusals,
        readTo: cursor.lines,
        reportedTo: cursor.reported,
        figures,
        reported,
        thresholds: this.#thresholds,
        sums: this.#sums,
        read: async (path, after, sinceMs, limit) =>
          (await this.#store.ledger({ path, after, sinceMs, limit })) ?? [],
      },
      next: {
        lines: Math.max(lines.at(-1)?.seq ?? 0, isAll ? head.lines : 0),
        refusals: Math.max(refusals.at(-1)?.seq ?? 0, head.refusals),
        reported: 0,
      },
    };
  }

  /** Records that an event was reported. */
  async tell({ event, change, line }: FoundEvent): Promise<void> {
    if (change !== undefined) {
      const before = await this.#reportedOf(event.pool);
      const reported = change(before);
      if (reported !== before) await this.#notes.write(noteKey(event.pool), reportedText(reported));
    }
    if (line === undefined) return;
    const root = rootPath(event.pool);
    await this.#moveTo(root, { ...(await this.#cursorOf(root)), reported: line });
  }

  /** Records that all events of a pass were reported. */
  async done(root: string, { sight, next }: Look): Promise<void> {
    const reported = new Map<string, Reported>();
    // oxlint-disable-next-line no-await-in-loop -- known
    for (const path of sight.reported.keys()) reported.set(path, await this.#reportedOf(path));
    for (const [path, less] of unreached({ ...sight, reported }))
      // oxlint-disable-next-line no-await-in-loop -- seldom
      await this.#notes.write(noteKey(path), reportedText(less));
    for (const { kind, path } of sight.lines)
      if (kind === "delete" && !sight.figures.has(path))
        // oxlint-disable-next-line no-await-in-loop -- seldom
        await this.#notes.write(noteKey(path), undefined);
    await this.#moveTo(root, next);
  }

  async #moveTo(root: string, cursor: Cursor): Promise<void> {
    const { lines, refusals, reported } = cursor;
    await this.#notes.write(cursorKey(root), `${lines} ${refusals} ${reported}`);
    this.#cursors.set(root, cursor);
  }

  async #cursorOf(root: string): Promise<Cursor> {
    const known = this.#cursors.get(root);
    if (known !== undefined) return known;
    const text = await this.#notes.read(cursorKey(root));
    const cursor = text === undefined ? await this.#beganAt(root) : cursorOf(text);
    this.#cursors.set(root, cursor);
    return cursor;
  }

  async #beganAt(root: string): Promise<Cursor> {
    if (this.#began === undefined) {
      const began = new Map<string, Cursor>();
      for (let page = 0; ; page++) {
        // oxlint-disable-next-line no-await-in-loop -- one note after the other
        const text = await this.#notes.read(beganKey(page));
        if (text === undefined) break;
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by begin
        for (const [name, lines, refusals] of JSON.parse(text) as [string, number, number][])
          began.set(name, { lines, refusals, reported: 0 });
      }
      this.#began = began;
    }
    return this.#began.get(root) ?? { lines: 0, refusals: 0, reported: 0 };
  }

  async #reportedOf(path: string): Promise<Reported> {
    return reportedOf(await this.#notes.read(noteKey(path)));
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
}

function noteKey(path: string): string {
  return `pool ${path}`;
}

function cursorKey(root: string): string {
  return `tree ${root}`;
}

function beganKey(page: number): string {
  return `began ${page}`;
}

function cursorOf(text: string): Cursor {
  const [lines = 0, refusals = 0, reported = 0] = text.split(" ").map(Number);
  return { lines, refusals, reported };
}
