// Reads the sums of the ledger in Redis, and adds entries to them.

import { addedUp, DAY_MS, sumsOfEntries } from "../stores/contract/ledger-sums.ts";
import type { SumKey, ListedSum, SumsQuery } from "../stores/contract/ledger-sums.ts";
import type { StoredEntry } from "../stores/contract/ledger.ts";
import { isBelow } from "../stores/contract/path.ts";
import type { LedgerQuery } from "../stores/contract/store.ts";
import { quantitiesInReply } from "./reply.ts";

/** How many entries one call adds to the sums: some milliseconds of the server's time. */
const ENTRIES_AT_ONCE = 200;
const DAYS_AT_ONCE = 100;
const FIELDS_AT_ONCE = 1000;
const PAGE_ENTRIES = 1000;

/** The server's operations for one tree. */
export interface SumsPlace {
  /** The prefix of the keys of the tree. */
  readonly base: string;
  send(words: readonly string[]): Promise<readonly string[]>;
  /** Adds the next entries to the sums. */
  sumUp(entries: string): Promise<readonly string[]>;
  /** When the first entry that is kept was written; undefined without entries. */
  firstAt(): Promise<number | undefined>;
  lines(query: LedgerQuery): Promise<readonly StoredEntry[]>;
}

/** Adds all entries of a tree to its sums. */
export async function sumUp(place: SumsPlace): Promise<void> {
  // oxlint-disable-next-line no-await-in-loop -- each step begins where the last one ended
  while ((await place.sumUp(String(ENTRIES_AT_ONCE)))[0] === "more");
}

/** Returns the sums, with the day of `sinceMs` computed from its entries. */
export async function sumsIn(
  place: SumsPlace,
  { path, by, sinceMs }: SumsQuery,
): Promise<readonly ListedSum[]> {
  await sumUp(place);
  const nextDay = Math.ceil(sinceMs / DAY_MS);
  const firstAt = (await place.firstAt()) ?? Infinity;
  // A day without an earlier entry counts in full.
  const firstDay = firstAt >= sinceMs ? Math.floor(sinceMs / DAY_MS) : nextDay;
  const days = await place.send(["SMEMBERS", `${place.base}:sums`]);
  const wanted = days.map(Number).filter((day) => day >= firstDay);
  const parts: ListedSum[] = [];
  for (let from = 0; from < wanted.length; from += DAYS_AT_ONCE) {
    const some = wanted.slice(from, from + DAYS_AT_ONCE).map(async (day) => {
      return partsOf(await fieldsOf(place, `${place.base}:sums:${day}`), day, by, path);
    });
    // oxlint-disable-next-line no-await-in-loop -- all at once, the last would wait too long
    for (const part of (await Promise.all(some)).flat()) parts.push(part);
  }
  const isPartOfDay = firstDay === nextDay && sinceMs < firstDay * DAY_MS;
  const entries = isPartOfDay
    ? await entriesUntil(place, { path, sinceMs }, firstDay * DAY_MS)
    : [];
  return addedUp([...parts, ...sumsOfEntries(entries, by)]);
}

/** Names and values of fields: not every client returns a list for HGETALL. */
async function fieldsOf(place: SumsPlace, key: string): Promise<readonly (readonly string[])[]> {
  const names = await place.send(["HKEYS", key]);
  const fields: string[][] = [];
  for (let from = 0; from < names.length; from += FIELDS_AT_ONCE) {
    const some = names.slice(from, from + FIELDS_AT_ONCE);
    // oxlint-disable-next-line no-await-in-loop -- a server answers no one else meanwhile
    const values = await place.send(["HMGET", key, ...some]);
    for (const [index, name] of some.entries()) fields.push([name, values[index] ?? ""]);
  }
  return fields;
}

async function entriesUntil(
  place: SumsPlace,
  query: Pick<LedgerQuery, "path" | "sinceMs">,
  endsAt: number,
): Promise<readonly StoredEntry[]> {
  const lines: StoredEntry[] = [];
  let after = 0;
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- each page begins where the last one ended
    const page = await place.lines({ ...query, after, limit: PAGE_ENTRIES });
    for (const line of page) if (line.at < endsAt) lines.push(line);
    const last = page.at(-1);
    // If a clock was set back, entries of one day may follow the first of the next.
    if (last === undefined || page.length < PAGE_ENTRIES || last.at > endsAt + 60_000) return lines;
    after = last.seq;
  }
}

function partsOf(
  fields: readonly (readonly string[])[],
  day: number,
  by: SumKey,
  top: string,
): readonly ListedSum[] {
  const parts: ListedSum[] = [];
  for (const [name = "", value = ""] of fields) {
    const [path = "", model = "", label = ""] = name.split("\n");
    if (!isBelow(path, top)) continue;
    const [entries, ...amount] = value.split(" ");
    const names: Readonly<Record<SumKey, string>> = { day: String(day), model, label, pool: path };
    parts.push({
      name: names[by],
      amount: quantitiesInReply(amount.join(" ")),
      entries: Number(entries),
    });
  }
  return parts;
}
