// The entries of a draw as one row: how they are written, and how they are read. The migration
// 0009 describes the columns.

import { add, Quantities } from "../core/quantities.ts";
import type { DrawnEntry } from "../stores/books/books.ts";
import { detailsOf, detailsText } from "../stores/contract/entry-details.ts";
import type { EntryMetadata } from "../stores/contract/entry-details.ts";
import type { LedgerKind, StoredEntry } from "../stores/contract/ledger.ts";
import { numberOf, optionalTextOf, textOf } from "../stores/sql/columns.ts";
import type { Row } from "../stores/sql/columns.ts";
import { entryOf } from "../stores/sql/entry-row.ts";

/** The entries of a draw as the columns of their row have them. */
export interface EntryPack {
  readonly count: number;
  /** A line for each. */
  readonly text: string;
  /** Their sums by model and label, as JSON. */
  readonly parts: string;
  /** The model and label of all of them; undefined if they differ, or have none. */
  readonly model: string | undefined;
  readonly label: string | undefined;
  readonly amount: Quantities;
  /** Whether they book anything, and whether any of it stands in for an unknown amount. */
  readonly kind: "commit" | "release";
  readonly unknown: boolean;
}

/** The sum of the entries of one model and label. */
interface Part {
  readonly model: string;
  readonly label: string;
  /** What the lines of its entries end with. */
  readonly mark: string;
  readonly amount: Quantities;
  lines: number;
}

/** The parts of a row: model, label, entries and their amount. */
type PartsColumn = readonly (readonly [string, string, ...number[]])[];

const LETTERS = { commit: "c", record: "r", release: "x" } as const;
const UNKNOWN_LETTERS = { commit: "C", record: "R", release: "X" } as const;
const KINDS: Readonly<Record<string, LedgerKind>> = { c: "commit", r: "record", x: "release" };

/** A draw that is sent again is not packed again. */
const packs = new WeakMap<readonly DrawnEntry[], EntryPack>();

/** Packs the entries of a draw. */
export function packOf(lines: readonly DrawnEntry[]): EntryPack {
  let pack = packs.get(lines);
  if (pack === undefined) {
    pack = packed(lines);
    packs.set(lines, pack);
  }
  return pack;
}

function packed(lines: readonly DrawnEntry[]): EntryPack {
  const parts = new Parts();
  let text = "";
  let unknown = false;
  for (const line of lines) {
    const { kind, amount, about } = line;
    const part = parts.of(about);
    if (kind !== "release") {
      part.lines++;
      add(part.amount, amount);
    }
    unknown ||= line.unknown;
    const letter = line.unknown ? UNKNOWN_LETTERS[kind] : LETTERS[kind];
    const details = about?.details === undefined ? "" : detailsText(about.details, amount);
    const rest = details === "" ? part.mark : `${part.mark || "\t"}\t${details}`;
    text += `${letter}${amountText(amount)}${rest}\n`;
  }
  return { count: lines.length, text, unknown, ...parts.columns() };
}

/** The parts of a pack in the order in which they begin. */
class Parts {
  readonly #parts = new Map<string, Part>();
  #last: Part | undefined;
  #lastAbout: EntryMetadata | undefined;

  /** Returns the part of an entry; mostly it is that of the entry before. */
  of(about: EntryMetadata | undefined): Part {
    if (this.#last !== undefined && about === this.#lastAbout) return this.#last;
    const { model = "", label = "" } = about ?? {};
    // Words contain no line ends.
    const name = `${model}\n${label}`;
    let part = this.#parts.get(name);
    if (part === undefined) {
      const mark = this.#parts.size === 0 ? "" : `\t${this.#parts.size}`;
      part = { model, label, mark, amount: new Quantities(0, 0, 0, 0, 0), lines: 0 };
      this.#parts.set(name, part);
    }
    this.#last = part;
    this.#lastAbout = about;
    return part;
  }

  columns(): Pick<EntryPack, "parts" | "model" | "label" | "amount" | "kind"> {
    const parts = [...this.#parts.values()];
    const amount = new Quantities(0, 0, 0, 0, 0);
    for (const part of parts) add(amount, part.amount);
    const booking = parts.filter(({ lines }) => lines > 0);
    const only = booking.length === 1 ? booking[0] : undefined;
    const column: PartsColumn = parts.map(({ model, label, lines, amount: sum }) => {
      const { tokens, inputTokens, outputTokens, nanoUsd, calls } = sum;
      return [model, label, lines, tokens, inputTokens, outputTokens, nanoUsd, calls];
    });
    return {
      parts: JSON.stringify(column),
      model: only?.model || undefined,
      label: only?.label || undefined,
      amount,
      kind: booking.length > 0 ? "commit" : "release",
    };
  }
}

/** Nano-dollars come first; what most entries have in common is left out. */
function amountText({ tokens, inputTokens, outputTokens, nanoUsd, calls }: Quantities): string {
  const own = tokens === inputTokens + outputTokens ? "" : tokens;
  if (calls !== 1) return `${nanoUsd} ${own} ${inputTokens} ${outputTokens} ${calls}`;
  if (inputTokens === 0 && outputTokens === 0) return `${nanoUsd} ${own}`;
  return `${nanoUsd} ${own} ${inputTokens} ${outputTokens}`;
}

function amountOf(text: string): Quantities {
  const [nanoUsd, own, into = "0", out = "0", calls = "1"] = text.split(" ");
  const [inputTokens, outputTokens] = [Number(into), Number(out)];
  const tokens = own === "" ? inputTokens + outputTokens : Number(own);
  return new Quantities(tokens, inputTokens, outputTokens, Number(nanoUsd), Number(calls));
}

/** Returns the entries of a row whose numbers are above one and below another. */
export function entriesInRow(row: Row, after: number, before: number): readonly StoredEntry[] {
  const pack = optionalTextOf(row, "pack");
  const entry = entryOf(row);
  if (pack === undefined) return entry.seq > after && entry.seq < before ? [entry] : [];
  const count = numberOf(row, "packed");
  const first = entry.seq - count + 1;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by packOf
  const parts = JSON.parse(textOf(row, "parts")) as PartsColumn;
  const lines = pack.split("\n");
  const from = Math.max(numberOf(row, "gone"), after + 1 - first);
  const entries: StoredEntry[] = [];
  for (let index = from; index < Math.min(count, before - first); index++) {
    const line = { seq: first + index, id: `${entry.id}.${index + 1}`, text: lines[index] ?? "" };
    entries.push(entryInLine(entry, parts, line));
  }
  return entries;
}

function entryInLine(
  draw: StoredEntry,
  parts: PartsColumn,
  { seq, id, text }: { readonly seq: number; readonly id: string; readonly text: string },
): StoredEntry {
  const [start = "", mark = "", ...details] = text.split("\t");
  const letter = start.charAt(0);
  const known = letter.toLowerCase();
  const amount = amountOf(start.slice(1));
  const [model, label] = parts[Number(mark)] ?? [];
  return {
    ...draw,
    seq,
    id,
    kind: KINDS[known] ?? "release",
    amount,
    unknown: letter !== known,
    model: model || undefined,
    label: label || undefined,
    details: detailsOf(details.join("\t"), amount),
  };
}
