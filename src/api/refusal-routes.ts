// The route that shows who was refused of late.

import type { AmountView } from "../core/amount.ts";
import type { Axis } from "../core/axis.ts";
import type { RefusalReason } from "../core/refusal.ts";

/** A refusal as the API shows it. */
export interface RefusalView {
  readonly at: number;
  /** The pool that was asked. */
  readonly askedPool: string;
  readonly asked: AmountView;
  /** The pool that refused; null for one above those that may be seen. */
  readonly pool: string | null;
  readonly axis: Axis;
  readonly reason: RefusalReason;
  readonly attempted: number;
  readonly used: number;
  readonly reserved: number;
  readonly cap: number;
  readonly resetsAt?: number;
  readonly model?: string;
  readonly label?: string;
}
