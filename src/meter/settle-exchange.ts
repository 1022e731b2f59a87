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
import type { Eventually } from "../pool/any-budget-pool.ts";
import type { Attribution } from "../core/attribution.ts";
import type { MeterSettings } from "./settings.ts";
import { knownPrice, priceOfPass } from "./pricing.ts";
import { teach } from "./refine-bound.ts";
import type { Refined } from "./refine-bound.ts";
import type { ExchangeReport } from "./report.ts";
import { isPromise, partOfRoom, roomOf } from "./room.ts";
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
  readonly refinement?: Refined | undefined;
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

/**
 * Books the cost of an exchange, at once where the pool does so. Never throws: the caller has an
 * answer that was paid for.
 */
export function settleExchange(holding: Holding, ended: Ended): Eventually<void> {
  const { wire, bounded, held, settings } = holding;
  const { seen, ending } = ended;
  const { reported } = seen;
  const { provider } = bounded;
  const isFixed = wire === "route" && /^(?:answered|interrupted)$/.test(ending);
  const certain = isFixed
    ? AS_HELD
    : settlingFor(ending, bounded, {
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
  const heldAmount = settings.onExchange === undefined ? undefined : held.hold.amount;
  const result = book(holding, settling, reported?.usage);
  const booked = (booking: BookingResult): void => {
    settings.state.underWay--;
    const { outcome, doubts } = booking.isAsHeld ? UNCOUNTED : settling;
    // The results of a batch are passes, one per request.
    const isOne = reported !== undefined && Object.keys(reported.usage).length > 0;
    if (isOne && reported.isWhole && outcome === "used") learn(holding, reported.usage);
    if (reported?.isWhole === true && (settling.outcome === "used" || broken !== undefined))
      void learnBounds(holding, reported);
    report(settings, () => reportOf(holding, ended, { outcome, doubts, heldAmount, booking }));
  };
  return isPromise(result) ? result.then(booked) : booked(result);
}

interface Settled extends Pick<Settling, "outcome" | "doubts"> {
  readonly heldAmount: AmountView | undefined;
  readonly booking: BookingResult;
}

function reportOf(
  { pool, wire, bounded, held, since, refinement, thinkingTokens }: Holding,
  { status, seen: { reported }, cause }: Ended,
  { outcome, doubts, heldAmount, booking }: Settled,
): ExchangeReport {
  const output =
    reported?.usage === undefined ? undefined : observedOf(reported.usage).outputTokens;
  return {
    outcome,
    pool: pool.path,
    wire,
    provider: sellerOf(bounded),
    model: bounded.request.model,
    status,
    usage: reported?.usage,
    doubts,
    guessedPrice: bounded.price.isGuess,
    writtenLimit: held.limit,
    writtenThinking: thinkingTokens,
    boundedBy: refinement?.names ?? [],
    countRequests: refinement?.requests ?? 0,
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
  };
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

/** Books an amount. Never throws. */
function book(
  holding: Holding,
  { outcome, amount }: Settling,
  usage: Usage | undefined,
): Eventually<BookingResult> {
  const { pool, held, bounded, settings } = holding;
  const { hold } = held;
  const isStored = keepsEntries(pool);
  const about = isStored
    ? { ...aboutOf(bounded.request.model, settings.label), ...paidOf(sellerOf(bounded), usage) }
    : {};
  const isUnsure = isStored && outcome !== "used";
  const mark = isUnsure ? { outcome: "unknown" as const } : {};
  const unknown = isStored && { outcome: "unknown" as const };
  const nothing: BookingResult = { booked: undefined, exceeded: false };
  if (outcome === "released")
    return attempted(
      () => hold.release(),
      () => nothing,
      (error) => ({ ...nothing, ...errorIn(error) }),
    );
  return attempted(
    () => commit(hold, { ...amount, ...about, ...mark }, { ...about, ...unknown }),
    ({ settlement: { booked, exceeded }, isAsHeld }): BookingResult => ({
      booked,
      exceeded: exceeded !== undefined,
      isAsHeld,
    }),
    (error) => {
      const unbooked = { ...hold.amount, ...amount };
      if (!(error instanceof Error) || !BudgetExceeded.is(error))
        return { ...nothing, unbooked, ...errorIn(error) };
      // It was spent, so what the policy "reject" did not book is booked here.
      if (!error.booked) return bookAgain(pool, unbooked, about, error);
      return { booked: undefined, exceeded: true, error };
    },
  );
}

type Hold = Held["hold"];

/** Does something that may be done at once, or fail, either way. */
function attempted<T, R>(
  step: () => Eventually<T>,
  next: (value: T) => R,
  otherwise: (error: unknown) => Eventually<R>,
): Eventually<R> {
  let value: Eventually<T>;
  try {
    value = step();
  } catch (error) {
    return otherwise(error);
  }
  // oxlint-disable-next-line promise/no-callback-in-promise -- of a value that is there already
  return isPromise(value) ? value.then(next, otherwise) : next(value);
}

interface Committed {
  readonly settlement: Awaited<ReturnType<Hold["commit"]>>;
  readonly isAsHeld: boolean;
}

/** Commits an amount; the hold, if the pool cannot count it. No hold stays open. */
function commit(
  hold: Hold,
  actual: Parameters<Hold["commit"]>[0],
  asHeld: Parameters<Hold["commit"]>[0],
): Eventually<Committed> {
  return attempted(
    () => hold.commit(actual),
    (settlement): Committed => ({ settlement, isAsHeld: false }),
    async (error) => {
      if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
      return { settlement: await hold.commit(asHeld), isAsHeld: true };
    },
  );
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
  // A bound is tighter only by what was asked for.
  if (refinement?.isAsked !== true) return undefined;
  const { inputTokens } = observedOf(usage);
  if (!refinement.isBroken(inputTokens)) return undefined;
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
  teach(refinement, reported, { isNeeded, thinkingTokens });
}

function learn({ settings, bounded }: Holding, usage: Parameters<typeof observedOf>[0]): void {
  if (settings.estimator?.learn === undefined) return;
  try {
    settings.estimator.learn(bounded.request, observedOf(usage));
  } catch {
    // An error of the user's code must not affect the caller's answer.
  }
}

function report({ onExchange }: MeterSettings, reported: () => ExchangeReport): void {
  if (onExchange === undefined) return;
  try {
    onExchange(reported());
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
  report(settings, () => ({
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
  }));
}

/** Returns the provider's name: at an unknown host, the one whose price applies. */
function sellerOf({ provider, price }: Bounded): string {
  return provider.id !== "unknown" || price.provider === "" ? provider.id : price.provider;
}
