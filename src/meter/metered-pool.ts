// The part of a pool that metering uses: of `BudgetPool`, `SharedBudgetPool` and `StoredBudgetPool`
// alike, whether they answer at once or with promises.

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
 * Returns what the ledger records of a call. The sender of a request names its model:
 * whatever the name, its spending is booked.
 */
export function aboutOf(model: string, label: string | undefined): Attribution {
  return { ...(model !== "" && { model: wordOf(model) }), ...(label !== undefined && { label }) };
}

/** Returns who was paid for a call and what it used; usage that cannot be counted is left out. */
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

/** The hold of a call whose output was granted. */
export interface MeteredGrant extends MeteredHold, Pick<AnyGrant, "units"> {}

/** The figures of a pool, as far as they are a hint of how much room there is. */
interface MeteredFigures {
  readonly remaining: Partial<AmountView>;
  /** What the pool may really spend, within the pools above it. */
  readonly available?: Partial<AmountView>;
}

/** Small texts that all processes of a store share: where the meter keeps what was counted. */
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
 * The request goes out as soon as it is held: what is said with the hold costs no trip of its own.
 * A request that is not sent after all is released.
 */
export const SENT: MeteredSending = { sent: true };

/** The part of `AnyBudgetPool` that the meter uses, with what stored pools take besides. */
export interface MeteredPool extends Pick<AnyBudgetPool, "path" | "amend"> {
  /** Of a stored pool whose store keeps documents. */
  readonly documents?: CountDocuments | undefined;
  reserveUpTo(request: GrantRequest, sending?: MeteredSending): Eventually<MeteredGrant>;
  /** Holds an amount under an id of the caller's own; a pool in memory has none. */
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

/** Returns whether a pool keeps entries that can be amended; one in memory does not. */
export function keepsEntries(pool: MeteredPool): boolean {
  return pool.amend !== undefined;
}

/** A call, as far as it may say which pool it draws from. */
export interface MeteredCall {
  readonly provider: { readonly id: string };
  /** Undefined of a call whose body is not read: the user has set a price for its route. */
  readonly asked?:
    | { readonly model: string | undefined; readonly otherModels: readonly string[] }
    | undefined;
  /** The price of the model, and those of the other models, in their order. */
  readonly prices: readonly { readonly model: string }[];
}

/** A pool, or where to look for one each time. */
export type PoolSource = MeteredPool | (() => MeteredPool | undefined);

/** Returns the pool that a call draws from; `found` is the one that was found without it. */
export async function poolFor(
  source: PoolSource,
  found: MeteredPool,
  call: MeteredCall,
): Promise<MeteredPool> {
  if (typeof source !== "function") return found;
  // One of this package may look at the call; others do not know of it.
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
