// A request whose cost is bounded.

import type { Amount } from "../core/amount.ts";
import type { Service } from "../core/service.ts";
import type { Counted } from "../core/usage.ts";
import type { Bound, Price } from "../prices/index.ts";
import type { Provider } from "../wire/provider.ts";
import type { EstimateRequest } from "./estimate.ts";

/**
 * How much output is held for.
 *
 * - `"fixed"`: an estimate, or a model whose limit does not bound what is billed: not limited.
 * - `"limited"`: up to the request's own limit.
 * - `"open"`: the request has no limit; `max` is what the model writes at most, where known.
 */
export type OutputPlan =
  | { readonly kind: "fixed" }
  | { readonly kind: "limited"; readonly max: number }
  | { readonly kind: "open"; readonly max: number | undefined };

/** A request with its price and its bound. */
export interface Bounded {
  /** The price of the requested model. */
  readonly price: Price;
  /** That price, and those of models that may answer instead. */
  readonly prices: readonly Price[];
  readonly provider: Provider;
  /** The requested service. */
  readonly service: Service;
  /** Why the price may not apply to the call. */
  readonly doubts: readonly string[];
  /** Why the bound is higher than the request suggests. */
  readonly reasons: () => readonly string[];
  readonly bound: Bound;
  /** The most usage of classes that are counted, not tokens. */
  readonly counted?: Counted | undefined;
  /** Whether an estimate replaces the bound of its input. */
  readonly isEstimated: boolean;
  /** The hold apart from output, and the hold per token of the output limit. */
  readonly fixed: Amount;
  readonly unit: Amount;
  readonly output: OutputPlan;
  /** The lowest limit that may be written. */
  readonly limitMin: number;
  /** The same if the thinking budget is lowered too; undefined if it cannot be. */
  readonly limitFloor?: number | undefined;
  /** The most output that a limit is held for: of all choices, and beyond the limit. */
  readonly outputFor: (limit: number) => number;
  readonly request: EstimateRequest;
}
