// The one place where wire, prices and pool meet: what becomes of a request before it is forwarded.

import type { AbortSignalLike } from "../pool/abort-signal.ts";
import { BudgetError } from "../core/errors.ts";
import { inputBytesOf } from "../wire/input-bound.ts";
import { parsedOf } from "../wire/json.ts";
import { routeOf } from "../wire/routes.ts";
import type { Asked, Wire } from "../wire/wire.ts";
import { boundOf } from "./bounding.ts";
import type { Bounded } from "./bounding.ts";
import { Exchange } from "./exchange.ts";
import { holdFor } from "./holding.ts";
import type { MeteredPool, PoolSource } from "./metered-pool.ts";
import type { MeterSettings } from "./options.ts";
import { priceFor } from "./pricing.ts";
import { providerOf } from "./provider.ts";
import { CannotMeter, refusedAnswer } from "./refusals.ts";
import type { RefusedAnswer } from "./refusals.ts";
import { tellRefusal } from "./settle.ts";
import type { Holding } from "./settle.ts";

/** A request as it is about to be forwarded. */
export interface ExchangeRequest {
  readonly method: string;
  readonly url: URL;
  /** Reads the body; called once, and only for a request that is metered. */
  readonly body: () => Promise<string>;
  /** Ends a wait for room. */
  readonly signal?: AbortSignalLike | undefined;
}

/** What is to be done with a request. */
export type Opened =
  /** Forward it as it is: it costs nothing, or is to pass unmetered. */
  | { readonly kind: "passed" }
  /** Do not forward it, and answer this. */
  | { readonly kind: "refused"; readonly answer: RefusedAnswer; readonly error: Error }
  /** Forward it with this body, and tell the exchange what happens. */
  | { readonly kind: "held"; readonly body: string; readonly exchange: Exchange };

const PASSED: Opened = { kind: "passed" };

/**
 * Bounds what a request may cost and holds it in a pool. Rejects only when the body cannot be read,
 * or the signal aborts a wait: nothing is held then.
 */
export async function meterExchange(
  source: PoolSource,
  settings: MeterSettings,
  request: ExchangeRequest,
): Promise<Opened> {
  const { method, url } = request;
  const route = routeOf(method, url.pathname);
  if (route.kind === "free") return PASSED;
  if (route.kind === "unknown") {
    if (settings.unmetered === "pass") return PASSED;
    const message = `${method} ${url.pathname} is not metered, and may cost something; to let such requests through unmetered, give the meter \`unmetered: "pass"\``;
    return refusedWith(new CannotMeter("route_unmetered", message), settings);
  }
  const { wire } = route;
  const text = await request.body();
  const pool = typeof source === "function" ? source() : source;
  let asked: Asked | undefined;
  try {
    if (pool === undefined)
      throw new CannotMeter("budget_missing", "there is no budget here; call within withBudget()");
    const body = parsedOf(text);
    if (typeof body !== "object" || body === null)
      throw new CannotMeter("request_unreadable", "the body of the request is not a JSON object");
    asked = wire.asked(body, inputBytesOf(text, body), url.pathname);
    const bounded = boundedOf(wire, asked, body, url, settings);
    const held = await holdFor(pool, bounded.grant, settings.wait, request.signal);
    const since = performance.now();
    const holding = { pool, wire: wire.name, bounded, held, settings, since };
    return opened(holding, wire, asked, text, body);
  } catch (error) {
    return refusedWith(refusalOf(error), settings, { wire, pool, model: asked?.model });
  }
}

/** The request as it is to be forwarded, with what was granted written into it. */
function opened(holding: Holding, wire: Wire, asked: Asked, text: string, body: object): Opened {
  const { bounded, held } = holding;
  const isLowered =
    bounded.isClamped &&
    held.units > 0 &&
    (asked.outputLimit === undefined || asked.outputLimit > held.units);
  const limited = isLowered
    ? wire.withOutputLimit(text, body, held.units, bounded.request.provider)
    : text;
  const isTold = wire.withUsageAsked?.(limited, body);
  const exchange = new Exchange({ holding, wire, asked, isUsageAdded: isTold !== undefined });
  return { kind: "held", body: isTold ?? limited, exchange };
}

function boundedOf(
  wire: Wire,
  asked: Asked,
  body: object,
  url: URL,
  settings: MeterSettings,
): Bounded {
  const { model } = asked;
  if (model === undefined)
    throw new CannotMeter("request_unreadable", "the request names no model");
  const served = settings.provider ?? providerOf(url);
  const price = priceFor(model, served, wire.provider, settings);
  const listed = asked.service !== undefined && wire.listedServices.has(asked.service);
  return boundOf(listed ? { ...asked, service: undefined } : asked, price, settings, {
    wire: wire.name,
    provider: served ?? price.provider,
    model,
    body,
  });
}

/**
 * What a request is refused for.
 *
 * @throws what is of the caller's own code: an estimate that throws, a signal's reason.
 */
function refusalOf(error: unknown): Error {
  if (error instanceof Error && BudgetError.is(error)) return error;
  // More tokens or dollars than can be counted, or an estimate that is no number.
  if (error instanceof RangeError) return new CannotMeter("request_unreadable", error.message);
  throw error;
}

function refusedWith(
  error: Error,
  settings: MeterSettings,
  about: { wire?: Wire; pool?: MeteredPool | undefined; model?: string | undefined } = {},
): Opened {
  const answer = refusedAnswer(error, about.wire, settings.explain);
  const { wire, pool, model } = about;
  const { status } = answer;
  tellRefusal(settings, error, { pool: pool?.path, wire: wire?.name, model, status });
  return { kind: "refused", answer, error };
}
