// The meter around `fetch`.

import { KNOWN_TOOLS } from "./known-tools.ts";
import type { HeldExchange } from "./exchange-request.ts";
import type { FailedPool } from "./failed-pool.ts";
import { forwardHeld, meterCall } from "./fetch-call.ts";
import type { Forward } from "./fetch-call.ts";
import { isPromise } from "./room.ts";
import { knownRequestsModule } from "./loaded-beside.ts";
import { checkPoolSource } from "./metered-pool.ts";
import type { PoolSource } from "./metered-pool.ts";
import { METER_OPTIONS, meterSettingsOf } from "./options.ts";
import type { MeterOptions } from "./options.ts";
import { optionalFunction, readOptions } from "../core/read-options.ts";
import type { TableFor } from "../core/read-options.ts";
import type { SendBeside } from "./tighter-bounds.ts";
import {
  besideInit,
  changedInit,
  headerIn,
  headersIn,
  isRequest,
  isSigned,
  methodOf,
  readBody,
  shortText,
} from "./fetch-parts.ts";

type Fetch = typeof globalThis.fetch;

/** The options of `meteredFetch`. */
export interface MeteredFetchOptions extends MeterOptions {
  /**
   * The `fetch` that makes the requests.
   *
   * @default the `fetch` of the runtime, at the time of the call
   */
  readonly fetch?: Fetch | undefined;
}

const FETCH = {
  fetch: optionalFunction<Fetch>,
  ...METER_OPTIONS,
} satisfies TableFor<MeteredFetchOptions>;

/**
 * Returns a `fetch` that cannot overspend, for any client that takes one. It reserves the most that
 * a call may cost before making it, and books the actual cost when the answer ends.
 *
 * `pool` is a pool of any kind, or a function such as `currentBudget` that returns one for each
 * call. A call that does not fit waits while other calls hold the room. Otherwise it is not sent;
 * the answer is an error with status 402 in the provider's own shape, which clients do not retry.
 * `budgetExceededFrom` finds the refusal in what they throw. Free requests pass unchanged. Answers
 * stream through byte for byte; their end waits until the books are up to date.
 *
 * @throws {TypeError | RangeError} if `pool` is not a pool, or an option is unknown or invalid.
 * @example
 *   const pool = new BudgetPool({ caps: { usd: 5 } });
 *   const client = new OpenAI({ fetch: meteredFetch(pool) });
 */
export function meteredFetch(pool: PoolSource, options: MeteredFetchOptions = {}): Fetch {
  checkArguments(pool, options);
  const { fetch: given, ...read } = readOptions(options, FETCH);
  const settings = meterSettingsOf(read);
  checkPoolSource(pool);
  return (input, init) => {
    const forward = given ?? globalThis.fetch;
    const request = isRequest(input) ? input : undefined;
    const signal = init?.signal ?? request?.signal ?? undefined;
    const send: SendBeside = async (url, body, own) => {
      const answer = await forward(url, besideInit(request, init, body, own));
      return { status: answer.status, text: await shortText(answer) };
    };
    const pass: Forward = (body, own) => forward(input, changedInit(init, request, body, own));
    const call = async (from: PoolSource, address?: string): Promise<Response> => {
      const headers = headersIn(request, init);
      return meterCall(from, settings, {
        method: methodOf(request, init, headers),
        url: new URL(isRequest(input) ? input.url : input),
        address,
        body: () => readBody(request, init),
        form: async () => (await import("./form-body.ts")).formIn(request, init),
        isSigned: () => isSigned(headers),
        signal,
        header: (name) => headerIn(headers, init, name),
        send,
        pass: () => forward(input, init),
        forward: pass,
      });
    };
    const known = knownRequestsModule();
    const { address, held } =
      known?.openCall(pool, settings, { input, init, send }, KNOWN_TOOLS) ?? {};
    const go = (found: HeldExchange | FailedPool | undefined): Promise<Response> =>
      found?.kind === "held" ? forwardHeld(found, signal, pass) : call(found ?? pool, address);
    return isPromise(held) ? Promise.resolve(held).then(go) : go(held);
  };
}

/** Mistakes that plain JavaScript allows, and that would be silent. */
function checkArguments(pool: unknown, options: unknown): void {
  const isAddress = typeof pool === "string" || pool instanceof URL || isRequest(pool);
  if (isAddress)
    throw new TypeError(
      "meteredFetch returns a fetch, and is not one itself: write `fetch: meteredFetch(pool)`, with a pool",
    );
  if (typeof options === "function")
    throw new TypeError(
      "Expected `options` to be an object: write `meteredFetch(pool, { fetch: yourFetch })`",
    );
  if ("reserveUpTo" in Object(options))
    throw new TypeError("The pool comes first: write `meteredFetch(pool, { fetch: yourFetch })`");
}
