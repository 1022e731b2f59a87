// The meter as a plugin of AWS SDK v3's clients, written against the shape of their middleware
// stack.
// https://aws.amazon.com/blogs/developer/middleware-stack-modular-aws-sdk-js/

import { meterCall } from "../meter/fetch-call.ts";
import { checkPoolSource } from "../meter/metered-pool.ts";
import type { PoolSource } from "../meter/metered-pool.ts";
import { readMeterOptions } from "../meter/options.ts";
import type { MeterOptions } from "../meter/options.ts";
import { Attempt } from "./attempt.ts";
import type { AwsRequest, AwsResponse } from "./attempt.ts";

/** The arguments of a middleware: the part that is read. */
interface HandlerArguments {
  readonly request?: unknown;
}
/** The result of a middleware. */
interface HandlerOutput {
  readonly response: unknown;
}
type Handler = (args: HandlerArguments) => Promise<HandlerOutput>;
type Middleware = (next: Handler, context: object) => Handler;

/** A client's middleware stack: the part that is used. */
export interface AwsMiddlewareStack {
  // oxlint-disable-next-line typescript/no-explicit-any -- the middleware of any client
  add(middleware: any, options: any): void;
  // oxlint-disable-next-line typescript/no-explicit-any -- as above
  addRelativeTo(middleware: any, options: any): void;
}

/** A plugin of a client. */
export interface AwsPlugin {
  applyToStack(stack: AwsMiddlewareStack): void;
}

/**
 * Returns a plugin for `BedrockRuntimeClient` of AWS SDK v3, given to `client.middlewareStack.use`.
 * Converse, ConverseStream, InvokeModel and InvokeModelWithResponseStream are reserved before they
 * are signed, and booked when their answer ends; so is every retried attempt, separately.
 * CountTokens passes. Unreadable requests are refused.
 *
 * `pool` is a pool of any kind, or a function such as `currentBudget` that returns one for each
 * call. A call that does not fit waits while other calls hold the room; otherwise the SDK throws
 * `BudgetExceeded`, without a request and without a retry.
 *
 * @throws {TypeError | RangeError} if `pool` is not a pool, or an option is unknown or invalid.
 * @example
 *   const pool = new BudgetPool({ caps: { usd: 5 } });
 *   const client = new BedrockRuntimeClient({ region: "us-east-1" });
 *   client.middlewareStack.use(budgetPlugin(pool));
 */
export function budgetPlugin(pool: PoolSource, options: MeterOptions = {}): AwsPlugin {
  const settings = readMeterOptions(options);
  checkPoolSource(pool);
  const attempts = new WeakMap<object, Attempt<HandlerOutput>>();

  /** Once for each attempt, before it is signed. */
  const hold: Middleware = (next, context) => async (args) => {
    const request = requestOf(args.request);
    if (request === undefined) return next(args);
    const attempt = new Attempt<HandlerOutput>((sent) => {
      attempts.set(context, attempt);
      return next({ ...args, request: sent });
    });
    const answer = await meterCall(pool, settings, {
      method: request.method,
      url: urlOf(request),
      provider: "bedrock",
      body: () => Promise.resolve(textOf(request.body)),
      signal: undefined,
      header: (name) => headerOf(request, name),
      refuse: (error) => {
        throw error;
      },
      pass: () => attempt.pass(request),
      forward: (body) => attempt.forward(request, body),
    });
    return attempt.finish(answer);
  };

  /** Next to the connection: sees the answer before anything has read it. */
  const watch: Middleware = (next, context) => async (args) => {
    const output = await next(args);
    const attempt = attempts.get(context);
    if (attempt !== undefined && isResponse(output.response))
      await attempt.answered(output.response);
    return output;
  };

  return {
    applyToStack(stack) {
      stack.addRelativeTo(hold, {
        name: "tokenBudgetHold",
        relation: "before",
        toMiddleware: "httpSigningMiddleware",
        override: true,
      });
      stack.add(watch, {
        name: "tokenBudgetWatch",
        step: "deserialize",
        priority: "low",
        override: true,
      });
    },
  };
}

function requestOf(request: unknown): AwsRequest | undefined {
  const isRequest =
    typeof request === "object" &&
    request !== null &&
    "hostname" in request &&
    "headers" in request;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the SDK's own HttpRequest
  return isRequest ? (request as AwsRequest) : undefined;
}

function isResponse(response: unknown): response is AwsResponse {
  return typeof response === "object" && response !== null && "statusCode" in response;
}

function urlOf({ protocol, hostname, port, path }: AwsRequest): URL {
  return new URL(`${protocol}//${hostname}${port === undefined ? "" : `:${port}`}${path}`);
}

function textOf(body: unknown): string {
  if (typeof body === "string") return body;
  return body instanceof Uint8Array ? new TextDecoder().decode(body) : "";
}

function headerOf({ headers }: AwsRequest, name: string): string | undefined {
  const found = Object.keys(headers).find((each) => each.toLowerCase() === name.toLowerCase());
  return found === undefined ? undefined : headers[found];
}
