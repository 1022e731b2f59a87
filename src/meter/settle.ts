// Books what an exchange has cost, and tells whoever watches.

import { BudgetExceeded } from "../core/errors.ts";
import type { Amount, AmountView } from "../core/amount.ts";
import type { WireName } from "../wire/wire.ts";
import { aboutOf } from "./about.ts";
import { observedOf } from "./bounding.ts";
import type { Bounded } from "./bounding.ts";
import type { Held } from "./holding.ts";
import type { MeteredPool } from "./metered-pool.ts";
import type { MeterSettings } from "./options.ts";
import type { ExchangeReport } from "./report.ts";
import { settlingOf } from "./settling.ts";
import type { Ending, Seen, Settling } from "./settling.ts";

/** What is held for an exchange, and how it came about. */
export interface Holding {
  readonly pool: MeteredPool;
  readonly wire: WireName | "ai-sdk";
  readonly bounded: Bounded;
  readonly held: Held;
  readonly settings: MeterSettings;
  /** When it was held, on the clock of `performance.now()`. */
  readonly since: number;
}

/** How an exchange went. */
export interface Ended {
  readonly ending: Ending;
  readonly seen: Omit<Seen, "outputTokensMax">;
  readonly status: number | undefined;
  /** What it failed with. */
  readonly cause?: unknown;
}

/** Books what an exchange has cost. Never throws: the caller has an answer that was paid for. */
export async function settle(holding: Holding, ended: Ended): Promise<void> {
  const { pool, wire, bounded, held, settings, since } = holding;
  const { seen, cause } = ended;
  const { told } = seen;
  const outputTokensMax = bounded.isClamped
    ? held.units * bounded.choices
    : bounded.request.outputTokens;
  const settling = settlingFor(ended.ending, bounded, { ...seen, outputTokensMax });
  const heldAmount = held.hold.amount;
  const booking = await book(holding, settling);
  if (told?.isWhole === true && settling.outcome === "used") learn(holding, told.usage);
  tell(settings, {
    outcome: settling.outcome,
    pool: pool.path,
    wire,
    provider: bounded.price.provider,
    model: bounded.request.model,
    status: ended.status,
    usage: told?.usage,
    held: heldAmount,
    booked: booking.booked,
    unbooked: booking.unbooked,
    exceeded: booking.exceeded,
    id: held.hold.id,
    durationMs: performance.now() - since,
    error: booking.error ?? (cause instanceof Error ? cause : undefined),
  });
}

/** What is booked; what was held, when that cannot be counted. */
function settlingFor(ending: Ending, bounded: Bounded, seen: Seen): Settling {
  try {
    return settlingOf(ending, bounded, seen);
  } catch {
    return { outcome: "bounded", amount: undefined };
  }
}

interface Booking {
  readonly booked: AmountView | undefined;
  readonly exceeded: boolean;
  readonly unbooked?: Amount;
  readonly error?: Error;
}

async function book(
  { pool, held: { hold }, bounded, settings }: Holding,
  { outcome, amount }: Settling,
): Promise<Booking> {
  // Pools in memory keep no ledger.
  const isStored = hold.id !== undefined;
  const about = isStored ? aboutOf(bounded.request.model, settings.label) : {};
  try {
    if (outcome === "released") {
      await hold.release();
      return { booked: undefined, exceeded: false };
    }
    const isUnsure = isStored && outcome !== "used";
    const actual = { ...amount, ...about, ...(isUnsure && { outcome: "unknown" as const }) };
    const { booked, exceeded } = await hold.commit(actual);
    return { booked, exceeded: exceeded !== undefined };
  } catch (error) {
    if (outcome === "released") return { booked: undefined, exceeded: false, ...errorIn(error) };
    const unbooked = { ...hold.amount, ...amount };
    if (!(error instanceof Error) || !BudgetExceeded.is(error))
      return { booked: undefined, exceeded: false, unbooked, ...errorIn(error) };
    // It has been spent. What the policy "reject" has not booked is booked here.
    if (!error.booked) return bookAgain(pool, unbooked, about, error);
    return { booked: undefined, exceeded: true, error };
  }
}

function errorIn(error: unknown): { readonly error?: Error } {
  return error instanceof Error ? { error } : {};
}

async function bookAgain(
  pool: MeteredPool,
  amount: Amount,
  about: ReturnType<typeof aboutOf>,
  error: Error,
): Promise<Booking> {
  try {
    await pool.record(amount, { overage: "allow", ...about });
    return { booked: undefined, exceeded: true, error };
  } catch (other) {
    const told = other instanceof Error ? other : error;
    return { booked: undefined, exceeded: true, unbooked: amount, error: told };
  }
}

function learn({ settings, bounded }: Holding, usage: Parameters<typeof observedOf>[0]): void {
  try {
    settings.estimator?.learn?.(bounded.request, observedOf(usage));
  } catch {
    // The caller's own code, and not the caller's answer.
  }
}

function tell(settings: MeterSettings, report: ExchangeReport): void {
  try {
    settings.onExchange(report);
  } catch {
    // Not the concern of whoever made the call.
  }
}

/** Tells whoever watches of a request that was refused before it was made. */
export function tellRefusal(
  settings: MeterSettings,
  error: Error,
  about: Partial<Pick<ExchangeReport, "pool" | "wire" | "provider" | "model" | "status">>,
): void {
  tell(settings, {
    outcome: "refused",
    pool: about.pool,
    wire: about.wire,
    provider: about.provider,
    model: about.model,
    status: about.status,
    usage: undefined,
    held: undefined,
    booked: undefined,
    unbooked: undefined,
    exceeded: false,
    id: undefined,
    durationMs: 0,
    error,
  });
}
