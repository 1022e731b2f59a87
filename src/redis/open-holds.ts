// Lists the open holds of a tree. Reservations and slices have a hash each, whose values are texts
// with the path in the second line and the amount in the third.

import type { ListedHold, HoldsQuery } from "../stores/contract/holds.ts";
import { isBelow } from "../stores/contract/path.ts";
import { quantitiesInReply } from "./reply.ts";

/** Sends a command for the slot of the tree. */
type Send = (words: readonly string[]) => Promise<unknown>;

const IDS_AT_ONCE = "1000";
const SLICE = "s\n";

interface OpenText {
  readonly id: string;
  readonly text: string;
}

/** Open reservations, in the order of their ids. */
export async function holdsInRedis(
  base: string,
  send: Send,
  { path, after, limit, id: only }: HoldsQuery,
): Promise<readonly ListedHold[]> {
  const key = `${base}:open`;
  const all = only === "" ? await openTexts(key, send) : await openText(key, send, only);
  const found = all
    .filter(({ id, text }) => id > after && isBelow(text.split("\n")[1] ?? "", path))
    .toSorted((one, other) => (one.id < other.id ? -1 : 1))
    .slice(0, limit);
  if (found.length === 0) return [];
  const ends = listOf(await send(["ZMSCORE", `${base}:leases`, ...found.map(({ id }) => id)]));
  return found.map(({ id, text }, index) => {
    const [, at = "", amount = ""] = text.split("\n");
    const expiresAt = Number(ends[index] ?? 0);
    const isSlice = text.startsWith(SLICE);
    return { id, path: at, quantities: quantitiesInReply(amount), expiresAt, isSlice };
  });
}

async function openText(key: string, send: Send, id: string): Promise<readonly OpenText[]> {
  const text = await send(["HGET", key, id]);
  return typeof text === "string" && text !== "" ? [{ id, text }] : [];
}

async function openTexts(key: string, send: Send): Promise<readonly OpenText[]> {
  const texts = new Map<string, string>();
  let cursor = "0";
  do {
    // oxlint-disable-next-line no-await-in-loop -- each page begins where the last one ended
    const [next, fields] = listOf(await send(["HSCAN", key, cursor, "COUNT", IDS_AT_ONCE]));
    const values = listOf(fields).map(String);
    for (let at = 0; at + 1 < values.length; at += 2)
      texts.set(values[at] ?? "", values[at + 1] ?? "");
    cursor = String(next);
  } while (cursor !== "0");
  return Array.from(texts, ([id, text]) => ({ id, text })).filter(({ text }) => text !== "");
}

/** Some clients return pairs as an object or a map. */
function listOf(reply: unknown): readonly unknown[] {
  if (Array.isArray(reply)) return reply;
  if (reply instanceof Map) return [...reply.entries()].flat();
  return typeof reply === "object" && reply !== null ? Object.entries(reply).flat() : [];
}
