// The part of a pool that metering uses: common to `BudgetPool`, `SharedBudgetPool` and
// `StoredBudgetPool`, synchronous or not.

import { describe } from "../core/describe.ts";
import type { Amount, AmountView } from "../core/amount.ts";
import type { Attribution } from "../core/attribution.ts";
import type {
  AnyBudgetPool,
  AnyGrant,
  AnyReservation,
  Eventually,
} from "../pool/any-budget-pool.ts";
import type { GrantRequest } from "../pool/requests.ts";
import type { Settlement } from "../pool/settlement.ts";
import type { WaitOptions } from "../pool/wait.ts";
import type { Refusal } from "../core/refusal.ts";
import { readUsage } from "../core/usage.ts";
import type { Usage } from "../core/usage.ts";
import { wordOf } from "../core/word.ts";

/**
 * Returns the metadata of a call for the ledger. The sender of a request chooses the model name,
 * and the spending is booked under any name.
 */
export function aboutOf(model: string, label: string | undefined): Attribution {
  return { ...(model !== "" && { model: wordOf(model) }), ...(label !== undefined && { label }) };
}

/** Returns the provider and usage of a call; usage that cannot be counted is omitted. */
export function paidOf(provider: string, usage: Usage | undefined): Attribution {
  return { ...(provider !== "" && { provider: wordOf(provider) }), ...countable(usage) };
}

function countable(usage: Usage | undefined): Pick<Attribution, "usage"> {
  if (usage === undefined) return {};
  try {
    return { usage: readUsage(usage) };
  } catch {
    return {};
  }
}

/** The hold of a call. */
export interface MeteredHold extends Omit<AnyReservation, "settled" | "commit"> {
  commit(actual?: Amount & Attribution & { readonly outcome?: "unknown" }): Eventually<Settlement>;
}

/** The hold of a call with granted output. */
export interface MeteredGrant extends MeteredHold, Pick<AnyGrant, "units"> {}

/** The figures of a pool that hint at how much room there is. */
interface MeteredFigures {
  readonly remaining: Partial<AmountView>;
  /** What the pool may really spend, within the pools above it. */
  readonly available?: Partial<AmountView>;
}

/** Small texts that all processes of a store share, where the meter keeps providers' counts. */
export interface CountDocuments {
  read(kind: string, key: string): Promise<string | undefined>;
  replace(
    kind: string,
    key: string,
    before: string | undefined,
    text: string | undefined,
  ): Promise<boolean>;
}

/** Of a hold in a stored pool: whether its call goes out once it is held (R11). */
export interface MeteredSending {
  readonly sent?: boolean;
}

/**
 * The request goes out as soon as it is held, so this needs no round trip of its own. A request
 * that is not sent after all is released.
 */
export const SENT: MeteredSending = { sent: true };

/** The part of `AnyBudgetPool` that the meter uses, with additions of stored pools. */
export interface MeteredPool extends Pick<AnyBudgetPool, "path" | "amend"> {
  /** Of a stored pool whose store supports documents. */
  readonly documents?: CountDocuments | undefined;
  reserveUpTo(request: GrantRequest, sending?: MeteredSending): Eventually<MeteredGrant>;
  /** Reserves an amount under a caller's id; a pool in memory lacks it. */
  reserve?(amount: Amount, options?: { readonly id?: string }): Eventually<MeteredHold>;
  reserveWhenFree(
    amount: Amount,
    options?: WaitOptions,
    sending?: MeteredSending,
  ): PromiseLike<MeteredHold>;
  record(amount: Amount, options?: Attribution & { readonly overage?: "allow" }): Eventually<void>;
  snapshot?(): Eventually<MeteredFigures>;
  /** Returns why an amount does not fit now, without holding it. */
  check?(amount: Amount): Eventually<Refusal | undefined>;
}

/** Returns whether a pool has entries that can be amended; one in memory does not. */
export function keepsEntries(pool: MeteredPool): boolean {
  return pool.amend !== undefined;
}

/** The properties of a call that may select its pool. */
export interface MeteredCall {
  readonly provider: { readonly id: string };
  /** Undefined for a call whose body is not read, because its route has a price. */
  readonly asked?:
    | { readonly model: string | undefined; readonly otherModels: readonly string[] }
    | undefined;
  /** The price of the model, followed by those of the other models. */
  readonly prices: readonly { readonly model: string }[];
}

/** A pool, or a function that returns one for each call. */
export type PoolSource = MeteredPool | (() => MeteredPool | undefined);

/** Returns the pool that a call draws from; `found` is the one found without the call. */
export async function poolFor(
  source: PoolSource,
  found: MeteredPool,
  call: MeteredCall,
): Promise<MeteredPool> {
  if (typeof source !== "function") return found;
  // A selector of this package may inspect the call; others do not get it.
  const find: (call: MeteredCall) => Eventually<MeteredPool | undefined> = source;
  return (await find(call)) ?? found;
}

/**
 * Checks that a value is a pool, or a function that returns one for each call.
 *
 * @throws {TypeError} if it is neither.
 */
export function checkPoolSource(pool: PoolSource): void {
  if (typeof pool === "function" || typeof pool?.reserveUpTo === "function") return;
  throw new TypeError(`Expected \`pool\` to be a pool, or a function, got ${describe(pool)}`);
}
