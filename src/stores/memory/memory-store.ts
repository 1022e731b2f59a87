import { readClock } from "../../core/clock.ts";
import type { Clock } from "../../core/clock.ts";
import { systemClock } from "../../pool/system-clock.ts";
import { applyCommands } from "../books/apply.ts";
import type { Command, Outcome } from "../contract/command.ts";
import { isChange } from "../contract/ledger.ts";
import type { StoredEntry } from "../contract/ledger.ts";
import { isBelow } from "../contract/path.ts";
import { MemoryBooks } from "./memory-books.ts";
import { MemoryJournal } from "./memory-journal.ts";
import type { TreeHeads } from "../contract/events.ts";
import type { LedgerQuery, NewestQuery, Store } from "../contract/store.ts";
import type { ListedHold, HoldsQuery } from "../contract/holds.ts";
import { MemoryDocuments } from "./memory-documents.ts";
import type { TemplateText } from "../contract/templates.ts";

/**
 * The store contract in the memory of one process: the reference that other stores are compared
 * with. It never forgets an entry, so it is not meant for long-running services.
 */
export class MemoryStore implements Store {
  readonly batchesAtOnce = 1;
  readonly commandsAtOnce = 1000;
  readonly journal: MemoryJournal = new MemoryJournal();
  readonly documents: MemoryDocuments = new MemoryDocuments();
  readonly #clock: Clock;
  readonly #templates = new Map<string, string>();
  readonly #trees = new Map<string, MemoryBooks>();

  /** Creates a store that reads the time from `clock`. */
  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  async execute(root: string, commands: readonly Command[]): Promise<readonly Outcome[]> {
    let books = this.#trees.get(root);
    if (books === undefined) this.#trees.set(root, (books = new MemoryBooks()));
    return applyCommands(books, commands, readClock(this.#clock));
  }

  async paths(): Promise<readonly string[]> {
    return [...this.#trees.values()].flatMap(({ pools }) => Array.from(pools.keys()));
  }

  async ledger(query: LedgerQuery): Promise<readonly StoredEntry[]> {
    const [root = ""] = query.path.split("/");
    const entries = this.#trees.get(root)?.entries ?? [];
    return entries.filter((entry) => matches(entry, query)).slice(0, query.limit);
  }

  async heads(): Promise<TreeHeads> {
    const roots = new Set([...this.#trees.keys(), ...this.journal.roots()]);
    const heads = Array.from(roots, (root) => ({
      root,
      lines: this.#trees.get(root)?.entries.length ?? 0,
      refusals: this.journal.lastOf(root),
    }));
    return { heads, place: "" };
  }

  async newest(query: NewestQuery): Promise<readonly StoredEntry[]> {
    const lines = await this.ledger({ ...query, limit: Number.MAX_SAFE_INTEGER });
    return lines
      .filter(({ seq }) => seq < query.before)
      .toReversed()
      .slice(0, query.limit);
  }

  async holds({ path, after, limit, id: only }: HoldsQuery): Promise<readonly ListedHold[]> {
    const [root = ""] = path.split("/");
    const open = this.#trees.get(root)?.openReservations() ?? [];
    return open
      .filter(
        ({ id, expired, path: at }) =>
          !expired && id > after && (only === "" || id === only) && isBelow(at, path),
      )
      .toSorted((one, other) => (one.id < other.id ? -1 : 1))
      .slice(0, limit)
      .map(({ id, path: at, quantities, expiresAt, slice }) => {
        return { id, path: at, quantities, expiresAt, isSlice: slice !== undefined };
      });
  }

  async templates(): Promise<readonly TemplateText[]> {
    return Array.from(this.#templates, ([pattern, text]) => ({ pattern, text }));
  }

  async setTemplate(pattern: string, text: string | undefined): Promise<void> {
    if (text === undefined) this.#templates.delete(pattern);
    else this.#templates.set(pattern, text);
  }

  async close(): Promise<void> {
    // There is nothing to close.
  }
}

/** Returns whether an entry is among those that a query asks for, apart from its limit. */
function matches(entry: StoredEntry, { path, after, sinceMs, only }: LedgerQuery): boolean {
  if (only !== undefined && !isChange(entry)) return false;
  return entry.seq > after && entry.at >= sinceMs && isBelow(entry.path, path);
}
