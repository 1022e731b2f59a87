// What bounds the input of a request more tightly than its bytes (M6): sources of guarantees, asked
// one after the other, the cheapest first, and only when the call would be refused or its answer
// shortened without them (M7).

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

/** A request as a source of bounds sees it. */
export interface BoundRequest {
  readonly wire: BoundWire;
  readonly provider: Provider;
  readonly url: URL;
  /** The model, in the caller's word. */
  readonly model: string;
  /** The body, parsed, and as the caller wrote it. */
  readonly body: object;
  readonly text: string;
  readonly asked: Asked;
  /** A header of the request; undefined where there is none, or the transport does not say. */
  readonly header: (name: string) => string | undefined;
  /**
   * Whether it is unknown for which account the call is made.
   *
   * @default false
   */
  readonly isAccountHidden?: boolean | undefined;
  /** The instant of the request, on the clock of `performance.now()`, in milliseconds. */
  readonly atMs: number;
  /**
   * Sends another request to the same provider with the credentials of this one, and returns its
   * answer; undefined where the transport cannot.
   */
  readonly send: SendBeside | undefined;
  /** What the processes of the pool's store share; undefined where nothing is. */
  readonly documents?: CountDocuments | undefined;
}

/** Sends a request beside the one that is metered, with the same credentials. */
export type SendBeside = (
  url: URL,
  body: string,
  signal: AbortSignal,
) => Promise<{ readonly status: number; readonly text: string }>;

/** What a source says of the input of a request. */
export interface TighterBound {
  /** The most tokens that go in, of all classes, in one pass of the model. */
  readonly inputTokens: number;
  /**
   * How many of them are read from a cache and billed at the price of a read. It is trusted, and
   * need not be guaranteed: a source that cannot be sure is added by an option of the user's.
   *
   * @default 0
   */
  readonly cacheReadTokens?: number | undefined;
  /**
   * The thinking budget, in tokens, with which that cache was written in place of the request's
   * own: with any other it is not read.
   *
   * @default 0, the request's own
   */
  readonly cacheThinkingTokens?: number | undefined;
  /**
   * How many go in at the least: a hint, which spares asking for a count that cannot help.
   *
   * @default a part of the bytes
   */
  readonly inputTokensLeast?: number | undefined;
}

/** How a call was sent from which a source may learn. */
export interface Sent {
  /** Whether the pool may soon have no room for such a call, so that what is learned is of use. */
  readonly isNeeded: boolean;
  /** The thinking budget that was written in place of the request's own; 0 for its own. */
  readonly thinkingTokens: number;
}

/**
 * A source of tighter bounds, with a memory of its own where it has one. It is one for a meter, and
 * never throws: what it cannot say is undefined.
 *
 * @example
 *   const source: BoundSource = {
 *     name: "half of its bytes",
 *     isRemote: false,
 *     tighten: ({ text }) => ({ inputTokens: Math.ceil(text.length / 2) }),
 *   };
 */
export interface BoundSource {
  /** What it goes by, as the report of an exchange says it: `"counted before"`. */
  readonly name: string;
  /**
   * Whether it asks a provider. Such a source is asked last, and only when the call would be
   * refused, or its limit would be lower than `outputTokensMax`.
   */
  readonly isRemote: boolean;
  /** Returns a bound that is tighter than the bytes; undefined where it knows none. */
  tighten(request: BoundRequest): Eventually<TighterBound | undefined>;
  /**
   * Called once a call is settled whose usage the provider has reported, whole and without doubts.
   * `bound` is what this source has said of it; undefined where it was not asked.
   */
  learn?(
    request: BoundRequest,
    reported: WireUsage,
    bound: TighterBound | undefined,
    sent: Sent,
  ): void;
}
