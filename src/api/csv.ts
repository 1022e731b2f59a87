// Ledger entries as CSV for spreadsheets.

import type { LedgerEntry } from "../stores/contract/ledger.ts";

const COLUMNS = [
  "seq",
  "at",
  "kind",
  "pool",
  "model",
  "label",
  "provider",
  "usd",
  "tokens",
  "inputTokens",
  "outputTokens",
  "calls",
  "unknown",
  "id",
  "of",
  "actor",
  "reason",
] as const;
/** A spreadsheet treats a text with such a beginning as a formula. */
const FORMULA = /^[=+\-@\t\r]/;

/** Entries as CSV (RFC 4180), with a header. */
export function csvOf(entries: readonly LedgerEntry[]): string {
  const rows = entries.map((entry) => COLUMNS.map((column) => cellOf(entry, column)).join(","));
  return `${[COLUMNS.join(","), ...rows].join("\r\n")}\r\n`;
}

function cellOf(entry: LedgerEntry, column: (typeof COLUMNS)[number]): string {
  switch (column) {
    case "at":
      return new Date(entry.at).toISOString();
    case "seq":
      return String(entry.seq);
    case "unknown":
      return String(entry.unknown);
    case "usd":
    case "tokens":
    case "inputTokens":
    case "outputTokens":
    case "calls":
      return String(entry.amount[column]);
    default:
      return textCell(entry[column] ?? "");
  }
}

function textCell(text: string): string {
  const harmless = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
