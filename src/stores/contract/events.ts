// Events of pools, as `store.events()` reports them, and the trees in which something has happened.

import type { Axis } from "../../core/axis.ts";
import type { WindowSpan } from "../../core/window-rule.ts";
import type { ChangeView } from "./entry-details.ts";
import type { RefusalEntry } from "./refusals.ts";

/** The fields of every event. */
interface EventBase {
  /** The same each time the event is delivered; unique within the store. */
  readonly id: string;
  /** The path of the pool that it happened to. */
  readonly pool: string;
  /** When it happened, by the clock of the store; milliseconds since 1970. */
  readonly at: number;
}

/** The actor and reason of a change, if given. */
interface ChangedBy {
  readonly actor?: string;
  readonly reason?: string;
}

/** Used has reached a fraction of a cap: reported once per window, and once after a reset. */
export interface ThresholdCrossed extends EventBase {
  readonly kind: "threshold";
  readonly axis: Axis;
  /** The fraction of the cap, such as 0.8. */
  readonly threshold: number;
  /** Used when this was noticed, at least `threshold · cap`; `usd` is dollars. */
  readonly used: number;
  readonly cap: number;
  /** The window in which it was reached; omitted for a pool without one. */
  readonly window?: WindowSpan;
}

/** Settings were changed: caps, overage policy or window. */
export interface SettingsChanged extends EventBase, ChangedBy {
  readonly kind: "changed";
  readonly change: ChangeView;
}

/** A pool was frozen or thawed, reset, or deleted. */
export interface StateChanged extends EventBase, ChangedBy {
  readonly kind: "frozen" | "thawed" | "reset" | "deleted";
}

/** A pool has refused a request for the first time in its window, for that reason. */
export interface FirstRefused extends EventBase {
  readonly kind: "refused";
  readonly refusal: RefusalEntry;
  /** The window in which it was refused; omitted for a pool without one. */
  readonly window?: WindowSpan;
}

/** An event of a pool, as plain data. */
export type BudgetEvent = ThresholdCrossed | SettingsChanged | StateChanged | FirstRefused;

/** The last numbers of a tree: of its ledger, and of its journal of refusals. */
export interface TreeHead {
  readonly root: string;
  readonly lines: number;
  readonly refusals: number;
}

/** The trees in which something has happened since a position in the store. */
export interface TreeHeads {
  readonly heads: readonly TreeHead[];
  /** The position for the next call. */
  readonly place: string;
}
