// R3. Why a request does not fit, as a plain value.

import type { Axis } from "./axis.ts";

/**
 * The reason of a refusal, which says how long it lasts.
 *
 * - `"never"`: the request alone is over the cap.
 * - `"spent"`: it fits only after a reset, a roll of the window or a raised cap.
 * - `"busy"`: it fits once open reservations settle, so waiting helps.
 * - `"frozen"`: the pool refuses everything until it is thawed, whatever its caps.
 */
export type RefusalReason = "never" | "spent" | "busy" | "frozen";

/**
 * The reason why a request does not fit, with its figures. `usd` figures are dollars, others are
 * counts.
 */
export interface Refusal {
  /** The path of the pool that refuses, such as `"acme/search"`. */
  readonly pool: string;
  /** The axis on which it refuses. */
  readonly axis: Axis;
  /** The total of the pool with the request: used + reserved + request. */
  readonly attempted: number;
  readonly cap: number;
  readonly used: number;
  readonly reserved: number;
  /** cap − used − reserved; negative after overage or under a lowered cap. */
  readonly remaining: number;
  readonly reason: RefusalReason;
  /**
   * When the window of the refusing pool rolls, in milliseconds since 1970; only with `"spent"` and
   * a window.
   */
  readonly resetsAt?: number;
}
