// A request that a transport passes to the meter, and the meter's decision.

import type { AbortSignalLike } from "../pool/abort-signal.ts";
import type { SessionFacts } from "../wire/wire.ts";
import type { Exchange } from "./exchange.ts";
import type { RefusedAnswer } from "./refusals.ts";
import type { SendBeside } from "./tighter-bounds.ts";

/** A request as it is about to be forwarded. */
export interface ExchangeRequest {
  readonly method: string;
  readonly url: URL;
  /** The name of the provider, if the transport knows it; otherwise the host decides. */
  readonly provider?: string | undefined;
  /** Reads the body; called once, and only for a metered request. */
  readonly body: () => Promise<string>;
  /** Reads the body as a form; omitted if the transport cannot. */
  readonly form?: (() => Promise<FormData>) | undefined;
  /**
   * Whether the body is longer than the transport keeps.
   *
   * @default false
   */
  readonly isLong?: boolean | undefined;
  /** The state of its session, if it is part of one. */
  readonly session?: SessionFacts | undefined;
  /**
   * A text that is the same for requests to the same address and provider by POST; omitted where
   * requests are not remembered.
   */
  readonly address?: string | undefined;
  /** Whether a signature covers the body, so that nothing may be written into it. */
  readonly isSigned?: () => boolean;
  /** Ends a wait for room. */
  readonly signal?: AbortSignalLike | undefined;
  /** Returns a header of the request; omitted if the transport does not know them. */
  readonly header?: ((name: string) => string | undefined) | undefined;
  /** Sends another request with the same credentials; omitted if the transport cannot. */
  readonly send?: SendBeside | undefined;
}

/** What the transport must do with a request. */
export type Opened =
  /** Forward it unchanged: it is free, or passes unmetered. */
  | { readonly kind: "passed" }
  /** Do not forward it; return this answer. */
  | { readonly kind: "refused"; readonly answer: RefusedAnswer; readonly error: Error }
  | HeldExchange;

/** Forward it with this body, or unchanged without one, and report to the exchange. */
export interface HeldExchange {
  readonly kind: "held";
  readonly body: string | undefined;
  readonly exchange: Exchange;
}
