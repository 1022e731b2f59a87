// All figures of one stored pool, and the snapshot made from them.

import { amountView } from "../../core/amount.ts";
import type { AmountView } from "../../core/amount.ts";
import { capsView } from "../../core/caps.ts";
import type { CapQuantities, CapsView } from "../../core/caps.ts";
import { createPoolState } from "../../core/pool-state.ts";
import type { OveragePolicy, PoolState } from "../../core/pool-state.ts";
import { assign, uniform } from "../../core/quantities.ts";
import type { Quantities } from "../../core/quantities.ts";
import { snapshotOf } from "../../core/snapshot.ts";
import type { BudgetSnapshot } from "../../core/snapshot.ts";
import type { WindowRule } from "../../core/window-rule.ts";
import type { StoredPool } from "../books/books.ts";
import type { Raise } from "../books/raises.ts";

/** The figures of one pool at one instant. */
export interface PoolFigures {
  readonly path: string;
  /** used + reserved. */
  readonly taken: Quantities;
  readonly reserved: Quantities;
  /** How much of used stands in for unknown amounts. */
  readonly unknown: Quantities;
  readonly caps: CapQuantities;
  readonly overage: OveragePolicy | undefined;
  readonly window: WindowRule | undefined;
  /** Milliseconds since 1970; undefined without a window, and for one that has never rolled. */
  readonly windowStartsAt: number | undefined;
  readonly windowEndsAt: number | undefined;
  readonly openReservations: number;
  readonly generation: number;
  /** R7. The remainder of the previous period; undefined without carry-over. */
  readonly left?: Quantities | undefined;
  /** R15. How much of reserved is room of slices; undefined without slices. */
  readonly inSlices?: Quantities | undefined;
  /** R17. */
  readonly frozen: boolean;
  readonly raises: readonly Raise[];
}

/** A snapshot of a stored pool. */
export interface StoredSnapshot extends BudgetSnapshot {
  /** How much of used was committed with `outcome: "unknown"` and not amended since. */
  readonly unknown: AmountView;
  /** How much of reserved is room of slices; omitted if the pool never had one. */
  readonly inSlices?: AmountView;
  /** The time zone of a calendar window. */
  readonly timeZone?: string;
  /**
   * What a period adds to the caps of the next one: `true` for all that it leaves, up to one cap.
   * Left out where nothing is carried over.
   */
  readonly carryOver?: true | { readonly upTo: CapsView };
  /** Whether it refuses everything until it is thawed; left out when it does not. */
  readonly frozen?: true;
  /** Temporary changes of its caps, the earliest end first; omitted without any. */
  readonly raises?: readonly RaiseView[];
}

/** A temporary change of caps. */
export interface RaiseView {
  /** When it ends; milliseconds since 1970. */
  readonly until: number;
  /** The amounts by which `caps` are higher until then, or lower if negative. */
  readonly by: CapsView;
}

/** Converts the figures of a pool to the form that callers see. */
export function storedSnapshotOf(figures: PoolFigures): StoredSnapshot {
  const { window } = figures;
  return {
    ...snapshotOf(stateOf(figures)),
    unknown: amountView(figures.unknown),
    ...(figures.inSlices !== undefined && { inSlices: amountView(figures.inSlices) }),
    ...(window?.kind === "calendar" && { timeZone: window.timeZone }),
    ...(window?.carry !== undefined && {
      carryOver: window.carry === true ? true : { upTo: capsView(window.carry) },
    }),
    ...(figures.frozen && { frozen: true }),
    ...(figures.raises.length > 0 && {
      raises: figures.raises.map(({ until, by }) => ({ until, by: capsView(by) })),
    }),
  };
}

function stateOf(figures: PoolFigures): PoolState {
  const { path, caps, overage, window } = figures;
  const state = createPoolState(path, { caps, overage, window, thresholds: [] }, undefined);
  assign(state.taken, figures.taken);
  assign(state.reserved, figures.reserved);
  state.windowStartsAt = figures.windowStartsAt ?? -Infinity;
  state.windowEndsAt = figures.windowEndsAt ?? Infinity;
  state.openReservations = figures.openReservations;
  state.generation = figures.generation;
  if (figures.left !== undefined) state.parts = [{ at: 0, used: figures.left }];
  return state;
}

/** Returns the current figures of a pool. */
export function figuresOf({ state, unknown, raises, slices }: StoredPool): PoolFigures {
  const { path, taken, reserved, caps, overage, window, frozen, parts } = state;
  const { windowStartsAt, windowEndsAt, openReservations, generation } = state;
  return {
    path,
    taken: copyOf(taken),
    reserved: copyOf(reserved),
    unknown: copyOf(unknown),
    caps,
    overage,
    window,
    windowStartsAt: Number.isFinite(windowStartsAt) ? windowStartsAt : undefined,
    windowEndsAt: Number.isFinite(windowEndsAt) ? windowEndsAt : undefined,
    openReservations,
    generation,
    left: window?.carry && parts[0] && copyOf(parts[0].used),
    frozen,
    raises,
    inSlices: slices && copyOf(slices.held),
  };
}

/** A copy, which later changes of the pool do not affect. */
function copyOf(quantities: Quantities): Quantities {
  const copy = uniform(0);
  assign(copy, quantities);
  return copy;
}
