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
  /** The price of the model that is asked for. */
  readonly price: Price;
  /** That price, and those of the models that may answer in its place. */
  readonly prices: readonly Price[];
  readonly provider: Provider;
  /** How it is asked to be served. */
  readonly service: Service;
  /** Why the price may not be that of the call. */
  readonly doubts: readonly string[];
  /** Why the bound is more than what the request shows. */
  readonly reasons: () => readonly string[];
  readonly bound: Bound;
  /** The most of what is counted and not in tokens. */
  readonly counted?: Counted | undefined;
  /** Whether an estimate stands in the place of the bound of its input. */
  readonly isEstimated: boolean;
  /** What is held whatever the output, and for each token of the output limit. */
  readonly fixed: Amount;
  readonly unit: Amount;
  readonly output: OutputPlan;
  /** The lowest limit that may be written. */
  readonly limitMin: number;
  /** The same where the room for thinking is lowered too; undefined where it cannot be. */
  readonly limitFloor?: number | undefined;
  /** The most output that is held for with a limit: of all choices, and past the limit. */
  readonly outputFor: (limit: number) => number;
  readonly request: EstimateRequest;
}
