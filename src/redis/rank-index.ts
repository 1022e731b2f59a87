// The pools by spend: one sorted set of all paths by negative rank, so that the highest spend comes
// first, and equal ranks by path. The script moves a pool when a write changes its rank. In a
// cluster, roots lie in different slots, so there is no such set.

import { dearPlaceOf, rankOf, readDearPlace } from "../stores/contract/pool-page.ts";
import type { PathsQuery, PlacedPath } from "../stores/contract/pool-page.ts";
import { DEAREST } from "./lua/scripts.ts";
import type { LuaScript } from "./lua/scripts.ts";
import type { RedisConnection } from "./redis-connection.ts";

const PATHS_AT_ONCE = 1000;
/** The member that marks the set as complete: no path is empty, and no rank is negative. */
const COMPLETE = "";
const COMPLETE_SCORE = "1";

/** The used nano-dollars of some pools, in order; undefined for a missing one. */
type UsedOf = (paths: readonly string[]) => Promise<readonly (number | undefined)[]>;

type Call = (
  base: string,
  script: LuaScript,
  keys: readonly string[],
  words: readonly string[],
) => Promise<readonly string[]>;

/** The pools of a store by spend. */
export class RankIndex {
  readonly key: string;
  readonly #connection: RedisConnection;
  readonly #call: Call;
  #isComplete = false;

  constructor(connection: RedisConnection, prefix: string, call: Call) {
    this.#connection = connection;
    this.#call = call;
    this.key = `${prefix}:ranks`;
  }

  /** Marks the set as complete: there are no pools yet. */
  async begin(): Promise<void> {
    await this.#send("ZADD", this.key, COMPLETE_SCORE, COMPLETE);
  }

  /** Returns the next paths; `all` and `usedOf` read pools that are older than the set. */
  async after(
    { after, limit }: PathsQuery,
    all: () => Promise<readonly string[]>,
    usedOf: UsedOf,
  ): Promise<readonly PlacedPath[]> {
    if (!this.#isComplete) await this.#complete(all, usedOf);
    const last = after === undefined ? undefined : readDearPlace(after);
    const from = last === undefined ? ["", ""] : [String(-last.rank), last.path];
    const found = await this.#call(this.key, DEAREST, [this.key], [String(limit), ...from]);
    const placed: PlacedPath[] = [];
    for (let at = 0; at + 1 < found.length; at += 2) {
      const path = found[at] ?? "";
      const rank = Math.abs(Number(found[at + 1]));
      if (path !== COMPLETE) placed.push({ path, place: dearPlaceOf(rank, path) });
    }
    return placed;
  }

  async #complete(all: () => Promise<readonly string[]>, usedOf: UsedOf): Promise<void> {
    if ((await this.#send("ZSCORE", this.key, COMPLETE)) === null) {
      const paths = await all();
      for (let from = 0; from < paths.length; from += PATHS_AT_ONCE) {
        const some = paths.slice(from, from + PATHS_AT_ONCE);
        // oxlint-disable-next-line no-await-in-loop -- a server answers no one else meanwhile
        const used = await usedOf(some);
        const words = some.flatMap((path, index) => {
          const nanoUsd = used[index];
          return nanoUsd === undefined ? [] : [String(-rankOf(nanoUsd)), path];
        });
        // What the script has written meanwhile is newer.
        // oxlint-disable-next-line no-await-in-loop -- likewise
        if (words.length > 0) await this.#send("ZADD", this.key, "NX", ...words);
      }
      await this.begin();
    }
    this.#isComplete = true;
  }

  async #send(...words: string[]): Promise<unknown> {
    return (await this.#connection.send(this.key, words)) ?? null;
  }
}
