// The paths of pools, in order: one sorted set, read page by page. A path is added before its pool
// is created, so none is missing; one whose pool was never created is skipped.

import type { PathsQuery, PlacedPath } from "../stores/contract/pool-page.ts";
import type { RedisConnection } from "./redis-connection.ts";

const PATHS_AT_ONCE = 1000;
/** The member that marks the index as complete: no path is empty. */
const COMPLETE = "";

/** The index of a store. */
export class PoolIndex {
  readonly #connection: RedisConnection;
  readonly #key: string;
  #isComplete = false;
  #isBegun = false;

  constructor(connection: RedisConnection, prefix: string) {
    this.#connection = connection;
    this.#key = `${prefix}:index`;
  }

  /** Starts the indexes of a store without pools: `roots` is the set of roots with pools. */
  async begin(roots: string, beginOther: () => Promise<void> | undefined): Promise<void> {
    if (this.#isBegun) return;
    if (Number(await this.#connection.send(roots, ["SCARD", roots])) === 0)
      await Promise.all([this.add([COMPLETE]), beginOther()]);
    this.#isBegun = true;
  }

  /** Adds paths. */
  async add(paths: readonly string[]): Promise<void> {
    for (let from = 0; from < paths.length; from += PATHS_AT_ONCE) {
      const some = paths.slice(from, from + PATHS_AT_ONCE).flatMap((path) => ["0", path]);
      // oxlint-disable-next-line no-await-in-loop -- a server answers no one else meanwhile
      await this.#send("ZADD", this.#key, ...some);
    }
  }

  /** Returns the next paths; `all` reads those of pools that are older than the index. */
  async after(
    { below, after, limit }: PathsQuery,
    all: () => Promise<readonly string[]>,
  ): Promise<readonly PlacedPath[]> {
    if (!this.#isComplete) await this.#complete(all);
    const paths: string[] = [];
    if (below !== undefined && (after === undefined || after < below)) {
      if ((await this.#send("ZSCORE", this.#key, below)) !== null) paths.push(below);
    }
    const range = rangeOf(below, after);
    if (range !== undefined && paths.length < limit)
      paths.push(...(await this.#range(...range, limit - paths.length)));
    return paths.map((path) => ({ path, place: path }));
  }

  async #range(from: string, to: string, limit: number): Promise<readonly string[]> {
    const words = ["ZRANGEBYLEX", this.#key, from, to, "LIMIT", "0", String(limit)];
    const found = await this.#send(...words);
    return Array.isArray(found) ? found.map(String) : [];
  }

  async #complete(all: () => Promise<readonly string[]>): Promise<void> {
    if ((await this.#send("ZSCORE", this.#key, COMPLETE)) === null) {
      await this.add(await all());
      await this.add([COMPLETE]);
    }
    this.#isComplete = true;
  }

  async #send(...words: string[]): Promise<unknown> {
    return (await this.#connection.send(this.#key, words)) ?? null;
  }
}

/** The range of paths to read, without `below` itself. */
function rangeOf(
  below: string | undefined,
  after: string | undefined,
): readonly [string, string] | undefined {
  if (below === undefined) return [`(${after ?? COMPLETE}`, "+"];
  // Names contain no "/", and "0" is the next character: everything in between is below the path.
  if (after === undefined || after < `${below}/`) return [`[${below}/`, `(${below}0`];
  return after.startsWith(`${below}/`) ? [`(${after}`, `(${below}0`] : undefined;
}
