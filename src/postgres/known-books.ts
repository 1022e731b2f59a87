// Books that are known from the batch before: as long as no other process has written to the tree,
// the next batch is applied to them and written in one trip. The server finds out whether that is
// so.

import type { Command } from "../stores/contract/command.ts";
import type { PostgresBooks } from "./postgres-books.ts";
import { lostAmong } from "./request.ts";
import type { Request } from "./request.ts";

/** Books, and the time of the server when they were known to be as they are. */
interface Known {
  readonly books: PostgresBooks;
  readonly at: number;
  /** When that was here, by the clock that never goes back. */
  readonly knownAt: number;
}

/** After so long another process has written, or the clocks differ. */
const KNOWN_MS = 5000;
const TREES_MAX = 100;
const RESERVATIONS_MAX = 1000;

/** Commands that touch nothing but pools, reservations and lines of their own ids. */
const SIMPLE: ReadonlySet<Command["kind"]> = new Set([
  "record",
  "reserve",
  "grant",
  "commit",
  "release",
  "renew",
  "draw",
]);

/** The books of each tree as this process knows them. */
export class KnownBooks {
  readonly #known = new Map<string, Known>();

  /** Remembers books that the server has, as of its time `at`. */
  remember(root: string, books: PostgresBooks, at: number): void {
    this.#known.delete(root);
    if (books.reservationCount > RESERVATIONS_MAX) return;
    if (this.#known.size >= TREES_MAX) this.#known.clear();
    this.#known.set(root, { books, at, knownAt: performance.now() });
  }

  /**
   * Books to which the commands may be applied, if the server agrees, and what time it is there;
   * undefined when too little is known. The caller then has them alone.
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
    // What stands in for a hold that was booked as unknown is not known.
    if (lostAmong(commands, books).length > 0) return undefined;
    return { books, at: at + Math.floor(passedMs) };
  }
}
