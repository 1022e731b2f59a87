// What a pool asks of a store, and what the store answers: data that JSON and structured clones
// carry whole, money in nano-dollars except in refusals, which people read. A field that is
// undefined may be left out.

import type { CapQuantities, CapQuantitiesChange } from "../../core/caps.ts";
import type { OveragePolicy } from "../../core/pool-state.ts";
import type { Quantities } from "../../core/quantities.ts";
import type { Refusal } from "../../core/refusal.ts";
import type { Settled } from "../../core/rules.ts";
import type { WindowRule } from "../../core/window-rule.ts";
import type { EntryMetadata } from "./entry-details.ts";
import type { PoolFigures } from "./pool-figures.ts";
import type { StoredSettings } from "./stored-settings.ts";

/** What every command on a pool says. */
interface OnPool {
  /** The path of the pool, such as `"acme/search"`. */
  readonly path: string;
}

/** What every command that changes the books says (R10). */
interface Identified extends OnPool {
  /** Made on the caller's side; the same in every retry. Unique within the tree. */
  readonly id: string;
}

/** What every command says that may be given up without an answer. */
interface Repeatable extends Identified {
  /** Whether the id is the caller's own: a caller without an answer may ask again under it. */
  readonly named?: boolean | undefined;
}

/** What every command that changes used may ask to have reported. */
interface Watching {
  /** The paths, of this pool and above, whose figures before and after are reported. */
  readonly watched?: readonly string[] | undefined;
}

/** What every command may say that writes a line, or is noted when it is refused. */
interface Told {
  /** What its line, or the journal of refusals, tells besides; nothing else depends on it. */
  readonly about?: EntryMetadata | undefined;
}

/** What every command says that holds an amount for a call. */
interface Sending {
  /**
   * R11. Whether the call goes out as soon as it is held: nothing heard of it by the end of its
   * lease, the amount is booked as unknown, and not freed.
   */
  readonly sent?: boolean | undefined;
}

/** What a pool that does not exist yet is made with. */
export interface TemplatedPool {
  readonly path: string;
  readonly settings: StoredSettings;
}

/** Makes the pool, and the pools above it, unless they exist. Settings that differ are reported. */
export interface OpenCommand extends OnPool {
  readonly kind: "open";
  /** What the pool is to be made with; undefined takes it as it is, or without caps. */
  readonly settings: StoredSettings | undefined;
  /** What pools above it are to be made with; those left out get no settings. */
  readonly above?: readonly TemplatedPool[] | undefined;
  /** Whether nothing is made: a pool that is not there is gone. */
  readonly ifThere?: boolean | undefined;
}

/** R2. Adds to used; what is refused under `"reject"` is not booked. */
export interface RecordCommand extends Repeatable, Watching, Told {
  readonly kind: "record";
  readonly ask: Quantities;
  readonly policy: OveragePolicy;
}

/**
 * R7. Adds what was spent before to used, at every level whose window that time is in, whatever the
 * caps.
 */
export interface LateCommand extends Repeatable, Watching, Told {
  readonly kind: "late";
  readonly ask: Quantities;
  /** When it was spent; milliseconds since 1970. A time to come is now. */
  readonly at: number;
  /** Whether an error reports to the caller that a cap is passed. */
  readonly throws: boolean;
}

/** R4. Holds an amount until it is settled, or its lease ends (R11). */
export interface ReserveCommand extends Repeatable, Sending, Told {
  readonly kind: "reserve";
  readonly ask: Quantities;
  readonly leaseMs: number;
}

/** R14. Holds `fixed + n · unit` with the largest `n` that fits. */
export interface GrantCommand extends Identified, Sending, Told {
  readonly kind: "grant";
  readonly fixed: Quantities;
  readonly unit: Quantities;
  readonly min: number;
  readonly max: number;
  readonly leaseMs: number;
}

/** R13. Holds an amount as soon as it fits and no earlier waiter needs the same room. */
export interface WaitCommand extends Identified, Sending, Told {
  readonly kind: "wait";
  readonly ask: Quantities;
  readonly leaseMs: number;
  /** How long its place in the queue is kept from now on, unless it asks again. */
  readonly placeMs: number;
  /** Whether it gives its place up if it is not let in now. */
  readonly last: boolean;
}

/** R13. Gives up a place in the queue; a hold that it was given meanwhile too. */
interface LeaveCommand extends Identified {
  readonly kind: "leave";
}

/**
 * R10, R12. Undoes a record, reservation, grant or wait that was given up without an answer: what
 * it holds is freed, and if it comes later, it comes in vain. A record that was booked is found.
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
  /** Goes before the overage policy of the pool. */
  readonly policy?: OveragePolicy | undefined;
}

/** R4. Gives back what is held. */
export interface ReleaseCommand extends Identified, Told {
  readonly kind: "release";
}

/** R11. Has leases end `leaseMs` from now; with `sent`, says that the calls go out. */
export interface RenewCommand extends OnPool, Sending {
  readonly kind: "renew";
  readonly ids: readonly string[];
  readonly leaseMs: number;
}

/** Corrects what a commit or record has booked. */
export interface AmendCommand extends Identified, Watching, Told {
  readonly kind: "amend";
  /** The id of the reservation or record. */
  readonly of: string;
  /** What was really used, on every axis. */
  readonly actual: Quantities;
}

/** Finds what a commit or record has booked, as amended since. */
export interface FindCommand extends OnPool {
  readonly kind: "find";
  readonly of: string;
}

/** R6. Zeroes used and drops what is held, on this pool alone. */
export interface ResetCommand extends Identified, Told {
  readonly kind: "reset";
}

/** R16. Deletes a pool that holds nothing and has none below it; without one, does nothing. */
export interface DeleteCommand extends Identified, Told {
  readonly kind: "delete";
}

/** R9. Changes settings; what is left out stays, `window: null` takes the window away. */
export interface ConfigureCommand extends Identified, Watching, Told {
  readonly kind: "configure";
  readonly caps?: CapQuantitiesChange | undefined;
  /** Amounts by which caps change after `caps`; negative lowers. */
  readonly by?: CapQuantities | undefined;
  /** R17. When `by` is taken back; milliseconds since 1970. */
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
 * R15. Takes, keeps, reports and gives back a slice: room of the pool that a process may use on its
 * own. The first draw makes the slice. Every draw of a slice has the next `seq`, and is repeated
 * unchanged until it is answered. Its lines get the ids `<id>.<seq>.<place>`, from place 1 on.
 */
export interface DrawCommand extends Identified, Watching {
  readonly kind: "draw";
  readonly seq: number;
  /** What was settled in the slice since it began, and how much of that is unknown. */
  readonly settled: Quantities;
  readonly unknown: Quantities;
  /** What was settled since the draw before. */
  readonly lines: readonly SliceEntry[];
  /** What the calls that are under way hold, and how many they are. */
  readonly holds: Quantities;
  readonly open: number;
  /** What of the slice is not given back: at least `holds`. It is never refused. */
  readonly keep: Quantities;
  /** Amounts that did not fit in the slice, judged one by one as reservations are. */
  readonly asks: readonly Quantities[];
  /** Room that would be welcome for future requests, and how little of it is of no use. */
  readonly want: Quantities;
  readonly least: Quantities;
  /** How long others are waited for that were asked to give back what they do not use. */
  readonly recallMs: number;
  readonly leaseMs: number;
  /** Whether it is the last: nothing is kept. */
  readonly end: boolean;
}

/** R3. Why a request would be refused now. */
interface CheckCommand extends OnPool {
  readonly kind: "check";
  readonly ask: Quantities;
}

/** All figures of the pool. */
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
  /** What the slice has now: what it keeps, the requests that were admitted, and room besides. */
  readonly held: Quantities;
  /** `1` or `0` for each request, in their order. */
  readonly admitted: string;
  /** Why, for each `0`: refused, out of range, or done when it would fit by now. */
  readonly refused: readonly Outcome[];
  /** Whether the refusals are final: no other slice is waited for that may give something back. */
  readonly isFinal: boolean;
  /** Whether what slices do not use is to be given back at once, and not kept for a while. */
  readonly isRecalled: boolean;
  /** The overage policy that holds for the pool. */
  readonly policy: OveragePolicy;
  /** What was booked beyond what the slice had; undefined for nothing, and of a repeated draw. */
  readonly settled?: Settled | undefined;
  readonly levels?: readonly LevelChange[] | undefined;
}

/** The outcome of a command. Which outcomes a command can have is said in store.ts. */
export type Outcome =
  | { readonly kind: "done"; readonly levels?: readonly LevelChange[] | undefined }
  /** Of an open: what the pool was made with, and what it has now. */
  | { readonly kind: "opened"; readonly made: string; readonly settings: StoredSettings }
  | { readonly kind: "refused"; readonly refusal: Refusal }
  | { readonly kind: "held"; readonly quantities: Quantities; readonly units: number }
  /** Of a wait that goes on: why, and when a window rolls that may let it in, if any does. */
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
  /** Of a delete: it holds something, or has pools below it. */
  | { readonly kind: "in use"; readonly openReservations: number }
  /** The pool is not in the store. */
  | { readonly kind: "gone" }
  /** The reservation or record is not in the store. */
  | { readonly kind: "not found" }
  /** The id is that of another command. */
  | { readonly kind: "id taken" }
  /** R1: a total would pass 2^53 − 1. */
  | { readonly kind: "out of range"; readonly message: string };
