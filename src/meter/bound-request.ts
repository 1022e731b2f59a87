// The most that a request may cost: its bound, or an estimate in its place.

import type { Amount } from "../core/amount.ts";
import { toNanoUsd, toUsd } from "../core/nano-usd.ts";
import { INPUT_CLASSES, OUTPUT_CLASSES, readUsage, sumOf } from "../core/usage.ts";
import type { Usage } from "../core/usage.ts";
import type { Bound, Price } from "../prices/index.ts";
import type { Provider } from "../wire/provider.ts";
import type { Asked } from "../wire/wire.ts";
import type { Bounded, OutputPlan } from "./bounded.ts";
import type { EstimateRequest, Observed } from "./estimate.ts";
import {
  fullInputTokensOf,
  inputTokensOf,
  unboundedInput,
  unboundedOutput,
} from "./input-tokens.ts";
import type { InputFacts } from "./input-tokens.ts";
import type { MeterSettings } from "./settings.ts";
import { withBesides } from "./beside-calls.ts";
import { billable, soldByCount } from "./counted-usage.ts";
import { checkMedia, priceDoubts } from "./pricing.ts";
import { boundReasons } from "./refusal-reasons.ts";
import type { Room } from "./room.ts";
import type { TighterBound } from "./tighter-bounds.ts";

/** The arguments of a bound. */
export interface BoundParts {
  readonly asked: Asked;
  readonly prices: readonly [Price, ...Price[]];
  readonly provider: Provider;
  readonly settings: MeterSettings;
  readonly about: Pick<EstimateRequest, "wire" | "provider" | "model" | "body">;
  /** The requested beta features; undefined if the transport does not know them. */
  readonly betas?: string | undefined;
  /** The room of the pool, if tools read input that nothing bounds. */
  readonly room?: Room | undefined;
  /** A tighter bound of the input of one pass, if any (M6). */
  readonly tighter?: TighterBound | undefined;
}

/**
 * Bounds a request.
 *
 * @throws {CannotMeter} if its input or output cannot be bounded.
 * @throws {PriceUnknown} if something it may use has no price.
 */
export function boundOf(parts: BoundParts): Bounded {
  const { asked, prices, provider, settings, about } = parts;
  const [price] = prices;
  const output = planOf(asked, price);
  const likely =
    output.kind === "limited" ? output.max : (likelyOutput(output, price, settings) ?? 0);
  const facts: InputFacts = { ...parts, model: about.model, betas: parts.betas };
  const known = tightened(inputTokensOf(facts), parts);
  const request: EstimateRequest = {
    ...about,
    inputTokens: known,
    outputTokens: heldOutput(asked, output, likely),
  };
  const expected = settings.estimator?.estimate(request);
  const isSoldByCount = soldByCountAlone(facts);
  const inputTokens = isSoldByCount ? 0 : (expected?.inputTokens ?? known);
  if (inputTokens === undefined) throw unboundedInput(facts);
  const isFixed = expected?.outputTokens !== undefined || output.kind === "fixed";
  const fixedOutput = expected?.outputTokens ?? (isFixed ? request.outputTokens : pastLimit(asked));
  const bound: Bound = {
    inputTokens,
    outputTokens: fixedOutput,
    media: { input: asked.input.hasMedia, output: asked.outputMedia.length > 0 },
    cacheWrites: asked.cacheWrites,
    cacheReadTokens: Math.min(inputTokens, parts.tighter?.cacheReadTokens ?? 0),
  };
  for (const each of prices) checkMedia(each, asked);
  const factors = prices.map((each) => each.factorFor(asked.service));
  const times = factors.map(({ factor }) => factor);
  const fixed = fixedFor(parts, facts, bound, times, expected === undefined);
  // Without output, output needs no price.
  const perUnit = isFixed || isSoldByCount || asked.outputLimit === 0 ? 0 : timesOf(asked);
  return {
    price,
    prices,
    provider,
    service: asked.service,
    doubts: priceDoubts(about.model, price, provider, settings),
    reasons: () => (expected === undefined ? boundReasons(asked, price, settings) : []),
    bound: { ...bound, inputTokens: fixed.inputTokens ?? inputTokens },
    isEstimated: expected?.inputTokens !== undefined,
    counted: asked.counted,
    fixed: withBesides(fixed, asked, provider, settings),
    unit: perUnit === 0 ? {} : unitFor(prices, bound, times, perUnit),
    output: isFixed ? { kind: "fixed" } : output,
    limitMin: Math.max(settings.outputTokensMin, asked.outputLimitMin),
    limitFloor:
      asked.outputLimitFloor && Math.max(settings.outputTokensMin, asked.outputLimitFloor),
    outputFor: (limit) => (isFixed ? fixedOutput : fixedOutput + limit * perUnit),
    request,
  };
}

/**
 * Returns whether a call is billed by counted classes, and not by tokens.
 *
 * @throws {CannotMeter} if the count is unknown before the call, because no window bounds it.
 */
function soldByCountAlone(facts: InputFacts): boolean {
  const { asked, prices, settings } = facts;
  if (!prices.every((each) => soldByCount(each, asked.counted))) return false;
  if (asked.input.unbounded.length > 0 && settings.unbounded !== "overage")
    throw unboundedInput(facts);
  return true;
}

function planOf(asked: Asked, price: Price): OutputPlan {
  const { outputLimit, overshoot } = asked;
  const max = price.outputMax ?? price.context;
  if (overshoot === "model maximum") {
    if (max === undefined) throw unboundedOutput(price);
    return { kind: "fixed" };
  }
  if (outputLimit === undefined) return { kind: "open", max };
  // A limit of zero bounds the output at zero.
  return { kind: "limited", max: outputLimit };
}

/** The expected output of an answer without a limit, for an estimate. */
function likelyOutput(
  output: OutputPlan,
  price: Price,
  { outputTokensMax }: MeterSettings,
): number | undefined {
  if (output.kind === "open") return Math.min(outputTokensMax, output.max ?? outputTokensMax);
  return price.outputMax ?? price.context;
}

function timesOf({ overshoot, choices }: Asked): number {
  return overshoot === "model maximum" ? 0 : overshoot.times * choices;
}

function pastLimit({ overshoot, choices, outputLimit }: Asked): number {
  return overshoot === "model maximum" || outputLimit === 0 ? 0 : overshoot.plus * choices;
}

function heldOutput(asked: Asked, output: OutputPlan, limit: number): number {
  if (output.kind === "fixed") return Math.max(limit, asked.outputLimit ?? 0) * asked.choices;
  return pastLimit(asked) + limit * timesOf(asked);
}

/** The input of one pass may have a tighter bound; windows that tools may read do not. */
function tightened(known: number | undefined, parts: BoundParts): number | undefined {
  const { tighter, settings, asked } = parts;
  if (tighter === undefined) return known;
  const isMany = asked.input.passes > 1 || asked.input.unbounded.length > 0;
  if (isMany && settings.unbounded !== "overage") return known;
  return Math.min(known ?? Number.POSITIVE_INFINITY, tighter.inputTokens);
}

/** The hold apart from output; with tools that read more, as much as the room allows. */
function fixedFor(
  { asked, prices, settings, room }: BoundParts,
  facts: InputFacts,
  bound: Bound,
  factors: readonly number[],
  isBound: boolean,
): Amount {
  const ceiling = (inputTokens: number): Amount =>
    dearestOf(
      prices.map((price, at) =>
        withFees(
          price.ceiling({ ...bound, inputTokens }, { factor: factors[at] }),
          price,
          asked,
          factors[at],
        ),
      ),
    );
  const shown = ceiling(bound.inputTokens);
  if (!isBound || settings.unbounded !== "overage") return shown;
  const most = fullInputTokensOf(facts);
  if (most === undefined || most <= bound.inputTokens) return shown;
  const full = ceiling(most);
  const part = partWithin(room, shown, full);
  return part === 1
    ? full
    : ceiling(bound.inputTokens + Math.floor((most - bound.inputTokens) * part));
}

/** At most this fraction of the room is held for what tools may read. */
const TOOLS_PART = 0.5;

/** Returns how far from one amount to another half of the room allows. */
function partWithin(room: Room | undefined, least: Amount, most: Amount): number {
  if (room === undefined) return 0;
  const parts = [
    partOn(room.usd, Number(least.usd ?? 0), Number(most.usd ?? 0)),
    partOn(room.tokens, least.inputTokens ?? 0, most.inputTokens ?? 0),
    partOn(room.inputTokens, least.inputTokens ?? 0, most.inputTokens ?? 0),
  ];
  return Math.min(1, Math.max(0, Math.min(...parts)));
}

function partOn(room: number | undefined, least: number, most: number): number {
  if (room === undefined || most <= least) return 1;
  return (room * TOOLS_PART - least) / (most - least);
}

/** Fees for searches, and for the request itself, if the book has a price for them. */
function withFees(
  amount: Amount,
  price: Price,
  { input, counted }: Asked,
  factor: number | undefined,
): Amount {
  const { webSearches, fileSearches, codeSessions, requests } = price.rates ?? {};
  const fees = {
    webSearches: webSearches === undefined ? 0 : input.searchesMax,
    fileSearches: fileSearches === undefined ? 0 : input.fileSearchesMax,
    codeSessions: codeSessions === undefined ? 0 : input.codeSessionsMax,
    requests: requests === undefined ? 0 : 1,
  };
  const hasNoFee = Object.values(fees).every((times) => times === 0);
  if (hasNoFee && counted === undefined) return amount;
  const fee = price.cost(fees);
  const besides = price.cost(billable(price, counted ?? {}), { factor });
  return {
    ...amount,
    usd: toUsd(toNanoUsd(amount.usd ?? 0) + toNanoUsd(fee) + toNanoUsd(besides)),
  };
}

function unitFor(
  prices: readonly Price[],
  bound: Bound,
  factors: readonly number[],
  times: number,
): Amount {
  const { outputTokens = 0, usd } = dearestOf(
    prices.map((price, at) => price.outputUnit(bound, { factor: factors[at] })),
  );
  return {
    outputTokens: outputTokens * times,
    ...(usd !== undefined && { usd: toUsd(toNanoUsd(usd) * times) }),
  };
}

/** Returns the most expensive amount; they differ only in dollars. */
function dearestOf(amounts: readonly Amount[]): Amount {
  const [first = {}, ...others] = amounts;
  return others.reduce(
    (most, each) => (toNanoUsd(each.usd ?? 0) > toNanoUsd(most.usd ?? 0) ? each : most),
    first,
  );
}

/** Returns usage as an amount on the token axes. */
export function observedOf(usage: Usage): Observed {
  const whole = readUsage(usage);
  return {
    inputTokens: sumOf(whole, INPUT_CLASSES),
    outputTokens: sumOf(whole, OUTPUT_CLASSES),
  };
}
