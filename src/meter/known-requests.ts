// Opens requests that are like an earlier one, without promises and without reading them again.

import type { Eventually } from "../pool/any-budget-pool.ts";
import { inputBytesOf } from "../wire/input-bound.ts";
import { fieldOf, parsedOf } from "../wire/json/untrusted.ts";
import type { ExchangeRequest, HeldExchange } from "./exchange-request.ts";
import { FailedPool } from "./failed-pool.ts";
import { cacheMarksOf, knownRequest } from "./known-request.ts";
import type { KnownRequest, OpenedRequest } from "./known-request.ts";
import type { KnownTools } from "./known-tools.ts";
import { LikeRequest } from "./like-request.ts";
import type { MeteredGrant, MeteredPool, MeteredSending } from "./metered-pool.ts";
import type { MeterSettings, MeterState } from "./settings.ts";

/** As `SENT` is; that one is loaded at once. */
const SENT: MeteredSending = { sent: true };
const ADDRESSES_MAX = 64;
/** How many requests are remembered at one address. */
const REQUESTS_MAX = 8;
/** After so many requests that are like none, only one in as many is remembered. */
const MISSES_MAX = 32;
/** How long the price of a request holds: prices change at an instant of their own. */
const PRICED_MS = 1000;

/** A request that may be like a known one. */
export interface LikelyRequest extends Pick<ExchangeRequest, "header" | "send"> {
  readonly address: string;
  readonly text: string;
}

/** The requests that a meter remembers, without their turns. */
class KnownRequests {
  readonly #byAddress = new Map<string, KnownRequest[]>();
  #misses = 0;

  at(address: string): readonly KnownRequest[] | undefined {
    return this.#byAddress.get(address);
  }

  /** Whether the next request that is like none is to be remembered. */
  isWanted(): boolean {
    this.#misses++;
    return this.#misses <= MISSES_MAX || this.#misses % MISSES_MAX === 0;
  }

  hit(): void {
    this.#misses = 0;
  }

  add(address: string, request: KnownRequest): void {
    const known = (this.#byAddress.get(address) ?? []).filter((each) => !isSame(each, request));
    if (known.length === 0 && this.#byAddress.size >= ADDRESSES_MAX) this.#byAddress.clear();
    this.#byAddress.set(address, [request, ...known.slice(0, REQUESTS_MAX - 1)]);
  }
}

/** Whether the same requests are like two of them, such as two that were made at once. */
function isSame(one: KnownRequest, other: KnownRequest): boolean {
  const names = ["head", "tail", "settings", "beta", "marks", "band"] as const;
  return names.every((name) => one[name] === other[name]);
}

const KNOWN = new WeakMap<MeterState, KnownRequests>();

function knownBy({ state }: MeterSettings): KnownRequests {
  let known = KNOWN.get(state);
  if (known === undefined) KNOWN.set(state, (known = new KnownRequests()));
  return known;
}

/** Whether requests are remembered at an address. */
export function isKnownAddress(settings: MeterSettings, address: string): boolean {
  return knownBy(settings).at(address) !== undefined;
}

/**
 * Remembers a request into which nothing was written, for those that are like it. Never throws: its
 * call is held.
 */
export function rememberRequest(opened: OpenedRequest, tools: KnownTools): void {
  const { address } = opened.request;
  if (address === undefined || opened.wire.turns === undefined) return;
  const requests = knownBy(opened.settings);
  if (!requests.isWanted()) return;
  try {
    const known = knownRequest(opened, tools);
    if (known !== undefined) requests.add(address, known);
  } catch {
    // What cannot be read a second time is not remembered.
  }
}

/**
 * Holds a request that is like a known one, whole; undefined if there is none, or no room for that
 * now: `meterExchange` decides then. Nothing is held in that case. Where the pool fails, so does
 * the one that is returned for `meterExchange`.
 */
export function openKnown(
  pool: MeteredPool,
  settings: MeterSettings,
  request: LikelyRequest,
  tools: KnownTools,
): Eventually<HeldExchange | FailedPool | undefined> {
  const known = knownBy(settings);
  for (const each of known.at(request.address) ?? []) {
    const turns = turnsOf(each, settings, request, tools);
    if (turns === undefined) continue;
    known.hit();
    return openLike(each, pool, request, turns, tools);
  }
  return undefined;
}

/** The turns of a request that differs from a known one in these alone. */
function turnsOf(
  known: KnownRequest,
  settings: MeterSettings,
  { text, header }: LikelyRequest,
  tools: KnownTools,
): unknown {
  const { head, tail } = known;
  const end = text.length - tail.length;
  if (end <= head.length || !text.startsWith(head) || !text.endsWith(tail)) return undefined;
  if (known.settings !== settings || known.beta !== header?.("anthropic-beta")) return undefined;
  if (!isPricedNow(known, tools) || cacheMarksOf(text) !== known.marks) return undefined;
  const turns = parsedOf(text.slice(head.length, end));
  return Array.isArray(turns) && known.turns.areText(turns) ? turns : undefined;
}

function isPricedNow(known: KnownRequest, { priceFor }: KnownTools): boolean {
  const now = performance.now();
  if (now - known.pricedAt < PRICED_MS) return true;
  const { priced, settings, url } = known;
  known.pricedAt = Number.NEGATIVE_INFINITY;
  try {
    const price = priceFor(priced.about.model, priced.provider, settings, url);
    if (price !== priced.prices[0]) return false;
  } catch {
    // It has no price any longer: `meterExchange` says so.
    return false;
  }
  known.pricedAt = now;
  return true;
}

function openLike(
  known: KnownRequest,
  pool: MeteredPool,
  request: LikelyRequest,
  turns: unknown,
  tools: KnownTools,
): Eventually<HeldExchange | FailedPool | undefined> {
  const { bounded, units, factor, settings } = known;
  const shown = known.tokensOf(inputBytesOf(request.text), turns);
  const inputTokens = Math.min(shown, known.inputTokensMax);
  const { price, unit } = bounded;
  if (price.bandOf(inputTokens) !== known.band) return undefined;
  const bound = { ...bounded.bound, inputTokens };
  const { state } = settings;
  state.underWay++;
  try {
    const fixed = price.ceiling(bound, { factor });
    const asked = { fixed, unit, min: units, max: units, ...known.about };
    const grant = pool.reserveUpTo(asked, SENT);
    const held = (hold: MeteredGrant): HeldExchange =>
      openedWith(known, { ...bounded, bound, fixed }, hold, pool, request, tools);
    return "then" in grant
      ? grant.then(held, (error) => notHeld(error, pool, state, tools))
      : held(grant);
  } catch (error) {
    return notHeld(error, pool, state, tools);
  }
}

/** A refusal is left to `meterExchange`, as if it had not been asked for here. */
function notHeld(
  error: unknown,
  pool: MeteredPool,
  state: MeterState,
  { supersede }: KnownTools,
): FailedPool | undefined {
  state.underWay--;
  if (!(error instanceof Error) || fieldOf(error, "code") !== "BUDGET_EXCEEDED")
    return new FailedPool(pool, error);
  supersede(error);
  return undefined;
}

function openedWith(
  known: KnownRequest,
  bounded: KnownRequest["bounded"],
  hold: MeteredGrant,
  pool: MeteredPool,
  request: LikelyRequest,
  { begin }: KnownTools,
): HeldExchange {
  const { wire, priced, settings, outputTokens } = known;
  const { asked, provider } = priced;
  const holding = {
    pool,
    wire: wire.name,
    bounded,
    held: { bounded, hold, outputTokens, limit: undefined },
    settings,
    since: performance.now(),
    refinement: new LikeRequest(known, pool, request),
    thinkingTokens: undefined,
  };
  const exchange = begin({ holding, wire, provider, asked, body: undefined });
  return { kind: "held", body: undefined, exchange };
}
