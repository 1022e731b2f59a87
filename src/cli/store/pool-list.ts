// The pools that a command shows. Only as many as needed are read, if the store supports the order.

import type { StoredSnapshot } from "../../stores/index.ts";
import type { AllBooks } from "./books.ts";
import { matching } from "./pool-selection.ts";
import type { Selection } from "./pool-selection.ts";

const POOLS_A_PAGE_MAX = 1000;
/** How many further pools are counted at most, to say how many more there are. */
export const POOLS_COUNTED = 1000;
/** A position this far down the list needs all of it. */
const POOLS_PAGED_MAX = 10_000;

/** The requested part of a list. */
interface Part {
  /** Only the pool of this path, and those below it. */
  readonly below?: string | undefined;
  readonly first: number;
  readonly count: number;
}

/** A part of a list. */
export interface Listed {
  readonly pools: readonly StoredSnapshot[];
  /** How many there are in total, or as far as they were counted. */
  readonly total: number;
  /** Whether there are more than were counted. */
  readonly isMore: boolean;
}

/** Reads a part of the list of pools; `counted` says how many are counted at least. */
export async function listPools(
  books: AllBooks,
  selection: Selection,
  { below, first, count }: Part,
  counted = 0,
): Promise<Listed> {
  const { search, only, order } = selection;
  const until = Math.max(counted, first + count + 1);
  const isPaged = search === "" && only === undefined && (order === "name" || order === "used");
  if (!isPaged || until > POOLS_PAGED_MAX) {
    const all = (await books.pools()).filter(
      ({ path }) => below === undefined || path === below || path.startsWith(`${below}/`),
    );
    const found = matching(all, selection);
    return { pools: found.slice(first, first + count), total: found.length, isMore: false };
  }
  const found: StoredSnapshot[] = [];
  let after: string | undefined;
  for (;;) {
    const limit = Math.min(POOLS_A_PAGE_MAX, until - found.length);
    const by = order === "used" ? "usd" : "path";
    // oxlint-disable-next-line no-await-in-loop -- each page begins where the last one ended
    const page = await books.page({ below, by, after, limit });
    found.push(...page.pools);
    after = page.next;
    if (after === undefined || found.length >= until) break;
  }
  const pools = found.slice(first, first + count);
  return { pools, total: found.length, isMore: after !== undefined };
}
