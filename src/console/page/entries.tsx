// Tables of ledger entries, changes and holds.

import { useLayoutEffect, useRef } from "preact/hooks";
import type { ComponentChildren } from "preact";

import type { LedgerEntry } from "../../stores/contract/ledger.ts";
import type { OpenHold } from "../../stores/contract/holds.ts";
import { askToAmend, askToEndHold } from "./actions.tsx";
import { linkTo } from "./address.tsx";
import { viewer } from "./client.tsx";
import { AXIS_NAMES, count, dayAndTime, duration, onAxis, usd } from "./format.tsx";
import type { Axis } from "./format.tsx";

const NUMBERS: ReadonlySet<string> = new Set(["Amount", "Tokens", "Used", "Held", "Left", "Cap"]);

/** A table that scrolls on its own where it is too wide, and is a list of cards on a phone. */
export function Table({
  caption,
  heads,
  children,
}: {
  readonly caption: string;
  readonly heads: readonly string[];
  readonly children: ComponentChildren;
}) {
  const place = useRef<HTMLTableElement>(null);
  useLayoutEffect(() => {
    // A cell of a card says which it is, and stays a cell although it is not laid out as one.
    for (const row of place.current?.tBodies[0]?.rows ?? [])
      for (const [index, cell] of [...row.cells].entries()) {
        cell.dataset["head"] = heads[index] ?? "";
        cell.role = cell.tagName === "TH" ? "rowheader" : "cell";
      }
  });
  return (
    <div class="table" tabIndex={0} role="region" aria-label={caption}>
      <table ref={place} role="table">
        <caption class="unseen">{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {heads.map((head) => (
              <th scope="col" role="columnheader" class={NUMBERS.has(head) ? "number" : undefined}>
                {head === "" ? <span class="unseen">Actions</span> : head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">{children}</tbody>
      </table>
    </div>
  );
}

/** Returns whether the viewer may change pools. */
export function mayChange(): boolean {
  return viewer.value !== undefined && viewer.value.role !== "self";
}

/** Links that filter the ledger by a word. */
function Filter({ name, value, pool }: { name: string; value: string | undefined; pool: string }) {
  if (value === undefined) return <span class="quiet">–</span>;
  return <a href={linkTo("ledger", { pool, [name]: value })}>{value}</a>;
}

/** The first two cells of an entry. */
function WhenAndWhere({ entry }: { readonly entry: LedgerEntry }) {
  return (
    <>
      <td class="nowrap">{dayAndTime(entry.at)}</td>
      <td>
        <a href={linkTo("pool", { path: entry.pool })}>{entry.pool}</a>
      </td>
    </>
  );
}

export function EntryTable({
  entries,
  pool,
  onDone,
}: {
  readonly entries: readonly LedgerEntry[];
  /** The shown pool. */
  readonly pool: string;
  readonly onDone: () => void;
}) {
  return (
    <Table
      caption="Ledger entries"
      heads={["When", "Pool", "Kind", "Model", "Label", "Amount", "Tokens", ""]}
    >
      {entries.map((entry) => (
        <tr role="row" key={entry.seq}>
          <WhenAndWhere entry={entry} />
          <td>
            {entry.kind}
            {entry.unknown && <span class="tag low">unknown</span>}
          </td>
          <td>
            <Filter name="model" value={entry.model} pool={pool} />
          </td>
          <td>
            <Filter name="label" value={entry.label} pool={pool} />
          </td>
          <td class="number">{usd(entry.amount.usd)}</td>
          <td class="number">{count(entry.amount.tokens)}</td>
          <td class="number">
            {mayChange() && (entry.kind === "commit" || entry.kind === "record") && (
              <button
                class="small"
                aria-label={`Amend ${usd(entry.amount.usd)} of ${entry.pool}, ${dayAndTime(entry.at)}`}
                onClick={() => askToAmend(entry, onDone)}
              >
                Amend
              </button>
            )}
          </td>
        </tr>
      ))}
    </Table>
  );
}

/** Returns a change in words. */
function changeText({ kind, change }: LedgerEntry): string {
  if (kind === "reset") return "reset";
  if (kind === "delete") return "deleted";
  if (change === undefined) return "changed settings";
  const parts: string[] = [];
  if (change.frozen !== undefined) parts.push(change.frozen ? "froze" : "thawed");
  if (change.ended !== undefined) parts.push(`released the hold ${change.ended}`);
  for (const [axis, cap] of Object.entries(change.caps ?? {})) {
    const name = AXIS_NAMES[axis as Axis].toLowerCase();
    parts.push(
      cap === null ? `took away the cap of ${name}` : `set ${name} to ${onAxis(cap, axis as Axis)}`,
    );
  }
  for (const [axis, by] of Object.entries(change.by ?? {})) {
    const word = by < 0 ? "lowered" : "raised";
    const name = AXIS_NAMES[axis as Axis].toLowerCase();
    parts.push(`${word} ${name} by ${onAxis(Math.abs(by), axis as Axis)}`);
  }
  if (change.until !== undefined) parts.push(`until ${dayAndTime(change.until)}`);
  if (change.window !== undefined) parts.push("changed the window");
  if (change.overage !== undefined) parts.push(`set overage to ${change.overage}`);
  return parts.join(", ");
}

export function ChangeTable({ entries }: { readonly entries: readonly LedgerEntry[] }) {
  return (
    <Table caption="Changes" heads={["When", "Pool", "Who", "What", "Why"]}>
      {entries.map((entry) => (
        <tr role="row" key={entry.seq}>
          <WhenAndWhere entry={entry} />
          <td>{entry.actor ?? <span class="quiet">unknown</span>}</td>
          <td>{changeText(entry)}</td>
          <td>{entry.reason ?? <span class="quiet">–</span>}</td>
        </tr>
      ))}
    </Table>
  );
}

export function HoldTable({
  holds,
  onDone,
}: {
  readonly holds: readonly OpenHold[];
  readonly onDone: () => void;
}) {
  return (
    <Table caption="Holds" heads={["Pool", "Id", "Held", "Tokens", "Lease", ""]}>
      {holds.map((hold) => (
        <tr role="row" key={hold.id}>
          <td>
            <a href={linkTo("pool", { path: hold.pool })}>{hold.pool}</a>
          </td>
          <td>
            <code>{hold.id}</code>
            {hold.isSlice && <span class="tag">slice of a process</span>}
          </td>
          <td class="number">{usd(hold.amount.usd)}</td>
          <td class="number">{count(hold.amount.tokens)}</td>
          <td class="nowrap">
            {hold.expiresAt > Date.now()
              ? `ends in ${duration(hold.expiresAt - Date.now())} unless renewed`
              : "has ended"}
          </td>
          <td class="number">
            {mayChange() && !hold.isSlice && (
              <button
                class="small"
                aria-label={`Release the hold ${hold.id} of ${hold.pool}`}
                onClick={() => askToEndHold(hold, onDone)}
              >
                Release
              </button>
            )}
          </td>
        </tr>
      ))}
    </Table>
  );
}
