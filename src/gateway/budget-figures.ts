// What a caller may still spend: the least remainder of its pool and of the pools above that it may
// see. If one that it may not see leaves less, its path is shown without a figure.

import { wholeCap } from "../core/whole-cap.ts";
import type { StoredSnapshot } from "../stores/index.ts";

const SHOWN_AXES = ["usd", "tokens", "calls"] as const;
const MICRO = 1_000_000;
const NANO = 1_000_000_000;
const SECOND_MS = 1000;

/** The axes that are shown to callers. */
export type ShownAxis = (typeof SHOWN_AXES)[number];

/** A pool at or above that of a caller. */
export interface BudgetLevel {
  readonly snapshot: StoredSnapshot;
  /** Whether the caller may see its figures. */
  readonly isShown: boolean;
  /** What this process has reserved and booked in it since the snapshot. */
  readonly taken?: Readonly<Record<ShownAxis, number>> | undefined;
}

/** The remainder on one axis, of the pools that the caller may see. */
interface ShownRoom {
  readonly cap: number;
  readonly remaining: number;
  /** When the pool with the least remainder resets; milliseconds since 1970. */
  readonly startsAt: number | undefined;
  readonly resetsAt: number | undefined;
}

/** The remainder on one axis. */
interface AxisFigures {
  readonly axis: ShownAxis;
  /** Undefined if only pools that the caller may not see have a cap. */
  readonly room: ShownRoom | undefined;
  /** The path of a pool that the caller may not see, and that leaves less than `room`. */
  readonly limitedBy: string | undefined;
  /** Whether some level has nothing left. */
  readonly isSpent: boolean;
}

/** What a caller may still spend. */
export interface BudgetFigures {
  readonly pool: string;
  readonly isFrozen: boolean;
  readonly axes: readonly AxisFigures[];
  readonly used: StoredSnapshot["used"];
  readonly reserved: StoredSnapshot["reserved"];
}

/** Returns the figures of a pool, which is the first level, within those above it. */
export function budgetFiguresOf(levels: readonly BudgetLevel[]): BudgetFigures {
  const [own] = levels;
  if (own === undefined) throw new TypeError("Expected the snapshot of a pool");
  const { path, used, reserved } = own.snapshot;
  return {
    pool: path,
    isFrozen: levels.some(({ snapshot }) => snapshot.frozen === true),
    axes: SHOWN_AXES.flatMap((axis) => figuresOn(axis, levels) ?? []),
    used,
    reserved,
  };
}

function figuresOn(axis: ShownAxis, levels: readonly BudgetLevel[]): AxisFigures | undefined {
  let room: ShownRoom | undefined;
  let hidden: { readonly path: string; readonly left: number } | undefined;
  for (const { snapshot, isShown, taken } of levels) {
    const { path, remaining, window } = snapshot;
    const [cap, before] = [wholeCap(snapshot, axis), remaining[axis]];
    if (cap === undefined || before === undefined) continue;
    const left = rounded(before - (taken?.[axis] ?? 0));
    if (!isShown) {
      if (hidden === undefined || left < hidden.left) hidden = { path, left };
    } else if (room === undefined || left < room.remaining)
      room = { cap, remaining: left, startsAt: window?.startsAt, resetsAt: window?.endsAt };
  }
  if (room === undefined && hidden === undefined) return undefined;
  const shown = room?.remaining ?? Number.POSITIVE_INFINITY;
  const limitedBy = hidden !== undefined && hidden.left < shown ? hidden.path : undefined;
  return { axis, room, limitedBy, isSpent: Math.min(shown, hidden?.left ?? shown) <= 0 };
}

/**
 * Returns the headers with the figures (draft-ietf-httpapi-ratelimit-headers-10). Dollars are
 * integers there: millionths, rounded down.
 */
export function budgetHeaders(
  { axes, isFrozen }: BudgetFigures,
  nowMs: number,
): Readonly<Record<string, string>> {
  const policies: string[] = [];
  const limits: string[] = [];
  for (const { axis, room, isSpent } of axes) {
    if (room === undefined) continue;
    const { cap, remaining, startsAt, resetsAt } = room;
    const unit = { usd: ';qu="micro-usd"', tokens: ';qu="tokens"', calls: "" }[axis];
    const isWindow = startsAt !== undefined && resetsAt !== undefined;
    const window = isWindow
      ? `;w=${Math.max(1, Math.round((resetsAt - startsAt) / SECOND_MS))}`
      : "";
    const reset =
      resetsAt === undefined ? "" : `;t=${Math.max(0, Math.ceil((resetsAt - nowMs) / SECOND_MS))}`;
    const left = isFrozen || isSpent ? 0 : scaled(axis, remaining);
    policies.push(`"${axis}";q=${scaled(axis, cap)}${unit}${window}`);
    limits.push(`"${axis}";r=${left}${reset}`);
  }
  if (policies.length === 0) return {};
  return { "ratelimit-policy": policies.join(", "), ratelimit: limits.join(", ") };
}

/**
 * Returns the result of `GET /budget`, which agents also read; `below` are pools for some of the
 * calls of that pool.
 */
export function budgetView(
  figures: BudgetFigures,
  nowMs: number,
  below: readonly StoredSnapshot[] = [],
): Readonly<Record<string, unknown>> {
  const { pool, axes, used, reserved, isFrozen } = figures;
  return {
    pool,
    used,
    held: reserved,
    frozen: isFrozen,
    limits: Object.fromEntries(
      axes.map(({ axis, room, limitedBy }) => [
        axis,
        {
          ...(room !== undefined && roomView(room, nowMs)),
          ...(limitedBy !== undefined && { limited_by: limitedBy }),
        },
      ]),
    ),
    ...(below.length > 0 && { calls: below.map((each) => viewBelow(pool, each, nowMs)) }),
  };
}

function roomView(
  { cap, remaining, resetsAt }: ShownRoom,
  nowMs: number,
): Readonly<Record<string, unknown>> {
  return {
    cap,
    remaining,
    ...(resetsAt !== undefined && {
      resets_at: new Date(resetsAt).toISOString(),
      resets_in_seconds: Math.max(0, Math.ceil((resetsAt - nowMs) / SECOND_MS)),
    }),
  };
}

/** A pool for some of the calls of another, by its name below that. */
function viewBelow(
  above: string,
  snapshot: StoredSnapshot,
  nowMs: number,
): Readonly<Record<string, unknown>> {
  const view = budgetView(budgetFiguresOf([{ snapshot, isShown: true }]), nowMs);
  return { ...view, pool: snapshot.path.slice(above.length + 1) };
}

/** To nano-dollars, which sums of dollars miss by a little; counts are whole. */
function rounded(value: number): number {
  return Math.round(value * NANO) / NANO;
}

function scaled(axis: string, value: number): number {
  return axis === "usd" ? Math.floor(value * MICRO + 1e-6) : value;
}
