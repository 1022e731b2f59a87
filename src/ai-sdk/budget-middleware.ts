// The meter as middleware of the AI SDK.

import { BudgetError } from "../core/errors.ts";
import { headCharge, headersOf } from "../meter/answer-head.ts";
import type { HeadCharge } from "../meter/answer-head.ts";
import type { BoundParts } from "../meter/bound-request.ts";
import { COUNTED_BEFORE } from "../meter/counted/counted-before.ts";
import { endingOf, endingOfFailure } from "../meter/endings.ts";
import { holdFor } from "../meter/hold-request.ts";
import { checkPoolSource } from "../meter/metered-pool.ts";
import type { MeteredPool, PoolSource } from "../meter/metered-pool.ts";
import { readMeterOptions } from "../meter/options.ts";
import type { MeterOptions } from "../meter/options.ts";
import type { MeterSettings } from "../meter/settings.ts";
import { priceFor } from "../meter/pricing.ts";
import { Refinement } from "../meter/refine-bound.ts";
import { roomOf } from "../meter/room.ts";
import type { BoundRequest, BoundSource } from "../meter/tighter-bounds.ts";
import { providerFor } from "../wire/providers.ts";
import { CannotMeter } from "../meter/refusals.ts";
import { settleExchange, reportRefusal } from "../meter/settle-exchange.ts";
import type { Holding } from "../meter/settle-exchange.ts";
import type { Seen } from "../meter/settlement-table.ts";
import type { Ending } from "../meter/endings.ts";
import type { Asked } from "../wire/wire.ts";
import { at, textAt } from "../wire/json/untrusted.ts";
import type { Provider } from "../wire/provider.ts";
import type { WireUsage } from "../wire/wire-usage.ts";
import { bytesIn } from "../wire/bytes.ts";
import { askedOf, callerOf, NOWHERE, jsonOf } from "./call.ts";
import type { CallOptions, ModelName } from "./call.ts";
import { sdkConversation } from "./conversation.ts";
import { usageOf } from "./reported-usage.ts";
import { watchedParts } from "./watched-parts.ts";

/** A call for a whole answer, as the SDK passes it to middleware. */
export interface GenerateCall<P extends CallOptions, R> {
  readonly params: P;
  readonly model: ModelName & { doGenerate(params: P): PromiseLike<R> };
}

/** A call for a streamed answer, as the SDK passes it to middleware. */
export interface StreamCall<P extends CallOptions, R> {
  readonly params: P;
  readonly model: ModelName & { doStream(params: P): PromiseLike<R> };
}

/** Middleware for `wrapLanguageModel`, of the SDK's versions 6 and 7. */
export interface BudgetMiddleware {
  readonly specificationVersion: "v3";
  wrapGenerate<P extends CallOptions, R>(call: GenerateCall<P, R>): Promise<R>;
  wrapStream<P extends CallOptions, R extends { stream: ReadableStream<T> }, T>(
    call: StreamCall<P, R>,
  ): Promise<R>;
}

/**
 * Returns middleware for the Vercel AI SDK: `wrapLanguageModel({ model, middleware:
 * budgetMiddleware(pool) })`. It reserves the most that a call may cost before making it, and books
 * the actual cost. Every step of a call with tools, and every retried attempt, is reserved and
 * booked separately. Use it for providers whose traffic `meteredFetch` does not read; use one of
 * the two, not both.
 *
 * A call that does not fit is rejected with `BudgetExceeded`, or with `PriceUnknown`, `CannotMeter`
 * or `StoreUnavailable`, without any request; the SDK does not retry it.
 *
 * @throws {TypeError | RangeError} if `pool` is not a pool, or an option is unknown or invalid.
 *
 * @example
 * const pool = new BudgetPool({ caps: { usd: 5 } });
 * const model = wrapLanguageModel({
 *   model: openai("gpt-4o-mini"),
 *   middleware: budgetMiddleware(pool),
 * });
 * await generateText({ model, prompt: "Hello", maxOutputTokens: 100 });
 * pool.snapshot().used.calls; // => 1
 */
export function budgetMiddleware(pool: PoolSource, options: MeterOptions = {}): BudgetMiddleware {
  const settings = readMeterOptions(options);
  checkPoolSource(pool);
  return {
    specificationVersion: "v3",
    async wrapGenerate({ params, model }) {
      const { holding, limited } = await holdCall(pool, settings, params, model, false);
      return answered(holding, async () => {
        const answer = await model.doGenerate(limited);
        const seen = { reported: reportedBy(answer, holding), charge: chargeOf(answer, holding) };
        await settled(holding, "answered", seen);
        return answer;
      });
    },
    async wrapStream({ params, model }) {
      const { holding, limited, asked } = await holdCall(pool, settings, params, model, true);
      return answered(holding, async () => {
        const answer = await model.doStream(limited);
        const charge = chargeOf(answer, holding);
        const stream = watchedParts(answer.stream, async (parts) => {
          const { isWhole, isError, outputBytes, hidesOutput } = parts;
          const reported = usageOf(parts, holding.bounded.provider);
          const isOutputHidden = asked.isOutputHidden || hidesOutput;
          // An error before any output costs the same as with a status of its own.
          const ending = isError ? "declined" : isWhole ? "answered" : "interrupted";
          const seen = { reported, charge, outputBytes, isOutputHidden };
          await settleExchange(holding, { ending, seen, status: undefined });
        });
        return { ...answer, stream };
      });
    },
  };
}

/** Returns what a whole answer reports. */
function reportedBy(answer: unknown, { bounded }: Holding): WireUsage | undefined {
  const reported = {
    usage: at(answer, "usage"),
    providerMetadata: at(answer, "providerMetadata"),
    model: textAt(answer, "response", "modelId"),
    outputBytes: bytesIn(at(answer, "content")),
  };
  return usageOf(reported, bounded.provider);
}

/** Returns the cost in the headers of an answer. */
function chargeOf(answer: unknown, { settings, bounded }: Holding): HeadCharge | undefined {
  return headCharge(settings.reportedUsd, {
    status: undefined,
    headers: headersOf(at(answer, "response", "headers")),
    provider: bounded.provider.id,
    model: bounded.request.model,
  });
}

interface HeldCall<P> {
  readonly holding: Holding;
  readonly asked: Asked;
  /** Returns the options with the granted limit. */
  readonly limited: P;
}

async function holdCall<P extends CallOptions>(
  source: PoolSource,
  settings: MeterSettings,
  params: P,
  model: ModelName,
  streams: boolean,
): Promise<HeldCall<P>> {
  const pool = typeof source === "function" ? source() : source;
  try {
    return await heldIn(pool, settings, params, model, streams);
  } catch (error) {
    if (error instanceof Error && BudgetError.is(error)) {
      const about = { wire: "ai-sdk", model: model.modelId, pool: pool?.path } as const;
      reportRefusal(settings, error, about);
    }
    throw error;
  }
}

async function heldIn<P extends CallOptions>(
  pool: MeteredPool | undefined,
  settings: MeterSettings,
  params: P,
  model: ModelName,
  streams: boolean,
): Promise<HeldCall<P>> {
  if (pool === undefined)
    throw new CannotMeter(
      "budget_missing",
      "there is no budget here; make the call inside withBudget()",
    );
  const provider = providerFor(settings.provider ?? callerOf(model.provider));
  const asked = readCall(params, model, streams, provider);
  const price = priceFor(model.modelId, provider, settings);
  const about = {
    wire: "ai-sdk",
    provider: provider.id,
    model: model.modelId,
    body: params,
  } as const;
  const { state } = settings;
  const isAlone = state.underWay === 0;
  state.underWay++;
  try {
    const room = await roomOf(pool);
    const parts: BoundParts = { asked, prices: [price], provider, settings, about, room };
    const request = boundRequest(params, model, parts, pool);
    const refinement = new Refinement(parts, request, state.boundSources.filter(isOfUse));
    const bounded = await refinement.first();
    const signal = params.abortSignal;
    const held = await holdFor(bounded, { pool, settings, signal, room, isAlone, refinement });
    const since = performance.now();
    const holding: Holding = {
      pool,
      wire: "ai-sdk",
      bounded: held.bounded,
      held,
      settings,
      since,
      refinement,
    };
    const { limit } = held;
    const limited = limit === undefined ? params : { ...params, maxOutputTokens: limit };
    return { holding, asked, limited };
  } catch (error) {
    state.underWay--;
    throw error;
  }
}

/**
 * Only counts of earlier calls are useful here. Other sources need the request as it is sent, or
 * its address.
 */
function isOfUse({ name }: BoundSource): boolean {
  return name === COUNTED_BEFORE;
}

/** The call, as sources of tighter bounds see it; it cannot send other requests. */
function boundRequest(
  params: CallOptions,
  model: ModelName,
  { asked, provider }: BoundParts,
  pool: MeteredPool,
): BoundRequest {
  const { modelId, provider: packageName } = model;
  return {
    wire: {
      name: "ai-sdk",
      asked: ({ body }) => askedOf(body, model, false, provider),
      conversation: sdkConversation,
    },
    provider,
    url: new URL(encodeURIComponent(packageName), NOWHERE),
    model: modelId,
    body: params,
    get text() {
      return jsonOf(params);
    },
    asked,
    header: (name) => textAt(params, "headers", name),
    isAccountHidden: true,
    atMs: performance.now(),
    send: undefined,
    documents: pool.documents,
  };
}

/** An invalid count would hold too little. */
function readCall(
  params: CallOptions,
  model: ModelName,
  streams: boolean,
  provider: Provider,
): Asked {
  try {
    return askedOf(params, model, streams, provider);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new CannotMeter("request_unreadable", error.message);
  }
}

/** Returns the answer of a call; a failure is booked according to its error. */
async function answered<R>(holding: Holding, call: () => Promise<R>): Promise<R> {
  try {
    return await call();
  } catch (error) {
    const status: unknown = at(error, "statusCode");
    const ending =
      typeof status === "number" ? endingOf(status, "answered") : endingOfFailure(error);
    await settled(holding, ending, { reported: undefined }, error);
    throw error;
  }
}

async function settled(
  holding: Holding,
  ending: Ending,
  reported: Pick<Seen, "reported" | "charge">,
  cause?: unknown,
): Promise<void> {
  const seen = { ...reported, outputBytes: 0, isOutputHidden: true };
  await settleExchange(holding, { ending, seen, status: undefined, cause });
}
