// What `top` shows, as lines of text: no terminal here.

import type { BudgetSnapshot } from "../../core/snapshot.ts";
import type { Style } from "../command-line.ts";
import { count, counted, dollars, styleOf } from "./figures.ts";
import { inWords, lastsMs } from "./forecast.ts";
import { visible } from "./terminal-text.ts";

/** A pool as it is shown. */
export interface Shown {
  readonly snapshot: BudgetSnapshot;
  /** Dollars used in the observed time, and its length. */
  readonly spent: number;
  readonly overMs: number;
}

/** How large the screen is. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

const NAME_WIDTH_MAX = 24;
const FIGURES_WIDTH = 34;
const BAR_MAX = 20;
const HEAD_ROWS = 2;

/** A line of the screen. */
export interface ScreenLine {
  readonly text: string;
  readonly style?: Style;
}

/** The position of the screen in the whole list. */
export interface ScreenPosition {
  readonly first: number;
  readonly total: number;
  /** Whether there are more than were counted. */
  readonly isMore?: boolean;
  /** The search text, and the order. */
  readonly note: string;
  /** The text when there is no pool. */
  readonly whenEmpty?: string;
}

/** Returns how many pools a screen has room for. */
export function rowsFor(rows: number): number {
  return Math.max(0, rows - HEAD_ROWS - 1);
}

/** Returns the lines of the screen, which fit its width and height. */
export function screenOf(
  pools: readonly Shown[],
  { columns, rows }: Size,
  at: Date,
  { first, total, isMore = false, note, whenEmpty = "No pools yet" }: ScreenPosition = {
    first: 0,
    total: pools.length,
    note: "",
  },
): ScreenLine[] {
  const about = note === "" ? "" : `   ${note}`;
  const title = `token-budget top   ${isMore ? "over " : ""}${counted(total, "pool")}   ${at.toISOString().slice(11, 19)} UTC   q quits${about}`;
  const fitting = pools.slice(0, rowsFor(rows));
  const longest = Math.max(0, ...fitting.map(({ snapshot }) => snapshot.path.length));
  const width = Math.min(NAME_WIDTH_MAX, longest);
  const shown = fitting.map((pool) => ({
    text: lineOf(pool, width, columns),
    style: styleOf(pool.snapshot),
  }));
  const hidden = total - first - shown.length;
  const lines: ScreenLine[] = [{ text: title }, { text: "" }, ...shown];
  if (hidden > 0) lines.push({ text: `… and ${isMore ? "over " : ""}${count(hidden)} more` });
  else if (first > 0) lines.push({ text: "end of the list" });
  if (total === 0 && note === "") lines.push({ text: whenEmpty });
  else if (total === 0) lines.push({ text: "No pool matches; Esc shows all" });
  return lines
    .slice(0, rows)
    .map(({ text, style }) =>
      Object.assign({ text: cut(visible(text), columns) }, style && { style }),
    );
}

function lineOf({ snapshot, spent, overMs }: Shown, width: number, columns: number): string {
  const { path, used, reserved, caps, remaining, openReservations } = snapshot;
  const name = cut(path, NAME_WIDTH_MAX).padEnd(width);
  const cap = caps.usd;
  if (cap === undefined)
    return `${name}  ${dollars(used.usd)} used, ${counted(used.calls, "call")}, ${count(openReservations)} open`;
  const cells = Math.min(BAR_MAX, columns - width - FIGURES_WIDTH - 6);
  const bar = cells < 4 ? "" : `[${barOf(used.usd, reserved.usd, cap, cells)}] `;
  const lasts = lastsMs(remaining.usd ?? 0, spent, overMs);
  const tail = lasts === undefined ? `${count(openReservations)} open` : `lasts ${inWords(lasts)}`;
  return `${name}  ${bar}${dollars(used.usd)} of ${dollars(cap)}  ${tail}`;
}

/** Used as `#`, held as `+`. */
function barOf(used: number, reserved: number, cap: number, cells: number): string {
  const part = (value: number): number =>
    cap === 0 ? cells : Math.max(0, Math.min(cells, Math.round((value / cap) * cells)));
  const full = part(used);
  const held = Math.max(0, part(used + reserved) - full);
  return "#".repeat(full) + "+".repeat(held) + " ".repeat(cells - full - held);
}

function cut(line: string, columns: number): string {
  return line.length <= columns ? line : `${line.slice(0, Math.max(0, columns - 1))}…`;
}
