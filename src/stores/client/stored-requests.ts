// The options of stored pools beyond those of any pool, and how they are read.

import { describe } from "../../core/describe.ts";
import type { OveragePolicy } from "../../core/pool-state.ts";
import { asGiven, flag, optional, readOptions, whole } from "../../core/read-options.ts";
import type { TableFor } from "../../core/read-options.ts";
import { CHILD_OPTIONS, readChildSettings, readOverage } from "../../pool/options.ts";
import type { ChildPoolOptions } from "../../pool/options.ts";
import type { RecordOptions } from "../../pool/requests.ts";
import {
  ACCOUNTABLE_OPTIONS,
  ATTRIBUTION_OPTIONS,
  readAccountable,
  readAttribution,
} from "../contract/attribution.ts";
import type { Accountable } from "../contract/attribution.ts";
import type { Attribution } from "../../core/attribution.ts";
import { readSumKey } from "../contract/ledger-sums.ts";
import type { SumKey, SumsOptions } from "../contract/ledger-sums.ts";
import type { EntryMetadata } from "../contract/entry-details.ts";
import { readWord } from "../../core/word.ts";
import type { NewestQuery } from "../contract/store.ts";
import { readSince } from "../contract/since.ts";
import { newId } from "./id.ts";
import type { StoredSettings } from "../contract/stored-settings.ts";

/** Options of `pool` of a store. `leaseMs`, `thresholds` and `onThreshold` apply to this handle. */
export interface StoredPoolOptions extends ChildPoolOptions {
  /**
   * How long a reservation of this handle is held if its process is silent, in milliseconds from
   * 100 to 2^45.
   *
   * @default that of the pool it was opened from; 60,000 at the root
   */
  readonly leaseMs?: number | undefined;
}

/**
 * An id chosen by the caller, so that a call can be repeated safely: in another process, or after a
 * crash (R10).
 */
export interface Identity {
  /**
   * 1 to 128 characters, unique within the tree of the pool. Calls with the same id are executed
   * once.
   *
   * @default a new id
   */
  readonly id?: string | undefined;
}

/** The purpose of a hold. */
export interface Sending {
  /**
   * Whether the call goes out as soon as the amount is reserved, so that the provider may bill it
   * even if this process dies. If the process is silent until the lease expires, the amount is then
   * booked as unknown instead of being freed. A late commit or release corrects that, or
   * `pool.amend` of the entry `<id>.lost`.
   *
   * @default false
   */
  readonly sent?: boolean | undefined;
}
/** The actor and the reason of a change, and an id under which it is applied once. */
export interface AccountableChange extends Accountable, Identity {}

/**
 * Options of `record` of a stored pool: how to treat an amount that does not fit, and details for
 * its entry.
 */
export interface StoredRecordOptions extends RecordOptions, Identity, Attribution {
  /**
   * When the amount was spent, if that was earlier: a `Date`, or milliseconds since 1970. It counts
   * in every pool whose current window contains that time, and is booked past a cap all the same:
   * `overage` may be `"allow"`, the default then, or `"throw"`.
   *
   * @default now
   */
  readonly at?: number | Date | undefined;
}

/** The purpose of a hold of a stored pool. */
export interface HoldPurpose extends Sending {
  /**
   * The model to be called, for the journal of refusals: 1 to 128 characters.
   *
   * @default none
   */
  readonly model?: string | undefined;
  /**
   * The user or purpose of the call, for the journal of refusals: 1 to 128 characters.
   *
   * @default none
   */
  readonly label?: string | undefined;
}

/** Options of `reserve` of a stored pool. */
export interface ReserveOptions extends Identity, HoldPurpose {}

/** The entries of the ledger to return, oldest first. */
export interface LedgerOptions {
  /**
   * Only entries written at this time or later: a `Date`, or milliseconds since 1970.
   *
   * @default all entries
   */
  readonly since?: number | Date | undefined;
  /**
   * Only entries after the one with this `seq`.
   *
   * @default from the first
   */
  readonly after?: number | undefined;
  /**
   * The most entries to return, from 1 to 10,000.
   *
   * @default 100
   */
  readonly limit?: number | undefined;
}

/** The entries of the ledger to return, newest first. */
export interface NewestOptions extends LedgerOptions {
  /**
   * Only entries before the one with this `seq`.
   *
   * @default from the newest
   */
  readonly before?: number | undefined;
  /**
   * Only changes of settings, resets and deletions, as `changes` returns them.
   *
   * @default entries of every kind
   */
  readonly only?: "changes" | undefined;
}

const LEASE_MS_MIN = 100;
const LEASE_MS_MAX = 2 ** 45;
const LIMIT_DEFAULT = 100;
const LIMIT_MAX = 10_000;
const POOL = {
  ...CHILD_OPTIONS,
  leaseMs: optional(whole(LEASE_MS_MIN, LEASE_MS_MAX, 0)),
} satisfies TableFor<StoredPoolOptions>;
const IDENTITY = { id: optional((id: string) => readWord("id", id)) } satisfies TableFor<Identity>;
const RECORD = {
  overage: optional(readOverage),
  at: optional(readAt),
  ...IDENTITY,
  ...ATTRIBUTION_OPTIONS,
} satisfies TableFor<StoredRecordOptions>;
const SUMS = { by: readSumKey, since: readSince } satisfies TableFor<SumsOptions>;
const LEDGER = {
  since: readSince,
  after: whole(0, Number.MAX_SAFE_INTEGER, 0),
  limit: whole(1, LIMIT_MAX, LIMIT_DEFAULT),
} satisfies TableFor<LedgerOptions>;

/** The options of a stored pool after reading. */
interface ReadStoredPoolOptions {
  /** Undefined if no options were given: the pool is opened as it is. */
  readonly settings: StoredSettings | undefined;
  readonly leaseMs: number;
  readonly thresholds: readonly number[];
}

/** Reads the options of a stored pool. @throws {TypeError | RangeError} if one is invalid. */
export function readStoredPoolOptions(
  options: StoredPoolOptions | undefined,
  leaseMsDefault: number,
): ReadStoredPoolOptions {
  if (options === undefined)
    return { settings: undefined, leaseMs: leaseMsDefault, thresholds: [] };
  const { leaseMs = leaseMsDefault } = readOptions(options, POOL);
  const { leaseMs: _leaseMs, ...rest } = options;
  const { caps, overage, window, thresholds } = readChildSettings(rest);
  const isTold = (["caps", "overage", "window"] as const).some((key) => rest[key] !== undefined);
  return { settings: isTold ? { caps, overage, window } : undefined, leaseMs, thresholds };
}

/** Reads the options of `record`. @throws {TypeError | RangeError} if one is invalid. */
export function readStoredRecordOptions(options: StoredRecordOptions): {
  readonly policy: OveragePolicy;
  readonly id: string;
  readonly named: boolean;
  readonly about: EntryMetadata | undefined;
  /** When the amount was spent; undefined for now. */
  readonly at?: number;
} {
  const { overage, id, at, ...attribution } = readOptions(options, RECORD);
  if (at !== undefined && overage === "reject")
    throw new RangeError(
      'Expected `overage` to be "allow" or "throw" together with `at`: earlier spending is booked even past a cap',
    );
  return {
    policy: overage ?? (at === undefined ? "reject" : "allow"),
    ...(at !== undefined && { at }),
    ...identityOf(id),
    about: readAttribution(attribution),
  };
}

/**
 * Reads the model and label of a request.
 * @throws {TypeError | RangeError} if one is invalid.
 */
export function aboutAsk({
  model,
  label,
}: Pick<ReserveOptions, "model" | "label">): EntryMetadata | undefined {
  return readAttribution({ model, label });
}

function readIdentity(options: Identity): { readonly id: string; readonly named: boolean } {
  return identityOf(readOptions(options, IDENTITY).id);
}

function identityOf(id: string | undefined): { readonly id: string; readonly named: boolean } {
  return { id: id ?? newId(), named: id !== undefined };
}

const SENDING = { sent: flag(false) } satisfies TableFor<Sending>;
const PURPOSE = {
  ...SENDING,
  model: asGiven<string>,
  label: asGiven<string>,
} satisfies TableFor<HoldPurpose>;
const RESERVE = { ...IDENTITY, ...PURPOSE } satisfies TableFor<ReserveOptions>;

function readAt(at: number | Date): number {
  const atMs = at instanceof Date ? at.getTime() : at;
  if (Number.isSafeInteger(atMs) && atMs >= 0) return atMs;
  throw new RangeError(
    `Expected \`at\` to be a valid Date or whole milliseconds since 1970, got ${describe(at)}`,
  );
}

/** Reads the options of `reserve`. @throws {TypeError | RangeError} if one is invalid. */
export function readHoldOptions(options: ReserveOptions): {
  readonly id: string;
  readonly named: boolean;
  readonly sent: boolean;
  readonly about: EntryMetadata | undefined;
} {
  const { id, sent, ...about } = readOptions(options, RESERVE);
  return { ...identityOf(id), sent, about: aboutAsk(about) };
}

/**
 * Reads the purpose of a hold.
 * @throws {TypeError | RangeError} if it is invalid.
 */
export function readPurpose(options: HoldPurpose): {
  readonly sent: boolean;
  readonly about: EntryMetadata | undefined;
} {
  const { sent, ...about } = readOptions(options, PURPOSE);
  return { sent, about: aboutAsk(about) };
}

/**
 * Reads `sent`.
 * @throws {TypeError} if it is invalid.
 */
export function readSending(options: Sending): boolean {
  return readOptions(options, SENDING).sent;
}

/**
 * Reads the actor and reason.
 * @throws {TypeError | RangeError} if one is invalid.
 */
export function readAccount(options: Accountable): { readonly about: EntryMetadata | undefined } {
  return { about: readAccountable(readOptions(options, ACCOUNTABLE_OPTIONS)) };
}

/**
 * Reads the actor and reason of a change.
 * @throws {TypeError | RangeError} if one is invalid.
 */
export function readChangeAccount({ id, ...options }: AccountableChange): {
  readonly id: string;
  readonly about: EntryMetadata | undefined;
} {
  return { id: readIdentity({ id }).id, ...readAccount(options) };
}

/**
 * Reads the options of `sums`.
 * @throws {TypeError | RangeError} if an option is invalid.
 */
export function readSumsOptions(options: SumsOptions): {
  readonly by: SumKey;
  readonly sinceMs: number;
} {
  const { by, since } = readOptions(options, SUMS);
  return { by, sinceMs: Math.max(0, Math.ceil(since)) };
}

/**
 * Reads the options of `ledger`.
 * @throws {TypeError | RangeError} if an option is invalid.
 */
export function readLedgerOptions(options: LedgerOptions): {
  readonly sinceMs: number;
  readonly after: number;
  readonly limit: number;
} {
  const { since: sinceMs, after, limit } = readOptions(options, LEDGER);
  return { sinceMs, after, limit };
}

const NEWEST = {
  ...LEDGER,
  before: whole(0, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
  only: optional(readOnly),
} satisfies TableFor<NewestOptions>;

/**
 * Reads the options of `newest`.
 * @throws {TypeError | RangeError} if an option is invalid.
 */
export function readNewestOptions(options: NewestOptions): Omit<NewestQuery, "path"> {
  const { since: sinceMs, ...read } = readOptions(options, NEWEST);
  return { sinceMs, ...read };
}

function readOnly(only: "changes", name: string): "changes" {
  if (only === "changes") return only;
  throw new RangeError(`Expected \`${name}\` to be "changes", or left out, got ${describe(only)}`);
}
