// What a pool sends to a store, and what the store answers: data that survives JSON and structured
// clones. Money is in nano-dollars, except in refusals, which people read. An undefined field may
// be omitted.

import type { CapQuantities, CapQuantitiesChange } from "../../core/caps.ts";
import type { OveragePolicy } from "../../core/pool-state.ts";
import type { Quantities } from "../../core/quantities.ts";
import type { Refusal } from "../../core/refusal.ts";
import type { Settled } from "../../core/rules.ts";
import type { WindowRule } from "../../core/window-rule.ts";
import type { EntryMetadata } from "./entry-details.ts";
import type { PoolFigures } from "./pool-figures.ts";
import type { StoredSettings } from "./stored-settings.ts";

/** The fields of every command on a pool. */
interface OnPool {
  /** The path of the pool, such as `"acme/search"`. */
  readonly path: string;
}

/** The fields of every command that changes the books (R10). */
interface Identified extends OnPool {
  /** Chosen on the caller's side; the same in every retry. Unique within the tree. */
  readonly id: string;
}

/** The fields of every command that its caller may abandon without an answer. */
interface Repeatable extends Identified {
  /** Whether the caller chose the id: without an answer, it may repeat the call under it. */
  readonly named?: boolean | undefined;
}

/** The fields of every command that changes used. */
interface Watching {
  /** The paths, of this pool and above, whose figures before and after are to be reported. */
  readonly watched?: readonly string[] | undefined;
}

/** The fields of every command that writes an entry, or is noted when it is refused. */
interface Told {
  /** The metadata for the entry, or for the journal of refusals; nothing else depends on it. */
  readonly about?: EntryMetadata | undefined;
}

/** The fields of every command that reserves an amount for a call. */
interface Sending {
  /**
   * R11. Whether the call goes out as soon as the amount is reserved: if its process is silent
   * until the lease expires, the amount is booked as unknown instead of being freed.
   */
  readonly sent?: boolean | undefined;
}

/** How a missing pool is created. */
export interface TemplatedPool {
  readonly path: string;
  readonly settings: StoredSettings;
}

/**
 * Opens a pool: creates it, and the pools above it, if they do not exist. Differing settings are
 * reported.
 */
export interface OpenCommand extends OnPool {
  readonly kind: "open";
  /** The settings of a new pool; undefined opens it as it is, or creates it without caps. */
  readonly settings: StoredSettings | undefined;
  /** The settings of new pools above it; omitted ones get none. */
  readonly above?: readonly TemplatedPool[] | undefined;
  /** Whether nothing is created: a missing pool is reported as gone. */
  readonly ifThere?: boolean | undefined;
}

/** R2. Adds to used; a refusal under `"reject"` books nothing. */
export interface RecordCommand extends Repeatable, Watching, Told {
  readonly kind: "record";
  readonly ask: Quantities;
  readonly policy: OveragePolicy;
}

/**
 * R7. Adds earlier spend to used, at every level whose current window contains its time, whatever
 * the caps.
 */
export interface LateCommand extends Repeatable, Watching, Told {
  readonly kind: "late";
  readonly ask: Quantities;
  /** When it was spent; milliseconds since 1970. A future time counts as now. */
  readonly at: number;
  /** Whether an exceeded cap is reported to the caller as an error. */
  readonly throws: boolean;
}

/** R4. Reserves an amount until it is settled or its lease expires (R11). */
export interface ReserveCommand extends Repeatable, Sending, Told {
  readonly kind: "reserve";
  readonly ask: Quantities;
  readonly leaseMs: number;
}

/** R14. Reserves `fixed + n · unit` with the largest `n` that fits. */
export interface GrantCommand extends Identified, Sending, Told {
  readonly kind: "grant";
  readonly fixed: Quantities;
  readonly unit: Quantities;
  readonly min: number;
  readonly max: number;
  readonly leaseMs: number;
}

/** R13. Reserves an amount as soon as it fits and no earlier waiter needs the same room. */
export interface WaitCommand extends Identified, Sending, Told {
  readonly kind: "wait";
  readonly ask: Quantities;
  readonly leaseMs: number;
  /** How long its place in the queue is kept from now on, unless it asks again. */
  readonly placeMs: number;
  /** Whether it leaves the queue if it is not admitted now. */
  readonly last: boolean;
}

/** R13. Leaves the queue, and releases a reservation that it may have been given meanwhile. */
interface LeaveCommand extends Identified {
  readonly kind: "leave";
}

/**
 * R10, R12. Undoes an abandoned record, reservation, grant or wait: frees its hold, or makes it
 * fail if it arrives later. A record that is already booked is returned.
 */
export interface WithdrawCommand extends Identified {
  readonly kind: "withdraw";
}

/** R4, R5. Books what was really used. */
export interface CommitCommand extends Identified, Watching, Told {
  readonly kind: "commit";
  readonly actual: Quantities;
  /** Whether the amount stands in for an unknown one. */
  readonly unknown: boolean;
  /** Overrides the overage policy of the pool. */
  readonly policy?: OveragePolicy | undefined;
}

/** R4. Releases a hold. */
export interface ReleaseCommand extends Identified, Told {
  readonly kind: "release";
}

/** R11. Extends leases to `leaseMs` from now; with `sent`, marks their calls as sent. */
export interface RenewCommand extends OnPool, Sending {
  readonly kind: "renew";
  readonly ids: readonly string[];
  readonly leaseMs: number;
}

/** Corrects what a commit or record booked. */
export interface AmendCommand extends Identified, Watching, Told {
  readonly kind: "amend";
  /** The id of the reservation or record. */
  readonly of: string;
  /** The amount that was really used, on every axis. */
  readonly actual: Quantities;
}

/** Returns what a commit or record booked, including amendments. */
export interface FindCommand extends OnPool {
  readonly kind: "find";
  readonly of: string;
}

/** R6. Zeroes used and drops open reservations, on this pool only. */
export interface ResetCommand extends Identified, Told {
  readonly kind: "reset";
}

/** R16. Deletes a pool without open reservations and without pools below it, if it exists. */
export interface DeleteCommand extends Identified, Told {
  readonly kind: "delete";
}

/** R9. Changes settings; omitted ones stay, and `window: null` removes the window. */
export interface ConfigureCommand extends Identified, Watching, Told {
  readonly kind: "configure";
  readonly caps?: CapQuantitiesChange | undefined;
  /** Amounts by which caps change after `caps` was applied; negative ones lower them. */
  readonly by?: CapQuantities | undefined;
  /** R17. When `by` is reverted; milliseconds since 1970. */
  readonly until?: number | undefined;
  /** R17. Whether new requests are refused from now on. */
  readonly frozen?: boolean | undefined;
  readonly overage?: OveragePolicy | undefined;
  readonly window?: WindowRule | null | undefined;
}

/** A call that was settled within a slice. */
export interface SliceEntry extends Told {
  readonly kind: "commit" | "record" | "release";
  readonly amount: Quantities;
  /** Whether the amount stands in for an unknown one. */
  readonly unknown: boolean;
}

/**
 * R15. Takes, keeps, reports and returns a slice: room of the pool that a process may use on its
 * own. The first draw creates the slice. Every draw of a slice has the next `seq`, and is repeated
 * unchanged until it is answered. Its entries get the ids `<id>.<seq>.<place>`, from place 1 on.
 */
export interface DrawCommand extends Identified, Watching {
  readonly kind: "draw";
  readonly seq: number;
  /** The total settled in the slice since it began, and how much of that is unknown. */
  readonly settled: Quantities;
  readonly unknown: Quantities;
  /** What was settled since the previous draw. */
  readonly lines: readonly SliceEntry[];
  /** The total held by running calls, and their number. */
  readonly holds: Quantities;
  readonly open: number;
  /** What the slice keeps: at least `holds`. It is never refused. */
  readonly keep: Quantities;
  /** Amounts that did not fit in the slice, each judged like a reservation. */
  readonly asks: readonly Quantities[];
  /** The room wanted for future requests, and the least that is useful. */
  readonly want: Quantities;
  readonly least: Quantities;
  /** How long to wait for other processes that were asked to return spare room. */
  readonly recallMs: number;
  readonly leaseMs: number;
  /** Whether this is the last draw: nothing is kept. */
  readonly end: boolean;
}

/** R3. Returns why a request would be refused now. */
interface CheckCommand extends OnPool {
  readonly kind: "check";
  readonly ask: Quantities;
}

/** Returns all figures of the pool. */
interface SnapshotCommand extends OnPool {
  readonly kind: "snapshot";
}

/** One operation that a pool sends to a store. */
export type Command =
  | OpenCommand
  | RecordCommand
  | LateCommand
  | ReserveCommand
  | GrantCommand
  | WaitCommand
  | LeaveCommand
  | WithdrawCommand
  | CommitCommand
  | ReleaseCommand
  | RenewCommand
  | AmendCommand
  | FindCommand
  | DrawCommand
  | ResetCommand
  | ConfigureCommand
  | DeleteCommand
  | CheckCommand
  | SnapshotCommand;

/** Used at one level before and after a command, for thresholds. */
export interface LevelChange {
  readonly path: string;
  readonly capsBefore: { readonly [F in keyof Quantities]?: number };
  readonly caps: { readonly [F in keyof Quantities]?: number };
  readonly usedBefore: Quantities;
  readonly used: Quantities;
}

/** The outcome of a draw. */
export interface DrawnOutcome {
  readonly kind: "drawn";
  /** The new amount of the slice: what it keeps, the admitted requests, and spare room. */
  readonly held: Quantities;
  /** `1` or `0` for each request, in order. */
  readonly admitted: string;
  /** The outcome of each `0`: refused, out of range, or done if it would fit by now. */
  readonly refused: readonly Outcome[];
  /** Whether the refusals are final: no other slice has yet to return room. */
  readonly isFinal: boolean;
  /** Whether slices must return spare room at once, instead of keeping it for a while. */
  readonly isRecalled: boolean;
  /** The overage policy that applies to the pool. */
  readonly policy: OveragePolicy;
  /** What was booked beyond the slice; undefined for nothing, and for a repeated draw. */
  readonly settled?: Settled | undefined;
  readonly levels?: readonly LevelChange[] | undefined;
}

/** The outcome of a command. store.ts lists the outcomes of each command. */
export type Outcome =
  | { readonly kind: "done"; readonly levels?: readonly LevelChange[] | undefined }
  /** Of an open: the settings the pool was created with, and its current ones. */
  | { readonly kind: "opened"; readonly made: string; readonly settings: StoredSettings }
  | { readonly kind: "refused"; readonly refusal: Refusal }
  | { readonly kind: "held"; readonly quantities: Quantities; readonly units: number }
  /** Of a wait that continues: the refusal, and when a window rolls that may admit it, if any. */
  | {
      readonly kind: "waiting";
      readonly refusal: Refusal;
      readonly rollsAt: number | undefined;
    }
  | {
      readonly kind: "settled";
      readonly settled: Settled;
      readonly levels?: readonly LevelChange[] | undefined;
    }
  | { readonly kind: "settled before"; readonly outcome: "committed" | "released" }
  | { readonly kind: "found"; readonly amount: Quantities }
  | DrawnOutcome
  | { readonly kind: "figures"; readonly figures: PoolFigures }
  /** Of a delete: the pool has open reservations, or pools below it. */
  | { readonly kind: "in use"; readonly openReservations: number }
  /** The pool is not in the store. */
  | { readonly kind: "gone" }
  /** The store has no such reservation or record. */
  | { readonly kind: "not found" }
  /** The id belongs to another command. */
  | { readonly kind: "id taken" }
  /** R1: a total would pass 2^53 − 1. */
  | { readonly kind: "out of range"; readonly message: string };
