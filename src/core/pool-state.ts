// The state of a pool, as the rules see it: counters, caps, its window, and its parent. It has no
// behavior.

import { limitsOf } from "./caps.ts";
import type { CapQuantities, CapsView } from "./caps.ts";
import { NOTHING, Totals, uniform } from "./quantities.ts";
import type { Quantities } from "./quantities.ts";
import type { WindowPart } from "./window-rule.ts";
import type { WindowRule } from "./window-rule.ts";

/**
 * The policy for a commit that uses more than was reserved and so takes a pool over a cap (R5).
 *
 * - `"throw"`: it is booked, then `BudgetExceeded` is thrown with `booked: true`.
 * - `"allow"`: it is booked, and the settlement says by how much it went over.
 * - `"reject"`: nothing is booked and `BudgetExceeded` is thrown. This loses money that was
 *   really spent.
 */
export type OveragePolicy = "throw" | "allow" | "reject";

/** What all pools of one tree share. */
interface Tree {
  /** How many resets the pools of the tree have had in total. */
  resets: number;
}

/** The mutable state of one pool. Only the functions of rules.ts write to it. */
export interface PoolState {
  readonly path: string;
  readonly parent: PoolState | undefined;
  readonly tree: Tree;
  /** used + reserved, so that admission (R2) is one addition and one comparison per axis. */
  readonly taken: Totals;
  readonly reserved: Totals;
  caps: CapQuantities;
  /**
   * The caps, including the carried amount, and the largest integer on uncapped axes; negative
   * while the pool is frozen.
   */
  limits: Quantities;
  /** The caps as snapshots show them, once one did; frozen, because snapshots share it. */
  capsView: CapsView | undefined;
  overage: OveragePolicy | undefined;
  /** R17. Whether new requests are refused, whatever the caps. */
  frozen: boolean;
  window: WindowRule | undefined;
  windowStartsAt: number;
  /** `Infinity` without a window. */
  windowEndsAt: number;
  /**
   * Of a sliding window: the usage of its past parts, the oldest first. Of one that carries over:
   * the remainder of the previous period (carry.ts). Only ever replaced.
   */
  parts: readonly WindowPart[];
  openReservations: number;
  generation: number;
  /** Holds made when the tree had counted fewer resets than this are dropped here (R6). */
  droppedBefore: number;
  /** Fractions of the caps that are reported when used reaches them, in ascending order. */
  readonly thresholds: readonly number[];
  /** How many of the thresholds have been reported in this window, by axis. */
  readonly thresholdsTold: Quantities;
}

/** The initial settings of a pool. */
export interface PoolSettings {
  readonly caps: CapQuantities;
  readonly overage: OveragePolicy | undefined;
  readonly window: WindowRule | undefined;
  readonly thresholds: readonly number[];
}

const NO_PARTS: readonly WindowPart[] = [];

/** Returns a pool with nothing used. Its window is set by the first roll. */
export function createPoolState(
  path: string,
  settings: PoolSettings,
  parent: PoolState | undefined,
): PoolState {
  return {
    path,
    parent,
    tree: parent === undefined ? { resets: 0 } : parent.tree,
    taken: new Totals(0, 0, 0, 0, 0),
    reserved: new Totals(0, 0, 0, 0, 0),
    caps: settings.caps,
    limits: limitsOf(settings.caps),
    capsView: undefined,
    overage: settings.overage,
    frozen: false,
    window: settings.window,
    windowStartsAt: Number.NEGATIVE_INFINITY,
    windowEndsAt:
      settings.window === undefined ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY,
    parts: NO_PARTS,
    openReservations: 0,
    generation: 0,
    droppedBefore: 0,
    thresholds: settings.thresholds,
    // Without thresholds, nothing is put in the place of nothing.
    thresholdsTold: settings.thresholds.length === 0 ? NOTHING : uniform(0),
  };
}
