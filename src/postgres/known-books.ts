// Cached books of the previous batch: as long as no other process writes to the tree, the next
// batch is applied to them and written in one round trip. The server checks that they are current.

import type { Command } from "../stores/contract/command.ts";
import type { PostgresBooks } from "./postgres-books.ts";
import { lostAmong } from "./request.ts";
import type { Request } from "./request.ts";

/** Books, and the server's time at which they were known to be current. */
interface Known {
  readonly books: PostgresBooks;
  readonly at: number;
  /** The local time at that moment, by the monotonic clock. */
  readonly knownAt: number;
}

/** After this long another process may have written, or the clocks differ. */
const KNOWN_MS = 5000;
/** For so long after another process was faster, a batch takes a turn before it reads. */
const CONTENDED_MS = 1000;
const TREES_MAX = 100;
const RESERVATIONS_MAX = 1000;

/** Commands that touch only pools, reservations, and entries of their own ids. */
const SIMPLE: ReadonlySet<Command["kind"]> = new Set([
  "record",
  "reserve",
  "grant",
  "commit",
  "release",
  "renew",
  "draw",
]);

/** Commands that write nothing, as a rule. */
const READING: ReadonlySet<Command["kind"]> = new Set(["snapshot", "check", "find"]);

/** The cached books of each tree in this process. */
export class KnownBooks {
  readonly #known = new Map<string, Known>();
  /** The local time until which other processes are likely to write to a tree. */
  readonly #contended = new Map<string, number>();

  /** Notes that another process was faster. */
  noteOthers(root: string): void {
    if (this.#contended.size >= TREES_MAX) this.#contended.clear();
    this.#contended.set(root, performance.now() + CONTENDED_MS);
  }

  /** Whether commands are likely to be too late without a turn. */
  needTurn(root: string, commands: readonly Command[]): boolean {
    const until = this.#contended.get(root);
    if (until === undefined || commands.every(({ kind }) => READING.has(kind))) return false;
    if (performance.now() < until) return true;
    this.#contended.delete(root);
    return false;
  }

  /** Caches the server's books as of its time `at`. */
  remember(root: string, books: PostgresBooks, at: number): void {
    this.#known.delete(root);
    if (books.reservationCount > RESERVATIONS_MAX) return;
    if (this.#known.size >= TREES_MAX) this.#known.clear();
    this.#known.set(root, { books, at, knownAt: performance.now() });
  }

  /**
   * Returns books to which the commands can be applied if the server agrees, and its estimated
   * time; undefined if too little is cached. The caller then has exclusive use of them.
   */
  take(
    root: string,
    commands: readonly Command[],
    { paths }: Request,
  ): { readonly books: PostgresBooks; readonly at: number } | undefined {
    const known = this.#known.get(root);
    this.#known.delete(root);
    if (known === undefined) return undefined;
    const { books, at, knownAt } = known;
    const passedMs = performance.now() - knownAt;
    if (passedMs > KNOWN_MS) return undefined;
    if (!commands.every(({ kind }) => SIMPLE.has(kind))) return undefined;
    if (!paths.every((path) => books.has(path))) return undefined;
    // The entry that stands in for a hold booked as unknown is not cached.
    if (lostAmong(commands, books).length > 0) return undefined;
    return { books, at: at + Math.floor(passedMs) };
  }
}
