// The options shared by the proxy and the gateway.

import { whole } from "../core/read-options.ts";
import type { OptionTable } from "../core/read-options.ts";

/** Limits on the size of requests, and on the time each side may take. */
export interface ForwardingOptions {
  /**
   * The longest request, in bytes.
   *
   * @default 64 MB
   */
  readonly bodyBytesMax?: number | undefined;
  /**
   * How long an upstream may be silent, in milliseconds.
   *
   * @default 600,000
   */
  readonly idleTimeoutMs?: number | undefined;
  /**
   * How long a caller may take to send a request, in milliseconds.
   *
   * @default 300,000
   */
  readonly requestTimeoutMs?: number | undefined;
}

const BODY_BYTES_MAX = 64 * 1024 * 1024;
const IDLE_TIMEOUT_MS = 600_000;
const REQUEST_TIMEOUT_MS = 300_000;
const TIMER_MS_MAX = 2 ** 31 - 1;

/** A reader for each of these options. */
export const FORWARDING_OPTIONS: OptionTable<
  ForwardingOptions,
  { readonly [Name in keyof ForwardingOptions]-?: number }
> = {
  bodyBytesMax: whole(1, 2 ** 31, BODY_BYTES_MAX),
  idleTimeoutMs: whole(1, TIMER_MS_MAX, IDLE_TIMEOUT_MS),
  requestTimeoutMs: whole(1, TIMER_MS_MAX, REQUEST_TIMEOUT_MS),
};
