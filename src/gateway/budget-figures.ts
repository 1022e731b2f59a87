// What a caller may still spend: the least remainder of its pool and of all pools above it. The
// pools above are not named, because others share them.

import { wholeCap } from "../core/whole-cap.ts";
import type { StoredSnapshot } from "../stores/index.ts";

const SHOWN_AXES = ["usd", "tokens", "calls"] as const;
const MICRO = 1_000_000;
const SECOND_MS = 1000;

/** The remainder on one axis. */
interface AxisFigures {
  readonly axis: (typeof SHOWN_AXES)[number];
  readonly cap: number;
  readonly remaining: number;
  /** When the pool with the least remainder resets; milliseconds since 1970. */
  readonly startsAt: number | undefined;
  readonly resetsAt: number | undefined;
}

/** What a caller may still spend. */
export interface BudgetFigures {
  readonly pool: string;
  readonly isCapped: boolean;
  readonly isFrozen: boolean;
  readonly axes: readonly AxisFigures[];
  readonly used: StoredSnapshot["used"];
  readonly reserved: StoredSnapshot["reserved"];
}

/** Returns the figures of a pool, whose snapshot is the first, and of those above it. */
export function budgetFiguresOf(snapshots: readonly StoredSnapshot[]): BudgetFigures {
  const [own] = snapshots;
  if (own === undefined) throw new TypeError("Expected the snapshot of a pool");
  const axes = SHOWN_AXES.flatMap((axis) => {
    let least: AxisFigures | undefined;
    for (const snapshot of snapshots) {
      const { remaining, window } = snapshot;
      const [cap, left] = [wholeCap(snapshot, axis), remaining[axis]];
      if (cap === undefined || left === undefined) continue;
      if (least === undefined || left < least.remaining)
        least = {
          axis,
          cap,
          remaining: left,
          startsAt: window?.startsAt,
          resetsAt: window?.endsAt,
        };
    }
    return least === undefined ? [] : [least];
  });
  return {
    pool: own.path,
    isCapped: snapshots.some(({ caps }) => Object.keys(caps).length > 0),
    isFrozen: snapshots.some(({ frozen }) => frozen === true),
    axes,
    used: own.used,
    reserved: own.reserved,
  };
}

/**
 * Returns the headers with the figures (draft-ietf-httpapi-ratelimit-headers-10). Dollars are
 * integers there: millionths, rounded down.
 */
export function budgetHeaders(
  figures: BudgetFigures,
  nowMs: number,
): Readonly<Record<string, string>> {
  const second = Math.floor(nowMs / SECOND_MS);
  const kept = KEPT.get(figures);
  if (kept?.second === second) return kept.headers;
  const headers = headersOf(figures, nowMs);
  KEPT.set(figures, { second, headers });
  return headers;
}

/** Cached headers of the figures, which change once a second and are shared by many calls. */
const KEPT = new WeakMap<
  BudgetFigures,
  { readonly second: number; readonly headers: Readonly<Record<string, string>> }
>();

function headersOf(
  { axes, isFrozen }: BudgetFigures,
  nowMs: number,
): Readonly<Record<string, string>> {
  if (axes.length === 0) return {};
  const policies: string[] = [];
  const limits: string[] = [];
  for (const { axis, cap, remaining, startsAt, resetsAt } of axes) {
    const unit = { usd: ';qu="micro-usd"', tokens: ';qu="tokens"', calls: "" }[axis];
    const isWindow = startsAt !== undefined && resetsAt !== undefined;
    const window = isWindow
      ? `;w=${Math.max(1, Math.round((resetsAt - startsAt) / SECOND_MS))}`
      : "";
    const reset =
      resetsAt === undefined ? "" : `;t=${Math.max(0, Math.ceil((resetsAt - nowMs) / SECOND_MS))}`;
    policies.push(`"${axis}";q=${scaled(axis, cap)}${unit}${window}`);
    limits.push(`"${axis}";r=${isFrozen ? 0 : Math.max(0, scaled(axis, remaining))}${reset}`);
  }
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
      axes.map(({ axis, cap, remaining, resetsAt }) => [
        axis,
        {
          cap,
          remaining,
          ...(resetsAt !== undefined && {
            resets_at: new Date(resetsAt).toISOString(),
            resets_in_seconds: Math.max(0, Math.ceil((resetsAt - nowMs) / SECOND_MS)),
          }),
        },
      ]),
    ),
    ...(below.length > 0 && { calls: below.map((each) => viewBelow(pool, each, nowMs)) }),
  };
}

/** A pool for some of the calls of another, by its name below that. */
function viewBelow(
  above: string,
  snapshot: StoredSnapshot,
  nowMs: number,
): Readonly<Record<string, unknown>> {
  const view = budgetView(budgetFiguresOf([snapshot]), nowMs);
  return { ...view, pool: snapshot.path.slice(above.length + 1) };
}

function scaled(axis: string, value: number): number {
  return axis === "usd" ? Math.floor(value * MICRO + 1e-6) : value;
}
