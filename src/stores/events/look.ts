// One pass over what is new in a tree: the events that its entries and refusals produce, and what
// each reports of its pool. Nothing is stored until an event is acknowledged.

import { thresholdsCrossed } from "../../core/thresholds.ts";
import { subtract, uniform, assign } from "../../core/quantities.ts";
import type { WindowSpan } from "../../core/window-rule.ts";
import { windowAt } from "../../core/window.ts";
import type { BudgetEvent } from "../contract/events.ts";
import type { StoredEntry } from "../contract/ledger.ts";
import { isBelow } from "../contract/path.ts";
import type { PoolFigures } from "../contract/pool-figures.ts";
import { refusalEntryOf } from "../contract/refusals.ts";
import type { KeptRefusal } from "../contract/refusals.ts";
import { periodAt } from "./period-sums.ts";
import type { LinesReader, PeriodSum, PeriodSums } from "./period-sums.ts";
import { periodBegun, refusalReported, thresholdReported, reportedIn } from "./reported-events.ts";
import type { Period, Reported, ReportedChange } from "./reported-events.ts";

/** An event, and what it marks as reported. */
export interface FoundEvent {
  readonly event: BudgetEvent;
  /** The number of the entry that caused it; it orders events of the same time. */
  readonly order: number;
  readonly change: ReportedChange | undefined;
  /** The number of the entry that it describes; undefined if it describes several. */
  readonly line?: number;
}

/** The input of a pass. */
export interface Sight {
  readonly lines: readonly StoredEntry[];
  readonly refusals: readonly KeptRefusal[];
  /** The number of the last entry that was read before. */
  readonly readTo: number;
  /** The number of the last entry whose change was reported. */
  readonly reportedTo: number;
  readonly figures: ReadonlyMap<string, PoolFigures>;
  readonly reported: ReadonlyMap<string, Reported>;
  readonly thresholds: readonly number[];
  readonly sums: PeriodSums;
  readonly read: LinesReader;
}

/** Returns the paths of the pools, and of all above them, that entries or refusals touch. */
export function touchedBy(
  lines: readonly StoredEntry[],
  refusals: readonly KeptRefusal[],
): readonly string[] {
  const paths = new Set<string>();
  const touch = (path: string): void => {
    for (let end = path.length; end > 0; end = path.lastIndexOf("/", end - 1))
      paths.add(path.slice(0, end));
  };
  for (const { kind, path } of lines) if (kind !== "release") touch(path);
  for (const { refusal } of refusals) touch(refusal.pool);
  return [...paths];
}

/**
 * Returns the events of a pass in the order of their times, and changes in the order of their
 * entries.
 */
export async function eventsOf(sight: Sight): Promise<readonly FoundEvent[]> {
  const found: FoundEvent[] = [];
  for (const line of sight.lines) {
    const event = line.seq > sight.reportedTo ? changeEventOf(line) : undefined;
    if (event === undefined) continue;
    const window = sight.figures.get(line.path)?.window;
    const change =
      line.kind === "reset" ? periodBegun(periodAt(window, line.at, line.seq)) : undefined;
    found.push({ event, order: line.seq, change, line: line.seq });
  }
  for (const [path, figures] of sight.figures) {
    // oxlint-disable-next-line no-await-in-loop -- few of them read anything
    for (const event of await thresholdEventsOf(path, figures, sight)) found.push(event);
  }
  found.sort((one, other) => one.order - other.order);
  // If a clock was set back, an entry has the time of the latest one before it.
  let latest = 0;
  const timed = [...found, ...refusalEventsOf(sight)].map((each) => {
    if (each.order !== Infinity) latest = Math.max(latest, each.event.at);
    return { each, at: each.order === Infinity ? each.event.at : latest };
  });
  return timed.toSorted((one, other) => one.at - other.at).map(({ each }) => each);
}

function changeEventOf(line: StoredEntry): BudgetEvent | undefined {
  const { id, path, at, kind, details } = line;
  const { actor, reason, change } = details ?? {};
  const said = {
    id: `${kind} ${path} ${id}`,
    pool: path,
    at,
    ...(actor !== undefined && { actor }),
    ...(reason !== undefined && { reason }),
  };
  if (kind === "reset") return { ...said, kind };
  if (kind === "delete") return { ...said, kind: "deleted" };
  if (kind !== "configure") return undefined;
  if (change?.frozen !== undefined) return { ...said, kind: change.frozen ? "frozen" : "thawed" };
  return { ...said, kind: "changed", change: change ?? {} };
}

/** The number of the last reset of a pool before the entries of this pass. */
function resetBefore(path: string, { reported }: Sight): number {
  return reported.get(path)?.period.reset ?? 0;
}

async function thresholdEventsOf(
  path: string,
  figures: PoolFigures,
  sight: Sight,
): Promise<readonly FoundEvent[]> {
  if (Object.keys(figures.caps).length === 0) return [];
  const { window } = figures;
  const lines = sight.lines.filter((line) => isBelow(line.path, path));
  const last = lines.at(-1);
  // A refusal does not change used.
  if (last === undefined) return [];
  const sums = sight.sums.add(path, window, lines, resetBefore(path, sight));
  const now = currentPeriod(path, figures, sight);
  const found: FoundEvent[] = [];
  for (const sum of sums) {
    const { startsAt, reset } = sum.period;
    if (startsAt === now.startsAt && reset === now.reset) continue;
    // Earlier totals of a sliding window are unknown.
    if (window?.kind === "sliding") continue;
    // oxlint-disable-next-line no-await-in-loop -- seldom: a period has ended since the last look
    if (!sum.isWhole) await sight.sums.complete(path, window, sum, sight.readTo, sight.read);
    found.push(...crossed(path, figures, sum, sight));
  }
  const used = uniform(0);
  assign(used, figures.taken);
  subtract(used, figures.reserved);
  return [
    ...found,
    ...crossed(path, figures, { used, period: now, last: sums.at(-1)?.last ?? last }, sight),
  ];
}

/** The current period of a pool: its window, after its last reset. */
function currentPeriod(path: string, figures: PoolFigures, sight: Sight): Period {
  const reset = sight.lines.findLast((line) => line.kind === "reset" && line.path === path);
  const { window, windowStartsAt = 0 } = figures;
  const last = reset?.seq ?? resetBefore(path, sight);
  if (window?.kind === "sliding") return periodAt(window, sight.lines.at(-1)?.at ?? 0, last);
  return { startsAt: window === undefined ? 0 : windowStartsAt, reset: last };
}

/** The thresholds that used has reached in a period and that were not reported yet. */
function crossed(
  path: string,
  { caps, window }: PoolFigures,
  { used, period, last }: Pick<PeriodSum, "used" | "period" | "last">,
  { reported, thresholds }: Sight,
): readonly FoundEvent[] {
  const before = reported.get(path);
  const reportedThen = before === undefined ? undefined : reportedIn(before, period);
  if (before !== undefined && reportedThen === undefined) return [];
  const events = thresholdsCrossed(
    path,
    thresholds,
    { caps: {}, used: uniform(0) },
    { caps, used },
  );
  const at = window?.kind === "sliding" ? last.at : period.startsAt;
  const span = window && windowAt(window, at);
  return events
    .filter(({ axis, threshold }) => threshold > (reportedThen?.thresholds[axis] ?? 0))
    .map(({ axis, threshold, used: usedThen, cap }) => ({
      event: {
        kind: "threshold",
        id: `threshold ${path} ${axis} ${threshold} ${cap} ${period.startsAt} ${period.reset}`,
        pool: path,
        at: last.at,
        axis,
        threshold,
        used: usedThen,
        cap,
        ...(span !== undefined && { window: span }),
      },
      order: last.seq,
      change: thresholdReported(period, axis, threshold, last.at),
    }));
}

function refusalEventsOf(sight: Sight): readonly FoundEvent[] {
  const seen = new Set<string>();
  return sight.refusals.flatMap((kept): readonly FoundEvent[] => {
    const { refusal, at } = kept;
    const figures = sight.figures.get(refusal.pool);
    if (figures === undefined) return [];
    const { pool, reason } = refusal;
    const period = periodAt(figures.window, at, resetBefore(pool, sight));
    const id = `refused ${pool} ${reason} ${period.startsAt} ${period.reset}`;
    const before = sight.reported.get(pool);
    const reportedThen = before === undefined ? undefined : reportedIn(before, period);
    const isOver = before !== undefined && reportedThen === undefined;
    if (isOver || seen.has(id) || reportedThen?.refused.includes(reason) === true) return [];
    seen.add(id);
    const span: WindowSpan | undefined = figures.window && windowAt(figures.window, at);
    const event: BudgetEvent = {
      kind: "refused",
      id,
      pool,
      at,
      refusal: refusalEntryOf(kept),
      ...(span !== undefined && { window: span }),
    };
    return [{ event, order: Infinity, change: refusalReported(period, reason) }];
  });
}

/** Returns the reports that no longer hold, because used fell or a cap was raised. */
export function unreached(sight: Sight): ReadonlyMap<string, Reported> {
  const changed = new Map<string, Reported>();
  for (const [path, figures] of sight.figures) {
    const before = sight.reported.get(path);
    if (before === undefined) continue;
    const now = reportedIn(before, currentPeriod(path, figures, sight));
    if (now === undefined) continue;
    const used = uniform(0);
    assign(used, figures.taken);
    subtract(used, figures.reserved);
    const nothing = { caps: {}, used: uniform(0) };
    const thresholds: { -readonly [A in keyof Reported["thresholds"]]: number } = {};
    const still = thresholdsCrossed(path, sight.thresholds, nothing, { ...figures, used });
    for (const { axis, threshold } of still)
      if (threshold <= (now.thresholds[axis] ?? 0)) thresholds[axis] = threshold;
    if (Object.entries(now.thresholds).some(([axis, high]) => lower(thresholds, axis, high)))
      changed.set(path, { ...now, thresholds });
  }
  return changed;
}

function lower(thresholds: Reported["thresholds"], axis: string, high: number): boolean {
  return (Object.entries(thresholds).find(([name]) => name === axis)?.[1] ?? 0) < high;
}
