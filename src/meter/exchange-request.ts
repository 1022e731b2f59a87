// A request that a transport hands to the meter, and what the meter says is to be done with it.

import type { AbortSignalLike } from "../pool/abort-signal.ts";
import type { SessionFacts } from "../wire/wire.ts";
import type { Exchange } from "./exchange.ts";
import type { RefusedAnswer } from "./refusals.ts";
import type { SendBeside } from "./tighter-bounds.ts";

/** A request as it is about to be forwarded. */
export interface ExchangeRequest {
  readonly method: string;
  readonly url: URL;
  /** The name of the provider, where the transport knows it; by the host otherwise. */
  readonly provider?: string | undefined;
  /** Reads the body; called once, and only for a request that is metered. */
  readonly body: () => Promise<string>;
  /** Reads the body as a form; left out where the transport cannot. */
  readonly form?: (() => Promise<FormData>) | undefined;
  /**
   * Whether the body is longer than what the transport keeps of one.
   *
   * @default false
   */
  readonly isLong?: boolean | undefined;
  /** What is known of the session that it is in, where it is in one. */
  readonly session?: SessionFacts | undefined;
  /** Whether a signature covers the body, so that nothing may be written into it. */
  readonly isSigned?: () => boolean;
  /** Ends a wait for room. */
  readonly signal?: AbortSignalLike | undefined;
  /** A header of the request; left out where the transport does not know them. */
  readonly header?: ((name: string) => string | undefined) | undefined;
  /** Sends another request with the same credentials; left out where the transport cannot. */
  readonly send?: SendBeside | undefined;
}

/** What is to be done with a request. */
export type Opened =
  /** Forward it as it is: it costs nothing, or is to pass unmetered. */
  | { readonly kind: "passed" }
  /** Do not forward it, and answer this. */
  | { readonly kind: "refused"; readonly answer: RefusedAnswer; readonly error: Error }
  /** Forward it with this body, as it is where there is none, and report to the exchange. */
  | { readonly kind: "held"; readonly body: string | undefined; readonly exchange: Exchange };
