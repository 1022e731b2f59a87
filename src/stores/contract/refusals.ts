// R18. The journal of refusals of a tree: what a store keeps of refused requests, and how callers
// see it. It is bounded: the last refusals in full, and counts by minute.

import { amountView } from "../../core/amount.ts";
import type { AmountView } from "../../core/amount.ts";
import type { Axis } from "../../core/axis.ts";
import type { Quantities } from "../../core/quantities.ts";
import type { Refusal, RefusalReason } from "../../core/refusal.ts";
import { readOptions, whole } from "../../core/read-options.ts";
import type { TableFor } from "../../core/read-options.ts";
import { readSince } from "./since.ts";

/** How many refusals of a tree are kept in full: the last ones. */
export const REFUSALS_KEPT = 1000;
/** How many counts of the last day a tree keeps. */
export const REFUSAL_COUNTS_KEPT = 5000;
/** How long counts are kept. */
const REFUSAL_COUNTS_MS: number = 24 * 3_600_000;
const MINUTE_MS = 60_000;
const LIMIT_DEFAULT = 100;

/** A refusal as a store keeps it. */
export interface RefusalLine {
  /** When the request was refused; milliseconds since 1970. */
  readonly at: number;
  /** The path of the pool of the request. */
  readonly path: string;
  readonly asked: Quantities;
  readonly refusal: Refusal;
  readonly model?: string | undefined;
  readonly label?: string | undefined;
  readonly actor?: string | undefined;
}

/** A refusal with its number, which rises with each refusal of a tree. */
export interface KeptRefusal extends RefusalLine {
  readonly seq: number;
}

/** The number of requests that were refused in one minute for the same reason. */
export interface RefusalCount {
  /** When the minute began; milliseconds since 1970. */
  readonly minute: number;
  /** The path of the pool that refused. */
  readonly pool: string;
  readonly axis: Axis;
  readonly reason: RefusalReason;
  /** The model and label of the requests, if given. */
  readonly model?: string;
  readonly label?: string;
  readonly count: number;
}

/** Refusals that are added to the journal of a tree in one step. */
export interface RefusalBatch {
  /** When they are written; milliseconds since 1970. */
  readonly at: number;
  /** The last of them, oldest first. */
  readonly lines: readonly RefusalLine[];
  /** The counts of all of them. */
  readonly counts: readonly RefusalCount[];
}

/** The refusals of a tree to return. */
export interface RefusalsQuery {
  readonly root: string;
  /** Only refusals after the one with this `seq`; 0 for all. */
  readonly after: number;
  /** Only refusals at this time or later, and counts of minutes that had not ended by then. */
  readonly sinceMs: number;
}

/** The content of the journal of a tree. */
export interface RefusalsKept {
  /** Oldest first. */
  readonly lines: readonly KeptRefusal[];
  readonly counts: readonly RefusalCount[];
}

/**
 * Keeps the journals of refusals of a store: the last 1,000 of a tree in full, and 5,000 counts of
 * the last 24 hours. Without `add`, the store records its refusals itself.
 */
export interface RefusalJournal {
  /** Adds refusals, and drops the oldest beyond the limits. */
  add?(root: string, batch: RefusalBatch): Promise<void>;
  read(query: RefusalsQuery): Promise<RefusalsKept>;
}

/** A refused request, as callers see it. `usd` figures are dollars. */
export interface RefusalEntry extends Refusal {
  /** When it was refused, by the clock of the requesting process; milliseconds since 1970. */
  readonly at: number;
  /** The path of the pool of the request; `pool` is the one that refused. */
  readonly askedPool: string;
  readonly asked: AmountView;
  /** The model, label and actor of the request, if given. */
  readonly model?: string;
  readonly label?: string;
  readonly actor?: string;
}

/** The recent refusals. */
export interface Refusals {
  /** The last refusals, newest first. */
  readonly last: readonly RefusalEntry[];
  /** The number of refusals in each minute, newest first. */
  readonly counts: readonly RefusalCount[];
}

/** Options of `refusals`. */
export interface RefusalsOptions {
  /**
   * The most refusals to return, from 1 to 1,000.
   *
   * @default 100
   */
  readonly limit?: number | undefined;
  /**
   * Only refusals at this time or later: a `Date`, or milliseconds since 1970.
   *
   * @default all refusals
   */
  readonly since?: number | Date | undefined;
}

const OPTIONS = {
  limit: whole(1, REFUSALS_KEPT, LIMIT_DEFAULT),
  since: readSince,
} satisfies TableFor<RefusalsOptions>;

/**
 * Reads the options of `refusals`.
 * @throws {TypeError | RangeError} if an option is invalid.
 */
export function readRefusalsOptions(options: RefusalsOptions): {
  readonly limit: number;
  readonly sinceMs: number;
} {
  const { limit, since } = readOptions(options, OPTIONS);
  return { limit, sinceMs: Math.ceil(since) };
}

/** Converts a refusal to the form that callers see. */
export function refusalEntryOf(line: RefusalLine): RefusalEntry {
  const { at, path, asked, refusal, model, label, actor } = line;
  return {
    at,
    askedPool: path,
    asked: amountView(asked),
    ...refusal,
    ...(model !== undefined && { model }),
    ...(label !== undefined && { label }),
    ...(actor !== undefined && { actor }),
  };
}

/**
 * Returns the key under which a refusal is counted: its minute, and the fields of `RefusalCount`.
 */
export function countOfRefusal({ at, refusal, model, label }: RefusalLine): RefusalCount {
  const { pool, axis, reason } = refusal;
  return {
    minute: at - (at % MINUTE_MS),
    pool,
    axis,
    reason,
    ...(model !== undefined && { model }),
    ...(label !== undefined && { label }),
    count: 1,
  };
}

/** Returns a refusal as text, as stores keep it. */
export function refusalText({
  at,
  path,
  asked,
  refusal,
  model,
  label,
  actor,
}: RefusalLine): string {
  const line: RefusalLine = { at, path, asked, refusal, model, label, actor };
  return JSON.stringify(line);
}

/** Parses the text of `refusalText`, with the number of the refusal. */
export function keptRefusalOf(seq: number, text: string): KeptRefusal {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by refusalText
  return { ...(JSON.parse(text) as RefusalLine), seq };
}

/** Returns the first minute whose count is still kept at a time. */
export function firstMinuteKept(atMs: number): number {
  return atMs - REFUSAL_COUNTS_MS;
}

/** Returns the name of a count, apart from its minute. */
export function countNameOf({ pool, axis, reason, model, label }: RefusalCount): string {
  return JSON.stringify([pool, axis, reason, model ?? "", label ?? ""]);
}

/** Parses a name of `countNameOf`. */
export function countNamed(minute: number, name: string, count: number): RefusalCount {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by countNameOf
  const [pool, axis, reason, model, label] = JSON.parse(name) as [
    string,
    Axis,
    RefusalReason,
    string,
    string,
  ];
  return {
    minute,
    pool,
    axis,
    reason,
    ...(model !== "" && { model }),
    ...(label !== "" && { label }),
    count,
  };
}
