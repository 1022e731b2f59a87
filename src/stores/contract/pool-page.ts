// Pools page by page: the options, and where a page ends.

import { describe } from "../../core/describe.ts";
import { oneOf, optional, readOptions, whole } from "../../core/read-options.ts";
import type { TableFor } from "../../core/read-options.ts";
import { readPath } from "./path.ts";
import type { StoredSnapshot } from "./pool-figures.ts";

/** The order in which pools are returned. */
export type PoolOrder = "path" | "usd";

/** Options of `page`. */
export interface PageOptions {
  /**
   * Only the pool of this path, and those below it.
   *
   * @default all pools
   */
  readonly below?: string | undefined;
  /**
   * `"path"`, or `"usd"`: the pools with the highest spend first. The order is exact within a page,
   * and to within a tenth from page to page.
   *
   * @default `"path"`
   */
  readonly by?: PoolOrder | undefined;
  /**
   * Where the page begins: `next` of the previous page.
   *
   * @default at the first pool
   */
  readonly after?: string | undefined;
  /**
   * The most pools to return, from 1 to 1,000.
   *
   * @default 100
   */
  readonly limit?: number | undefined;
}

/** A page of the pools of a store. */
export interface PoolPage {
  readonly pools: readonly StoredSnapshot[];
  /** Where the next page begins; undefined if this is the last. */
  readonly next: string | undefined;
}

/** The paths to return. */
export interface PathsQuery {
  readonly below: string | undefined;
  readonly by: PoolOrder;
  /** The position of the last path of the previous page. */
  readonly after: string | undefined;
  readonly limit: number;
}

/** The path of a pool, and its position in the order of the store. */
export interface PlacedPath {
  readonly path: string;
  readonly place: string;
}

const LIMIT_DEFAULT = 100;
const LIMIT_MAX = 1000;
/** Pools whose used dollars differ by less than a tenth have the same rank, or adjacent ones. */
const RANKS_A_DOUBLING = 8;

const PAGE = {
  below: optional(readPath),
  by: oneOf("path", "usd"),
  after: optional(readAfter),
  limit: whole(1, LIMIT_MAX, LIMIT_DEFAULT),
} satisfies TableFor<PageOptions>;

function readAfter(after: string): string {
  if (typeof after === "string") return after;
  throw new TypeError(
    `Expected \`after\` to be \`next\` of the previous page, got ${describe(after)}`,
  );
}

/**
 * Reads the options of `page`.
 * @throws {TypeError | RangeError} if an option is invalid.
 */
export function readPageOptions(options: PageOptions): PathsQuery {
  return readOptions(options, PAGE);
}

/** Returns the rank of a pool by its used nano-dollars; it changes rarely. */
export function rankOf(usedNanoUsd: number): number {
  return usedNanoUsd <= 0 ? 0 : 1 + Math.floor(RANKS_A_DOUBLING * Math.log2(usedNanoUsd));
}

/** Returns the position of a pool in the order by spend. */
export function dearPlaceOf(rank: number, path: string): string {
  return `${rank} ${path}`;
}

/**
 * Returns the rank and path of a position.
 *
 * @throws {RangeError} if it is invalid.
 */
export function readDearPlace(place: string): { readonly rank: number; readonly path: string } {
  const [, rank, path] = /^(\d{1,4}) (.+)$/s.exec(place) ?? [];
  if (rank === undefined || path === undefined)
    throw new RangeError(
      `Expected \`after\` to be \`next\` of the previous page, got ${describe(place)}`,
    );
  return { rank: Number(rank), path };
}

/** Returns a page out of all snapshots, for stores that cannot list their paths page by page. */
export function placedIn(
  snapshots: readonly StoredSnapshot[],
  { by, after, limit }: PathsQuery,
): readonly PlacedPath[] {
  const ranked = snapshots.map(({ path, used }) => ({
    path,
    rank: by === "usd" ? rankOf(Math.round(used.usd * 1e9)) : 0,
  }));
  const sorted = ranked.toSorted(
    (one, other) => other.rank - one.rank || (one.path < other.path ? -1 : 1),
  );
  const last =
    after === undefined || by === "path" ? { rank: 0, path: after ?? "" } : readDearPlace(after);
  return sorted
    .filter(
      ({ rank, path }) =>
        after === undefined || rank < last.rank || (rank === last.rank && path > last.path),
    )
    .slice(0, limit)
    .map(({ rank, path }) => ({ path, place: by === "usd" ? dearPlaceOf(rank, path) : path }));
}
