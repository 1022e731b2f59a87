// Bounds of a request's input that are tighter than its bytes (M6): sources of guarantees, used one
// after the other, the cheapest first, and only if the call would otherwise be refused or its
// answer shortened (M7).

import type { Asked, Wire } from "../wire/wire.ts";
import type { WireName } from "../wire/wire-name.ts";
import type { Provider } from "../wire/provider.ts";
import type { WireUsage } from "../wire/wire-usage.ts";
import type { Eventually } from "../pool/any-budget-pool.ts";
import type { CountDocuments } from "./metered-pool.ts";

/** What sources of bounds need to know of a format. */
export type BoundWire = Pick<Wire, "asked" | "conversation" | "continuation"> & {
  readonly name: WireName | "ai-sdk";
};

/** A request, as a source of bounds sees it. */
export interface BoundRequest {
  readonly wire: BoundWire;
  readonly provider: Provider;
  readonly url: URL;
  /** The model, as the caller names it. */
  readonly model: string;
  /** The body, parsed, and as the caller wrote it. */
  readonly body: object;
  readonly text: string;
  readonly asked: Asked;
  /** Returns a header of the request; undefined if it is missing, or unknown to the transport. */
  readonly header: (name: string) => string | undefined;
  /**
   * Whether the account of the call is unknown.
   *
   * @default false
   */
  readonly isAccountHidden?: boolean | undefined;
  /** The instant of the request, on the clock of `performance.now()`, in milliseconds. */
  readonly atMs: number;
  /**
   * Sends another request to the same provider with the credentials of this one, and returns its
   * answer; undefined if the transport cannot.
   */
  readonly send: SendBeside | undefined;
  /** What the processes of the pool's store share; undefined without a store. */
  readonly documents?: CountDocuments | undefined;
}

/** Sends another request with the same credentials. */
export type SendBeside = (
  url: URL,
  body: string,
  signal: AbortSignal,
) => Promise<{ readonly status: number; readonly text: string }>;

/** A source's answer about the input of a request. */
export interface TighterBound {
  /** The most input tokens, of all classes, in one pass of the model. */
  readonly inputTokens: number;
  /**
   * How many of them are read from a cache and billed at the price of a read. This is trusted, and
   * need not be guaranteed: a source that cannot be sure must be enabled by the user.
   *
   * @default 0
   */
  readonly cacheReadTokens?: number | undefined;
  /**
   * The thinking budget, in tokens, with which that cache was written instead of the request's own:
   * with another budget it is not read.
   *
   * @default 0, the request's own
   */
  readonly cacheThinkingTokens?: number | undefined;
  /**
   * The fewest input tokens: a hint, which avoids a count that cannot help.
   *
   * @default a part of the bytes
   */
  readonly inputTokensLeast?: number | undefined;
}

/** The data of a call from which a source may learn. */
export interface Sent {
  /** Whether the pool may soon have no room for such a call, so that learning is useful. */
  readonly isNeeded: boolean;
  /** The thinking budget that was written instead of the request's own; 0 for its own. */
  readonly thinkingTokens: number;
}

/**
 * A source of tighter bounds, possibly with a memory. A meter has one of each, and it never throws:
 * an unknown bound is undefined.
 *
 * @example
 *   const source: BoundSource = {
 *     name: "half of its bytes",
 *     isRemote: false,
 *     tighten: ({ text }) => ({ inputTokens: Math.ceil(text.length / 2) }),
 *   };
 */
export interface BoundSource {
  /** The name of the source in the report of an exchange: `"counted before"`. */
  readonly name: string;
  /**
   * Whether it asks a provider. Such a source is used last, and only if the call would be refused,
   * or its limit would be lower than `outputTokensMax`.
   */
  readonly isRemote: boolean;
  /** Returns a bound tighter than the bytes; undefined if it knows none. */
  tighten(request: BoundRequest): Eventually<TighterBound | undefined>;
  /**
   * Called once a call is settled whose usage the provider has fully reported. `bound` is the
   * answer of this source; undefined if it was not asked.
   */
  learn?(
    request: BoundRequest,
    reported: WireUsage,
    bound: TighterBound | undefined,
    sent: Sent,
  ): void;
}
