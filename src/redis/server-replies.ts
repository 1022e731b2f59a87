// Parses the server's own replies: lists of texts, and items of a stream.

import { describe } from "../core/describe.ts";
import type { StoredEntry } from "../stores/contract/ledger.ts";
import { ledgerLinesOf } from "./reply.ts";

/** Returns the texts of a list. @throws {TypeError} on anything else. */
export function replyTextsOf(reply: unknown): readonly string[] {
  if (!Array.isArray(reply)) {
    throw new TypeError(`Expected the server to answer with a list, got ${describe(reply)}`);
  }
  return reply.map(String);
}

/** An item of a ledger's stream. */
interface LedgerPage {
  readonly id: string;
  readonly lines: readonly StoredEntry[];
}

/** Parses items of the stream, each with its id and its fields. */
export function streamEntriesOf(page: unknown): readonly LedgerPage[] {
  if (!Array.isArray(page))
    throw new TypeError(`Expected entries of a stream, got ${describe(page)}`);
  return page.map((entry: unknown) => {
    const [id, fields]: unknown[] = Array.isArray(entry) ? entry : [];
    const [, at = "", , lines = ""] = replyTextsOf(fields);
    return { id: String(id), lines: ledgerLinesOf(String(id), at, lines) };
  });
}
