// Routes that show bookings, changes and open holds.

import type { AmountView } from "../core/amount.ts";
import type { StoredBudgetPool } from "../stores/client/stored-budget-pool.ts";
import type { LedgerEntry } from "../stores/contract/ledger.ts";
import type { LedgerSum, SumKey } from "../stores/contract/ledger-sums.ts";
import { readPath } from "../stores/contract/path.ts";
import { poolNotFound, withinAccess } from "./access.ts";
import { ApiError } from "./api-error.ts";
import { csvOf } from "./csv.ts";
import type { ApiCall, ApiRoute } from "./route.ts";
import { stillWanted } from "./still-wanted.ts";
import type { JsonSchema } from "./json-schema.ts";
import { pageOf, POOL_PATH, schemaNamed, queryText } from "./schemas.ts";

const DAY_MS = 86_400_000;
const LIMIT_DEFAULT = 100;
const CSV_MAX = 10_000;
/**
 * How many entries are read at a time, and for one answer; if few match, reading continues in the
 * next request.
 */
const PAGE = 1000;
const PAGES_MAX = 20;
/** How many entry numbers one query of the store covers. */
const SPAN = 100_000;

const LIMIT: JsonSchema = { type: "integer", minimum: 1, maximum: 1000, default: LIMIT_DEFAULT };
const AFTER: JsonSchema = {
  type: "string",
  maxLength: 256,
  description: "`next` of the page before",
};
const ORDER: JsonSchema = {
  type: "string",
  enum: ["newest", "oldest"],
  default: "newest",
  description: "Which entries come first",
};
const WORD: JsonSchema = { type: "string", maxLength: 128 };
const POOL: JsonSchema = {
  ...POOL_PATH,
  description: "The pool; what the pools below it have counts. Default: the one you may see",
};
const DAY: JsonSchema = {
  type: "string",
  pattern: String.raw`^\d{4}-\d{2}-\d{2}$`,
  description: "A day in UTC, such as 2026-11-28",
};
const SINCE: JsonSchema = {
  type: "integer",
  minimum: 0,
  description: "Only what was written since; milliseconds since 1970",
};

/**
 * Returns the requested pool.
 * @throws {ApiError} 400 without one, 404 outside the subtree.
 */
async function poolAskedFor({ store, query, access }: ApiCall): Promise<StoredBudgetPool> {
  const named = queryText(query, "pool");
  const path = withinAccess(access, named === undefined ? undefined : readPath(named));
  if (path === undefined) throw new ApiError(400, "INVALID", "Expected `pool`, the path of a pool");
  const pool = await store.find(path);
  if (pool === undefined) throw poolNotFound(path);
  return pool;
}

interface Wanted {
  readonly only: "changes" | undefined;
  readonly since: number;
  /** Only entries with a lower `seq`; in ascending order, with a higher one than `after`. */
  readonly before: number;
  readonly after: number;
  readonly isOldestFirst: boolean;
  readonly limit: number;
  readonly fits: (entry: LedgerEntry) => boolean;
}

/** Returns the newest matching entries, and where the next page begins. */
async function newestFitting(
  pool: StoredBudgetPool,
  { only, since, before: first, limit, fits }: Wanted,
): Promise<{ readonly entries: readonly LedgerEntry[]; readonly next: string | null }> {
  const entries: LedgerEntry[] = [];
  let before = first;
  for (let pages = 0; pages < PAGES_MAX && before > 1; pages++) {
    // A pool with few entries among many of others is read range by range.
    const after = before === Number.MAX_SAFE_INTEGER ? 0 : Math.max(0, before - SPAN);
    // oxlint-disable-next-line no-await-in-loop -- each page begins where the last one ended
    const page = await pool.newest({ since, only, before, after, limit: PAGE });
    for (const entry of page) {
      if (!fits(entry)) continue;
      if (entries.length === limit) return { entries, next: String(entries.at(-1)?.seq ?? 0) };
      entries.push(entry);
    }
    before = page.length === PAGE ? (page.at(-1)?.seq ?? 0) : after + 1;
    if (page.length < PAGE && after === 0) return { entries, next: null };
  }
  return { entries, next: before > 1 ? String(before) : null };
}

/** Returns the oldest matching entries, and where the next page begins. */
async function oldestFitting(
  pool: StoredBudgetPool,
  { only, since, before, after: first, limit, fits }: Wanted,
): Promise<{ readonly entries: readonly LedgerEntry[]; readonly next: string | null }> {
  const entries: LedgerEntry[] = [];
  let after = first;
  for (let pages = 0; pages < PAGES_MAX; pages++) {
    const options = { since, after, limit: PAGE };
    // oxlint-disable-next-line no-await-in-loop -- each page begins where the last one ended
    const page = await (only === "changes" ? pool.changes(options) : pool.ledger(options));
    for (const entry of page) {
      if (entry.seq >= before) return { entries, next: null };
      if (!fits(entry)) continue;
      if (entries.length === limit) return { entries, next: String(entries.at(-1)?.seq ?? 0) };
      entries.push(entry);
    }
    if (page.length < PAGE) return { entries, next: null };
    after = page.at(-1)?.seq ?? after;
  }
  return { entries, next: String(after) };
}

function entriesFitting(pool: StoredBudgetPool, wanted: Wanted): ReturnType<typeof newestFitting> {
  return wanted.isOldestFirst ? oldestFitting(pool, wanted) : newestFitting(pool, wanted);
}

/** Returns the first `seq` that is not before the end of a day. */
async function endOfDay(pool: StoredBudgetPool, dayMs: number): Promise<number> {
  const [first] = await pool.ledger({ since: dayMs + DAY_MS, limit: 1 });
  return first?.seq ?? Number.MAX_SAFE_INTEGER;
}

async function wantedBy(call: ApiCall, pool: StoredBudgetPool): Promise<Wanted> {
  const { query } = call;
  const { model, label, actor, kind, day, person, unknown } = query;
  const dayMs = day === undefined ? undefined : Date.parse(String(day));
  if (Number.isNaN(dayMs)) throw new ApiError(400, "INVALID", "Expected `day` to be a day");
  const end = dayMs === undefined ? Number.MAX_SAFE_INTEGER : await endOfDay(pool, dayMs);
  const limit = isCsv(call) ? CSV_MAX : Number(query["limit"] ?? LIMIT_DEFAULT);
  const place = placeIn(query);
  return {
    ...place,
    only: undefined,
    since: Math.max(dayMs ?? 0, Number(query["since"] ?? 0)),
    before: Math.min(end, place.before),
    limit,
    fits: (entry) =>
      (model === undefined || (entry.model ?? "") === model) &&
      (label === undefined || (entry.label ?? "") === label) &&
      (actor === undefined || entry.actor === actor) &&
      (kind === undefined || entry.kind === kind) &&
      (person === undefined || personOf(entry.pool) === person) &&
      (unknown === undefined || entry.unknown === unknown) &&
      // The clock of a store may have been set back.
      (dayMs === undefined || entry.at < dayMs + DAY_MS),
  };
}

/** The order of entries, and where the page begins. */
function placeIn(query: ApiCall["query"]): Pick<Wanted, "isOldestFirst" | "before" | "after"> {
  const isOldestFirst = query["order"] === "oldest";
  const text = queryText(query, "after");
  const end = Number.MAX_SAFE_INTEGER;
  if (text === undefined) return { isOldestFirst, before: end, after: 0 };
  const seq = Number(text);
  if (!/^\d{1,16}$/.test(text) || !Number.isSafeInteger(seq))
    throw new ApiError(400, "INVALID", "Expected `after` to be `next` of the previous page");
  return isOldestFirst
    ? { isOldestFirst, before: end, after: seq }
    : { isOldestFirst, before: seq, after: 0 };
}

function isCsv({ query, request }: ApiCall): boolean {
  if (query["format"] !== undefined) return query["format"] === "csv";
  return /\btext\/csv\b/.test(request.headers.get("accept") ?? "");
}

async function ledger(call: ApiCall): Promise<unknown> {
  await stillWanted(call.request);
  const pool = await poolAskedFor(call);
  const { entries, next } = await entriesFitting(pool, await wantedBy(call, pool));
  if (!isCsv(call)) return { entries, next };
  const name = `ledger-${pool.path.replaceAll(/[^\w-]+/g, "-")}.csv`;
  return new Response(csvOf(entries), {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename="${name}"`,
      "cache-control": "no-store",
      ...(next !== null && { "x-next": next }),
    },
  });
}

async function changes(call: ApiCall): Promise<unknown> {
  const pool = await poolAskedFor(call);
  const { actor } = call.query;
  return await entriesFitting(pool, {
    ...placeIn(call.query),
    only: "changes",
    since: Number(call.query["since"] ?? 0),
    limit: Number(call.query["limit"] ?? LIMIT_DEFAULT),
    fits: (entry) => actor === undefined || entry.actor === actor,
  });
}

async function sums(call: ApiCall): Promise<unknown> {
  await stillWanted(call.request);
  const pool = await poolAskedFor(call);
  const { by, since } = call.query;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- its schema lists them
  const key = (by === "person" ? "pool" : by) as SumKey;
  const found = await pool.sums({ by: key, since: Number(since ?? 0) });
  const named = by === "person" ? byPerson(found) : found;
  return {
    sums: named.map(({ name, amount, entries }) => ({ name: name ?? null, amount, entries })),
  };
}

/** A person is the last name of a path: `acme/search/ada`, `users/ada`. */
function personOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function byPerson(pools: readonly LedgerSum[]): readonly LedgerSum[] {
  const people = new Map<string, LedgerSum>();
  for (const { name = "", amount, entries } of pools) {
    const person = personOf(name);
    const before = people.get(person);
    people.set(person, {
      name: person,
      amount: before === undefined ? amount : total(before.amount, amount),
      entries: entries + (before?.entries ?? 0),
    });
  }
  return [...people.values()].toSorted((one, other) => other.amount.usd - one.amount.usd);
}

function total(one: AmountView, other: AmountView): AmountView {
  const NANO = 1e9;
  return {
    tokens: one.tokens + other.tokens,
    inputTokens: one.inputTokens + other.inputTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    usd: Math.round((one.usd + other.usd) * NANO) / NANO,
    calls: one.calls + other.calls,
  };
}

async function holds(call: ApiCall): Promise<unknown> {
  const pool = await poolAskedFor(call);
  const limit = Number(call.query["limit"] ?? LIMIT_DEFAULT);
  const found = await pool.holds({ after: queryText(call.query, "after"), limit });
  return { holds: found, next: found.length < limit ? null : (found.at(-1)?.id ?? null) };
}

/** Routes that show bookings, changes and open holds. */
export const LEDGER_ROUTES: readonly ApiRoute[] = [
  {
    method: "GET",
    path: "/ledger",
    summary: "Lists ledger entries, the newest or the oldest first",
    operation: "listEntries",
    role: "self",
    query: {
      pool: POOL,
      model: { ...WORD, description: "Only of this model; empty: of none" },
      label: { ...WORD, description: "Only with this label; empty: without" },
      actor: { ...WORD, description: "Only changes by this actor" },
      kind: { ...WORD, description: "Only of this kind, such as commit" },
      person: { ...WORD, description: "Only of pools whose path ends with this name" },
      unknown: { type: "boolean", description: "Only those whose amount is unknown, or known" },
      day: DAY,
      since: SINCE,
      order: ORDER,
      after: AFTER,
      limit: LIMIT,
      format: { type: "string", enum: ["json", "csv"], description: "Instead of Accept" },
    },
    answer: pageOf("entries", schemaNamed("Entry")),
    types: ["application/json", "text/csv"],
    handle: ledger,
  },
  {
    method: "GET",
    path: "/sums",
    summary: "Lists what was used by model, label, pool, day or person, the most expensive first",
    operation: "listSums",
    role: "self",
    query: {
      pool: POOL,
      by: { type: "string", enum: ["model", "label", "pool", "day", "person"] },
      since: SINCE,
    },
    required: ["by"],
    answer: {
      type: "object",
      properties: { sums: { type: "array", items: schemaNamed("Sum") } },
      required: ["sums"],
    },
    handle: sums,
  },
  {
    method: "GET",
    path: "/changes",
    summary: "Lists who changed what, when and why, the newest or the oldest first",
    operation: "listChanges",
    role: "self",
    query: { pool: POOL, actor: WORD, since: SINCE, order: ORDER, after: AFTER, limit: LIMIT },
    answer: pageOf("entries", schemaNamed("Entry")),
    handle: changes,
  },
  {
    method: "GET",
    path: "/holds",
    summary: "Lists open reservations, in the order of their ids",
    operation: "listHolds",
    role: "self",
    query: { pool: POOL, after: AFTER, limit: LIMIT },
    answer: pageOf("holds", schemaNamed("Hold")),
    handle: holds,
  },
];
