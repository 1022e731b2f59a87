// One session under one cap: its calls, in virtual time, through the real `meteredFetch`, until one is refused.

import { AsyncLocalStorage } from "node:async_hooks";

import { BudgetExceeded, BudgetPool } from "../../dist/index.js";
import { meteredFetch } from "../../dist/meter/index.js";
import { leastHoldOf } from "../../dist/meter/refusal-reasons.js";
import type { MeteredFetchOptions } from "../../dist/meter/index.js";
import { VirtualTime } from "../virtual-time.ts";
import type { Call, Session } from "./recording.ts";
import { SessionRequests } from "./requests.ts";
import { Upstream } from "./upstream.ts";

/** What became of a session under a cap. */
export interface Run {
  /** What the provider takes for it, in dollars. */
  readonly billedUsd: number;
  readonly bookedUsd: number;
  /** How many calls were made, and whether one was refused. */
  readonly calls: number;
  readonly isRefused: boolean;
  readonly cut: number;
  /** How often the provider was asked for a count. */
  readonly counts: number;
  /** Calls whose cache was lost because the thinking budget was lowered. */
  readonly rewritten: number;
  /** Calls that were held for less input than they had. */
  readonly underHeld: number;
  /** The call that was refused; undefined when none was. */
  readonly refused: Refused | undefined;
}

/** What was known of a call that was refused. */
export interface Refused {
  readonly call: Call;
  /** What was left of the cap, in dollars, and of it held by calls under way. */
  readonly leftUsd: number;
  readonly heldByOthersUsd: number;
  /** The least output that it was to be held for, in tokens. */
  readonly outputTokens?: number;
}

/** Where the requests for a count go. */
const COUNTS = /count_tokens|countTokens|input_tokens$/;

/** Replays a session. */
export async function replay(
  session: Session,
  id: number,
  capUsd: number,
  options: MeteredFetchOptions,
): Promise<Run> {
  const pool = new BudgetPool({ caps: { usd: capUsd }, overage: "allow" });
  const time = new VirtualTime();
  const requests = new SessionRequests(session, id);
  const upstream = new Upstream(session.agent);
  const run = {
    billedUsd: 0,
    calls: 0,
    isRefused: false,
    cut: 0,
    counts: 0,
    rewritten: 0,
    underHeld: 0,
  };
  let refused: Refused | undefined;
  const restoreClocks = virtualClocks(() => time.nowMs);
  const underWay = new AsyncLocalStorage<Call>();
  const fetch = meteredFetch(pool, {
    ...options,
    onExchange({ held, booked, error }) {
      refused ??= refusedOf(error, underWay.getStore());
      if (held !== undefined && booked !== undefined && booked.usd > held.usd) run.underHeld++;
    },
    fetch: async (input, init) => {
      const call = underWay.getStore()!;
      const { pathname } = new URL(input instanceof Request ? input.url : input);
      if (COUNTS.test(pathname)) {
        run.counts++;
        return new Response(upstream.count(call), JSON_HEADERS);
      }
      await time.sleep(call.tookMs);
      const sent = typeof init?.body === "string" ? init.body : "";
      const { body, usd, isCut, isRewritten } = upstream.answer(call, sent);
      run.billedUsd += usd;
      if (isCut) run.cut++;
      if (isRewritten) run.rewritten++;
      return new Response(body, JSON_HEADERS);
    },
  });
  const ended: Promise<void>[] = [];
  const callAt = async (call: Call, at: number): Promise<void> => {
    await time.sleep(call.atMs);
    // Recorded times are whole seconds: what a call goes on from has ended.
    if (call.base !== undefined) await ended[call.base];
    if (run.isRefused) return;
    const { url, headers, body } = requests.requestOf(at);
    const request = {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body,
    };
    const answer = await underWay.run(call, () => fetch(url, request));
    if (answer.ok) run.calls++;
    else run.isRefused = true;
    await answer.text();
  };
  try {
    await time.run(Promise.all(session.calls.map((call, at) => (ended[at] = callAt(call, at)))));
  } finally {
    restoreClocks();
  }
  return { ...run, refused, bookedUsd: pool.snapshot().used.usd };
}

function refusedOf(error: unknown, call: Call | undefined): Refused | undefined {
  if (call === undefined || !BudgetExceeded.is(error) || !(error instanceof Error))
    return undefined;
  const { cap, used, reserved } = error;
  return { call, leftUsd: cap - used, heldByOthersUsd: reserved, ...leastHoldOf(error) };
}

const JSON_HEADERS = { headers: { "content-type": "application/json" } };

/** Makes the clocks that a meter reads those of the simulation; returns what puts them back. */
function virtualClocks(nowMs: () => number): () => void {
  const began = Date.now();
  const { now } = Date;
  Date.now = () => began + nowMs();
  Object.defineProperty(performance, "now", { value: nowMs, configurable: true });
  return () => {
    Date.now = now;
    Reflect.deleteProperty(performance, "now");
  };
}
