// A call of `fetch` whose body and headers are at hand, so that it may be opened as one that is
// like an earlier one.

import type { Eventually } from "../pool/any-budget-pool.ts";
import type { HeldExchange } from "./exchange-request.ts";
import type { FailedPool } from "./failed-pool.ts";
import { openKnown } from "./known-requests.ts";
import type { LikelyRequest } from "./known-requests.ts";
import type { KnownTools } from "./known-tools.ts";
import type { PoolSource } from "./metered-pool.ts";
import { copyOf, isPlain, plainHeader } from "./plain-headers.ts";
import type { PlainHeaders } from "./plain-headers.ts";
import type { MeterSettings } from "./settings.ts";

export { isKnownAddress, openKnown, rememberRequest } from "./known-requests.ts";

/** A call of `fetch`. */
export interface FetchArguments extends Pick<LikelyRequest, "send"> {
  readonly input: Parameters<typeof globalThis.fetch>[0];
  readonly init: RequestInit | undefined;
}

/** What became of a call. */
export interface OpenedCall {
  /** Where such calls are remembered; undefined where they are not. */
  readonly address?: string;
  /** Undefined for a call that is like none, or has no room. */
  readonly held?: Eventually<HeldExchange | FailedPool | undefined>;
}

/** Holds a call that is like an earlier one. Never throws: `fetch` rejects what it cannot read. */
export function openCall(...call: Parameters<typeof openRead>): OpenedCall {
  try {
    return openRead(...call);
  } catch {
    return {};
  }
}

function openRead(
  pool: PoolSource,
  settings: MeterSettings,
  { input, init, send }: FetchArguments,
  tools: KnownTools,
): OpenedCall {
  const { body: text, method, headers } = init ?? {};
  const isText = typeof text === "string" && method === "POST";
  if (typeof pool === "function" || !isText || !isPlain(headers)) return {};
  const address = typeof input === "string" ? input : input instanceof URL ? input.href : undefined;
  if (address === undefined) return {};
  let own: PlainHeaders = headers;
  const header = (name: string): string | undefined => plainHeader(own, name);
  const held = openKnown(pool, settings, { address, text, header, send }, tools);
  // Read again once the answer is there, when the caller may have put another account into them.
  if (held !== undefined) own = copyOf(headers);
  return { address, held };
}
