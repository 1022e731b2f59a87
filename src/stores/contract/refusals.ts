// R18. The journal of refusals of a tree: what a store keeps of asks that were refused, and how
// callers see it. It is bounded: the last refusals whole, and counts by minute.

import { amountView } from "../../core/amount.ts";
import type { AmountView } from "../../core/amount.ts";
import type { Axis } from "../../core/axis.ts";
import type { Quantities } from "../../core/quantities.ts";
import type { Refusal, RefusalReason } from "../../core/refusal.ts";
import { readOptions, whole } from "../../core/read-options.ts";
import type { TableFor } from "../../core/read-options.ts";
import { readSince } from "./since.ts";

/** How many refusals of a tree are kept whole: the last ones. */
export const REFUSALS_KEPT = 1000;
/** How many counts of a tree are kept, of those of the last day. */
export const REFUSAL_COUNTS_KEPT = 5000;
/** For how long counts are kept. */
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

/** A refusal with its number, which rises from one to the next within a tree. */
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
  /** The model and label of the requests, where they were given. */
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
  /** All of them, each once. */
  readonly counts: readonly RefusalCount[];
}

/** Which refusals of a tree are asked for. */
export interface RefusalsQuery {
  readonly root: string;
  /** Only those after the one with this `seq`; 0 for all. */
  readonly after: number;
  /** Only those refused at this time or later, and counts of minutes that had not ended by then. */
  readonly sinceMs: number;
}

/** The content of the journal of a tree. */
export interface RefusalsKept {
  /** Oldest first. */
  readonly lines: readonly KeptRefusal[];
  readonly counts: readonly RefusalCount[];
}

/**
 * Keeps the journals of refusals of a store: the last 1,000 of a tree whole, and 5,000 counts of
 * the last 24 hours. Where `add` is left out, the store writes what it refuses by itself.
 */
export interface RefusalJournal {
  /** Adds refusals, and drops what is more than is kept. */
  add?(root: string, batch: RefusalBatch): Promise<void>;
  read(query: RefusalsQuery): Promise<RefusalsKept>;
}

/** A request that was refused, as callers see it. `usd` figures are dollars. */
export interface RefusalEntry extends Refusal {
  /** When it was refused, by the clock of the process that asked; milliseconds since 1970. */
  readonly at: number;
  /** The path of the pool of the request; `pool` is that of the one that refused. */
  readonly askedPool: string;
  readonly asked: AmountView;
  /** The model, label and actor of the request, where they were given. */
  readonly model?: string;
  readonly label?: string;
  readonly actor?: string;
}

/** The recent refusals. */
export interface Refusals {
  /** The last refusals, newest first. */
  readonly last: readonly RefusalEntry[];
  /** How many there were in each minute, newest first. */
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
   * Only what was refused at this time or later: a `Date`, or milliseconds since 1970.
   *
   * @default all that is kept
   */
  readonly since?: number | Date | undefined;
}

const OPTIONS = {
  limit: whole(1, REFUSALS_KEPT, LIMIT_DEFAULT),
  since: readSince,
} satisfies TableFor<RefusalsOptions>;

/** Reads which refusals are asked for. @throws {TypeError | RangeError} on what is wrong. */
export function readRefusalsOptions(options: RefusalsOptions): {
  readonly limit: number;
  readonly sinceMs: number;
} {
  const { limit, since } = readOptions(options, OPTIONS);
  return { limit, sinceMs: Math.ceil(since) };
}

/** Shows a refusal as callers see it. */
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
 * Returns what is counted together: the minute it was in, and all that `RefusalCount` tells of it.
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

/** Returns the refusal of a text that `refusalText` made, with its number. */
export function keptRefusalOf(seq: number, text: string): KeptRefusal {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by refusalText
  return { ...(JSON.parse(text) as RefusalLine), seq };
}

/** Returns the first minute whose count is kept at a time. */
export function firstMinuteKept(atMs: number): number {
  return atMs - REFUSAL_COUNTS_MS;
}

/** Returns the name under which a store counts, besides the minute. */
export function countNameOf({ pool, axis, reason, model, label }: RefusalCount): string {
  return JSON.stringify([pool, axis, reason, model ?? "", label ?? ""]);
}

/** Returns the count of a name that `countNameOf` made. */
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
