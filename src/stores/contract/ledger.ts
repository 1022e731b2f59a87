// The ledger: an append-only list of what was settled.

import { toUsd } from "../../core/nano-usd.ts";
import type { Quantities } from "../../core/quantities.ts";
import { amountView } from "../../core/amount.ts";
import type { AmountView } from "../../core/amount.ts";
import type { Usage } from "../../core/usage.ts";
import type { ChangeView, EntryDetails } from "./entry-details.ts";

/** The kind of an entry. */
export type LedgerKind =
  | "record"
  | "commit"
  | "release"
  | "amend"
  | "reset"
  | "configure"
  | "delete";

/** The kinds of entries that record changes, which book nothing. */
const CHANGES: readonly LedgerKind[] = ["configure", "reset", "delete"];

/** How many of them a tree keeps at least, however old they are. */
export const CHANGES_KEPT = 1000;

/** The same as an SQL list. */
export const CHANGES_IN_SQL: string = CHANGES.map((kind) => `'${kind}'`).join(", ");

/** Returns whether an entry records a change. */
export function isChange({ kind }: Pick<StoredEntry, "kind">): boolean {
  return CHANGES.includes(kind);
}

/** An entry as a store keeps it. */
export interface StoredEntry {
  /** Rises from entry to entry of a tree. */
  readonly seq: number;
  readonly id: string;
  readonly kind: LedgerKind;
  readonly path: string;
  /** When it was written, by the store's clock; milliseconds since 1970. */
  readonly at: number;
  /** What it adds to used; for an amendment, a difference that may be negative. */
  readonly amount: Quantities;
  /** Whether the amount stands in for an unknown one. */
  readonly unknown: boolean;
  /** Of an amendment: the id that it amends. */
  readonly of: string | undefined;
  /** When the amount was booked: `at`, or for an amendment the time of the amended entry. */
  readonly bookedAt: number;
  /** How many resets the tree had counted when that was booked. */
  readonly asOf: number;
  /** Of a commit, record or amendment: the model and label of the spend. */
  readonly model: string | undefined;
  readonly label: string | undefined;
  /** Its other details; undefined without any. */
  readonly details: EntryDetails | undefined;
}

/** An entry of the ledger as callers see it. `usd` is dollars. */
export interface LedgerEntry {
  /** Rises from entry to entry; pass it to `ledger({ after })` to read on. */
  readonly seq: number;
  /** The id of the reservation or record, or of the reset, change or amendment. */
  readonly id: string;
  readonly kind: LedgerKind;
  /** The path of the pool of the request; it counts in every pool above too. */
  readonly pool: string;
  /** When it was written, by the store's clock; milliseconds since 1970. */
  readonly at: number;
  /** What it adds to used; for an amendment, a difference that may be negative. */
  readonly amount: AmountView;
  /** Whether the amount stands in for an unknown one (`outcome: "unknown"`). */
  readonly unknown: boolean;
  /** Of an amendment: the id of what it amends. */
  readonly of?: string;
  /**
   * Of an amendment: when the amended amount was booked; of a record with a time of its own, that
   * time. Milliseconds since 1970.
   */
  readonly bookedAt?: number;
  /** The model that was called, if given; of an amendment, the model of the amended entry. */
  readonly model?: string;
  /** The user or purpose of the spend, if given. */
  readonly label?: string;
  /** The provider that was paid, if given. */
  readonly provider?: string;
  /** The usage by the classes that are priced separately, if given. */
  readonly usage?: Usage;
  /** Of a commit: the reserved amount. */
  readonly held?: AmountView;
  /** Of a commit: how long its reservation was held, in milliseconds. */
  readonly durationMs?: number;
  /** Of a change, reset, release or amendment: its actor, if given. */
  readonly actor?: string;
  /** Its reason, if given. */
  readonly reason?: string;
  /** Of a change of settings: the changed settings. */
  readonly change?: ChangeView;
}

/** Converts an entry to the form that callers see. */
export function ledgerEntryOf(line: StoredEntry): LedgerEntry {
  const { seq, id, kind, path, at, amount, unknown, of, bookedAt, model, label, details } = line;
  const { tokens, inputTokens, outputTokens, nanoUsd, calls } = amount;
  return {
    seq,
    id,
    kind,
    pool: path,
    at,
    amount: { tokens, inputTokens, outputTokens, usd: toUsd(nanoUsd), calls },
    unknown,
    ...(of !== undefined && { of }),
    ...((of !== undefined || bookedAt !== at) && { bookedAt }),
    ...(model !== undefined && { model }),
    ...(label !== undefined && { label }),
    ...(details !== undefined && detailsView(details)),
  };
}

type DetailsView = Pick<
  LedgerEntry,
  "provider" | "usage" | "held" | "durationMs" | "actor" | "reason" | "change"
>;

function detailsView(details: EntryDetails): DetailsView {
  const { provider, usage, held, durationMs, actor, reason, change } = details;
  return {
    ...(provider !== undefined && { provider }),
    ...(usage !== undefined && { usage }),
    ...(held !== undefined && { held: amountView(held) }),
    ...(durationMs !== undefined && { durationMs }),
    ...(actor !== undefined && { actor }),
    ...(reason !== undefined && { reason }),
    ...(change !== undefined && { change }),
  };
}
