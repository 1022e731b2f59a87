// The new entries of a batch, as the rows that are written.

import type { Quantities } from "../core/quantities.ts";
import type { DrawnEntries, FoundEntry, NewEntry } from "../stores/books/books.ts";
import type { Row } from "../stores/sql/columns.ts";
import { detailsColumn, outcomeText } from "../stores/sql/entry-row.ts";
import { packOf } from "./entry-pack.ts";

const PLACE = /^(?<draw>.+)\.(?<place>[1-9]\d*)$/;
/** Between the packs of a batch: no word contains it. */
const BETWEEN_PACKS = "\v";

/** An entry, or the entries of a draw, with the place of the last one among the new ones. */
type Appended =
  | { readonly place: number; readonly line: NewEntry }
  | { readonly place: number; readonly draw: DrawnEntries };

/** The entries that a batch has appended. */
export class AppendedEntries {
  #appended: Appended[] = [];
  readonly #draws = new Map<string, DrawnEntries>();
  #count = 0;

  /** How many there are. */
  get count(): number {
    return this.#count;
  }

  add(line: NewEntry): void {
    this.#appended.push({ place: ++this.#count, line });
  }

  addDrawn(draw: DrawnEntries): void {
    this.#count += draw.lines.length;
    this.#appended.push({ place: this.#count, draw });
    this.#draws.set(draw.id, draw);
  }

  /** Returns an entry of a draw by its id. */
  find(id: string): FoundEntry | undefined {
    if (this.#draws.size === 0) return undefined;
    const { draw = "", place = "" } = PLACE.exec(id)?.groups ?? {};
    const drawn = this.#draws.get(draw);
    const index = Number(place) - 1;
    if (drawn === undefined || index >= drawn.lines.length) return undefined;
    return drawn.entryAt(index);
  }

  clear(): void {
    this.#appended = [];
    this.#draws.clear();
    this.#count = 0;
  }

  /** The rows for `write`: those of single entries, and those of draws. */
  rows(root: string, lastSeq: number): Record<string, readonly unknown[]> {
    const ledger: Row[] = [];
    const packs: Row[] = [];
    for (const each of this.#appended) {
      const place = { root, seq: lastSeq + each.place };
      if ("line" in each) ledger.push({ ...place, ...entryColumns(each.line) });
      else packs.push({ ...place, ...drawColumns(each.draw) });
    }
    return { ...listed("ledger", ledger), ...listed("packs", packs) };
  }

  /** The entries of draws as text, in the order of their rows. */
  get packs(): string {
    const texts = Array.from(this.#draws.values(), ({ lines }) => packOf(lines).text);
    return texts.join(BETWEEN_PACKS);
  }
}

/** A list under its name; omitted if empty. */
export function listed(name: string, rows: readonly unknown[]): Record<string, readonly unknown[]> {
  return rows.length === 0 ? {} : { [name]: rows };
}

/** The columns of an amount, whose names begin with a prefix. */
export function amountColumns(prefix: string, amount: Quantities): Row {
  return {
    [`${prefix}tokens`]: amount.tokens,
    [`${prefix}input_tokens`]: amount.inputTokens,
    [`${prefix}output_tokens`]: amount.outputTokens,
    [`${prefix}nano_usd`]: amount.nanoUsd,
    [`${prefix}calls`]: amount.calls,
  };
}

/** Omits what most entries have in common; amendments are summed up as they are. */
function shortAmountColumns(amount: Quantities, isWhole: boolean): Row {
  const { tokens, inputTokens, outputTokens, calls } = amount;
  return {
    ...amountColumns("", amount),
    tokens: isWhole || tokens !== inputTokens + outputTokens ? tokens : null,
    calls: isWhole || calls !== 1 ? calls : null,
  };
}

function entryColumns(line: NewEntry): Row {
  const { id, kind, path, at, amount, unknown, of, bookedAt, asOf, model, label } = line;
  return {
    id,
    kind,
    path,
    at,
    ...shortAmountColumns(amount, kind === "amend"),
    unknown: unknown || null,
    amends: of ?? null,
    booked_at: bookedAt === at ? null : bookedAt,
    as_of: asOf,
    outcome: outcomeText(line),
    model: model ?? null,
    label: label ?? null,
    details: detailsColumn(line),
  };
}

function drawColumns({ id, lines, entryAt }: DrawnEntries): Row {
  const { path, at, asOf } = entryAt(0);
  const { count, parts, model, label, amount, kind, unknown } = packOf(lines);
  return {
    id,
    kind,
    path,
    at,
    ...shortAmountColumns(amount, false),
    unknown: unknown || null,
    as_of: asOf,
    model: model ?? null,
    label: label ?? null,
    packed: count,
    parts,
  };
}
