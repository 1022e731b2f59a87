// The meter as middleware of Anthropic's SDK, written against the shape of its `middleware` option.
// https://github.com/anthropics/anthropic-sdk-typescript/blob/main/src/core/middleware.ts

import { meterCall } from "../meter/fetch-call.ts";
import { changedInit, headerIn, headersIn, methodOf, readBody } from "../meter/fetch-parts.ts";
import { checkPoolSource } from "../meter/metered-pool.ts";
import type { PoolSource } from "../meter/metered-pool.ts";
import { readMeterOptions } from "../meter/options.ts";
import type { MeterOptions } from "../meter/options.ts";
import { providerAt } from "../wire/providers.ts";
import { routeOf } from "../wire/routes.ts";

/** The options of `anthropicMiddleware`. */
export interface AnthropicMiddlewareOptions extends MeterOptions {
  /**
   * The provider that serves the model, such as `"anthropic"`, `"bedrock"` or `"vertex"`, whose
   * prices and rules apply.
   *
   * @default the provider of the client's base URL, or `"anthropic"`
   */
  readonly provider?: string | undefined;
}

/** A request as the SDK passes it to middleware: the part that is read. */
export interface AnthropicRequest extends RequestInit {
  readonly url: string;
}

/** A middleware of the SDK's client option `middleware`. */
export type AnthropicMiddleware = <R extends AnthropicRequest>(
  request: R,
  next: (request: R) => Promise<Response>,
) => Promise<Response>;

/**
 * Returns middleware for Anthropic's official SDK, from version 1.0 on: `new Anthropic({
 * middleware: [anthropicMiddleware(pool)] })`. It does what `meteredFetch` does, on the request as
 * it is before the client for Bedrock or Vertex AI rewrites and signs it, so that one line meters
 * all of them. Every attempt of a call that the SDK retries is reserved and booked separately. Use
 * this or `meteredFetch` for a client, not both.
 *
 * `pool` is a pool of any kind, or a function such as `currentBudget` that returns one for each
 * call. A call that does not fit waits while other calls hold the room. Otherwise it is not sent;
 * the answer is an error with status 402, which the SDK throws as its own `APIError` and does not
 * retry. Use `budgetExceededFrom` of `token-budget/meter` to get the refusal from it.
 *
 * @throws {TypeError | RangeError} if `pool` is not a pool, or an option is unknown or invalid.
 * @example
 *   const pool = new BudgetPool({ caps: { usd: 5 } });
 *   const client = new Anthropic({ middleware: [anthropicMiddleware(pool)] });
 */
export function anthropicMiddleware(
  pool: PoolSource,
  options: AnthropicMiddlewareOptions = {},
): AnthropicMiddleware {
  const settings = readMeterOptions(options);
  checkPoolSource(pool);
  return async (request, next) => {
    const url = new URL(request.url);
    const headers = headersIn(undefined, request);
    const method = methodOf(undefined, request, headers);
    return meterCall(pool, settings, {
      method,
      url,
      provider: sellerOf(method, url),
      body: () => readBody(undefined, request),
      signal: request.signal ?? undefined,
      header: (name) => headerIn(headers, request, name),
      pass: () => next(request),
      forward: (body, signal) =>
        next({ ...request, ...changedInit(request, undefined, body, signal) }),
    });
  };
}

/** The provider of the host, if it is known to sell the model; otherwise Anthropic. */
function sellerOf(method: string, url: URL): string {
  const host = providerAt(url);
  return host !== undefined && routeOf(method, url.pathname, host).kind !== "unknown"
    ? host.id
    : "anthropic";
}
