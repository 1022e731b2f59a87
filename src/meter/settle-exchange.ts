// Books the cost of an exchange, and reports it.

import { BudgetExceeded } from "../core/errors.ts";
import type { Amount, AmountView } from "../core/amount.ts";
import type { Usage } from "../core/usage.ts";
import type { WireUsage } from "../wire/wire-usage.ts";
import type { WireName } from "../wire/wire-name.ts";
import { observedOf } from "./bound-request.ts";
import type { Bounded } from "./bounded.ts";
import type { Held } from "./hold-request.ts";
import { aboutOf, keepsEntries, paidOf } from "./metered-pool.ts";
import type { MeteredPool } from "./metered-pool.ts";
import type { Attribution } from "../core/attribution.ts";
import type { MeterSettings } from "./settings.ts";
import { knownPrice, priceOfPass } from "./pricing.ts";
import type { Refinement } from "./refine-bound.ts";
import type { ExchangeReport } from "./report.ts";
import { partOfRoom, roomOf } from "./room.ts";
import { settlingOf } from "./settlement-table.ts";
import type { Seen, Settling } from "./settlement-table.ts";
import type { Ending } from "./endings.ts";

/** The hold of an exchange, and how it was computed. */
export interface Holding {
  readonly pool: MeteredPool;
  readonly wire: WireName | "ai-sdk" | "route";
  readonly bounded: Bounded;
  readonly held: Held;
  readonly settings: MeterSettings;
  /** When it was held, on the clock of `performance.now()`. */
  readonly since: number;
  /** The tighter bounds that were requested; undefined if none are available. */
  readonly refinement?: Refinement | undefined;
  /** The thinking budget that was written into the request. */
  readonly thinkingTokens?: number | undefined;
}

/** The course of an exchange. */
export interface Ended {
  readonly ending: Ending;
  readonly seen: Omit<Seen, "outputTokensMax" | "priceOf">;
  readonly status: number | undefined;
  /** What it failed with. */
  readonly cause?: unknown;
}

/** Books the cost of an exchange. Never throws: the caller has an answer that was paid for. */
export async function settleExchange(holding: Holding, ended: Ended): Promise<void> {
  const { pool, wire, bounded, held, settings, since } = holding;
  const { seen, cause } = ended;
  const { reported } = seen;
  const { provider } = bounded;
  const isFixed = wire === "route" && /^(?:answered|interrupted)$/.test(ended.ending);
  const certain = isFixed
    ? AS_HELD
    : settlingFor(ended.ending, bounded, {
        ...seen,
        outputTokensMax: held.outputTokens,
        // Passes of other models are billed even if the answer itself is unknown, which has a price
        // of its own.
        priceOf: (model) =>
          reported?.model === model
            ? knownPrice(model, provider, settings)
            : priceOfPass(model, provider, settings),
      });
  const broken = reported === undefined ? undefined : brokenBound(holding, reported.usage);
  const settling = broken === undefined ? certain : inDoubt(certain, broken);
  const heldAmount = held.hold.amount;
  const booking = await book(holding, settling, reported?.usage);
  settings.state.underWay--;
  const { outcome, doubts } = booking.isAsHeld ? UNCOUNTED : settling;
  // The results of a batch are passes, one per request.
  const isOne = reported !== undefined && Object.keys(reported.usage).length > 0;
  if (isOne && reported.isWhole && outcome === "used") {
    learn(holding, reported.usage);
  }
  if (reported?.isWhole === true && (settling.outcome === "used" || broken !== undefined))
    void learnBounds(holding, reported);
  const output =
    reported?.usage === undefined ? undefined : observedOf(reported.usage).outputTokens;
  report(settings, {
    outcome,
    pool: pool.path,
    wire,
    provider: sellerOf(bounded),
    model: bounded.request.model,
    status: ended.status,
    usage: reported?.usage,
    doubts,
    guessedPrice: bounded.price.isGuess,
    writtenLimit: held.limit,
    writtenThinking: holding.thinkingTokens,
    boundedBy: holding.refinement?.names ?? [],
    countRequests: holding.refinement?.requests ?? 0,
    isCut:
      held.limit !== undefined &&
      outcome !== "released" &&
      (output === undefined || output >= held.limit),
    held: heldAmount,
    booked: booking.booked,
    unbooked: booking.unbooked,
    exceeded: booking.exceeded,
    id: held.hold.id,
    durationMs: performance.now() - since,
    error: booking.error ?? (cause instanceof Error ? cause : undefined),
  });
}

/** A route with a user's price costs what was held. */
const AS_HELD: Settling = { outcome: "used", amount: undefined, doubts: [] };

/** The hold replaces an amount that cannot be counted. */
const UNCOUNTED: Settling = {
  outcome: "bounded",
  amount: undefined,
  doubts: ["the provider reported more than can be counted"],
};

/** The amount to book; the hold if it cannot be counted. */
function settlingFor(ending: Ending, bounded: Bounded, seen: Seen): Settling {
  try {
    return settlingOf(ending, bounded, seen);
  } catch {
    return UNCOUNTED;
  }
}

interface BookingResult {
  readonly booked: AmountView | undefined;
  readonly exceeded: boolean;
  /** Whether the hold was booked, because the pool cannot count the usage. */
  readonly isAsHeld?: boolean;
  readonly unbooked?: Amount;
  readonly error?: Error;
}

async function book(
  { pool, held: { hold }, bounded, settings }: Holding,
  { outcome, amount }: Settling,
  usage: Usage | undefined,
): Promise<BookingResult> {
  const isStored = keepsEntries(pool);
  const about = isStored
    ? { ...aboutOf(bounded.request.model, settings.label), ...paidOf(sellerOf(bounded), usage) }
    : {};
  const isUnsure = isStored && outcome !== "used";
  const mark = isUnsure ? { outcome: "unknown" as const } : {};
  try {
    if (outcome === "released") {
      await hold.release();
      return { booked: undefined, exceeded: false };
    }
    const unknown = isStored && { outcome: "unknown" as const };
    const { settlement, isAsHeld } = await commit(
      hold,
      { ...amount, ...about, ...mark },
      { ...about, ...unknown },
    );
    const { booked, exceeded } = settlement;
    return { booked, exceeded: exceeded !== undefined, isAsHeld };
  } catch (error) {
    if (outcome === "released") return { booked: undefined, exceeded: false, ...errorIn(error) };
    const unbooked = { ...hold.amount, ...amount };
    if (!(error instanceof Error) || !BudgetExceeded.is(error))
      return { booked: undefined, exceeded: false, unbooked, ...errorIn(error) };
    // It was spent, so what the policy "reject" did not book is booked here.
    if (!error.booked) return bookAgain(pool, unbooked, about, error);
    return { booked: undefined, exceeded: true, error };
  }
}

type Hold = Held["hold"];

interface Committed {
  readonly settlement: Awaited<ReturnType<Hold["commit"]>>;
  readonly isAsHeld: boolean;
}

/** Commits an amount; the hold, if the pool cannot count it. No hold stays open. */
async function commit(
  hold: Hold,
  actual: Parameters<Hold["commit"]>[0],
  asHeld: Parameters<Hold["commit"]>[0],
): Promise<Committed> {
  try {
    return { settlement: await hold.commit(actual), isAsHeld: false };
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    return { settlement: await hold.commit(asHeld), isAsHeld: true };
  }
}

function errorIn(error: unknown): { readonly error?: Error } {
  return error instanceof Error ? { error } : {};
}

async function bookAgain(
  pool: MeteredPool,
  amount: Amount,
  about: Attribution,
  error: Error,
): Promise<BookingResult> {
  try {
    await pool.record(amount, { overage: "allow", ...about });
    return { booked: undefined, exceeded: true, error };
  } catch (other) {
    const last = other instanceof Error ? other : error;
    return { booked: undefined, exceeded: true, unbooked: amount, error: last };
  }
}

/** The doubt about a provider that counts more than it said before. */
function brokenBound({ refinement }: Holding, usage: Usage): string | undefined {
  const { inputTokens } = observedOf(usage);
  if (refinement?.isBroken(inputTokens) !== true) return undefined;
  return `the provider reports ${inputTokens} input tokens, more than its own counts allow`;
}

function inDoubt(settling: Settling, doubt: string): Settling {
  const outcome = settling.outcome === "used" ? "bounded" : settling.outcome;
  return { ...settling, outcome, doubts: [...settling.doubts, doubt] };
}

/** A call that holds more than this fraction of the room may soon not fit. */
const NEAR = 1 / 16;

/**
 * Learns tighter bounds for later calls, with full effort if the room is short. No call waits for a
 * store to find out.
 */
async function learnBounds(
  { refinement, pool, held, thinkingTokens = 0 }: Holding,
  reported: WireUsage,
): Promise<void> {
  if (refinement === undefined) return;
  const room = refinement.isAsked ? undefined : await roomOf(pool);
  const isNeeded = room === undefined || partOfRoom(room, held.hold.amount) > NEAR;
  refinement.learn(reported, { isNeeded, thinkingTokens });
}

function learn({ settings, bounded }: Holding, usage: Parameters<typeof observedOf>[0]): void {
  try {
    settings.estimator?.learn?.(bounded.request, observedOf(usage));
  } catch {
    // An error of the user's code must not affect the caller's answer.
  }
}

function report(settings: MeterSettings, exchange: ExchangeReport): void {
  try {
    settings.onExchange(exchange);
  } catch {
    // An error of the user's code must not affect the caller's answer.
  }
}

/** Reports a request that was refused before it was made. */
export function reportRefusal(
  settings: MeterSettings,
  error: Error,
  about: Partial<Pick<ExchangeReport, "pool" | "wire" | "provider" | "model" | "status">>,
): void {
  report(settings, {
    outcome: "refused",
    pool: about.pool,
    wire: about.wire,
    provider: about.provider,
    model: about.model,
    status: about.status,
    usage: undefined,
    doubts: [],
    guessedPrice: false,
    writtenLimit: undefined,
    writtenThinking: undefined,
    boundedBy: [],
    countRequests: 0,
    isCut: false,
    held: undefined,
    booked: undefined,
    unbooked: undefined,
    exceeded: false,
    id: undefined,
    durationMs: 0,
    error,
  });
}

/** Returns the provider's name: at an unknown host, the one whose price applies. */
function sellerOf({ provider, price }: Bounded): string {
  return provider.id !== "unknown" || price.provider === "" ? provider.id : price.provider;
}
