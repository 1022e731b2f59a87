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

/** The cached books of each tree in this process. */
export class KnownBooks {
  readonly #known = new Map<string, Known>();

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
