// Which pools have used the most dollars: one sorted set of all paths by rank, below zero, so that
// the dearest come first and those of a rank in the order of their paths. The script moves a pool
// when what it writes changes its rank. Roots lie in different slots of a cluster, so there is none
// there.

import { dearPlaceOf, rankOf, readDearPlace } from "../stores/contract/pool-page.ts";
import type { PathsQuery, PlacedPath } from "../stores/contract/pool-page.ts";
import { DEAREST } from "./lua/scripts.ts";
import type { LuaScript } from "./lua/scripts.ts";
import type { RedisConnection } from "./redis-connection.ts";

const PATHS_AT_ONCE = 1000;
/** The member that says that all pools are in: no path is empty, and no rank is below zero. */
const COMPLETE = "";
const COMPLETE_SCORE = "1";

/** The used nano-dollars of some pools, in their order; undefined of one that is not there. */
type UsedOf = (paths: readonly string[]) => Promise<readonly (number | undefined)[]>;

type Call = (
  base: string,
  script: LuaScript,
  keys: readonly string[],
  words: readonly string[],
) => Promise<readonly string[]>;

/** The dearest pools of a store. */
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

  /** Says that no pool is missing: there are none yet. */
  async begin(): Promise<void> {
    await this.#send("ZADD", this.key, COMPLETE_SCORE, COMPLETE);
  }

  /** The next paths; `all` and `usedOf` read pools that were made before there was an index. */
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
