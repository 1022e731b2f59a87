// Caps, windows and changes of a pool, as people read them.

import type { ChangeView, StoredSnapshot } from "../../stores/index.ts";
import { capsView } from "../../core/caps.ts";
import type { CapQuantities } from "../../core/caps.ts";
import type { CarryRule } from "../../core/window-rule.ts";
import { AXES_SHOWN, axisName, instantText, quantity } from "./figures.ts";

const DAY_MS = 86_400_000;
const UNITS_MS = [
  ["d", DAY_MS],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1000],
] as const;

/** A window as the ledger and templates keep it. */
interface WindowData {
  readonly period?: string;
  readonly timeZone?: string;
  readonly offsetMs?: number;
  readonly everyMs?: number;
  readonly slidingMs?: number;
  readonly carry?: CarryRule;
}

/** Returns caps, such as "$5.00, 100 calls"; a removed one reads "no cap on calls". */
export function capsText(caps: NonNullable<ChangeView["caps"]>): string {
  const texts = AXES_SHOWN.flatMap((axis) => {
    const cap = caps[axis];
    if (cap === undefined) return [];
    return [cap === null ? `no cap on ${axisName(axis)}` : quantity(axis, cap)];
  });
  return texts.join(", ");
}

/** Amounts by which caps change, such as "+$5.00". */
export function differenceText(by: NonNullable<ChangeView["by"]>): string {
  const texts = AXES_SHOWN.flatMap((axis) => {
    const difference = by[axis];
    if (difference === undefined) return [];
    return [`${difference < 0 ? "-" : "+"}${quantity(axis, Math.abs(difference))}`];
  });
  return texts.join(", ");
}

/** A window, such as "per month from 15 06:00 (Europe/Berlin), carries over up to $10.00". */
export function periodText(window: object): string {
  const { period, timeZone, offsetMs, everyMs, slidingMs, carry }: WindowData = window;
  if (slidingMs !== undefined) return `in the last ${lengthText(slidingMs)}`;
  const every = period ?? `period of ${lengthText(everyMs ?? 0)}`;
  const from = offsetMs === undefined ? "" : ` from ${fromText(every, offsetMs)}`;
  const zone = timeZone === undefined || timeZone === "UTC" ? "" : ` (${timeZone})`;
  return `per ${every}${from}${zone}${carryText(carry)}`;
}

/** Returns a change in the words of the commands; undefined for none. */
export function changeText(change: ChangeView): string | undefined {
  const { caps, by, until, frozen, ended, overage, window } = change;
  const parts = [
    caps && `caps ${capsText(caps)}`,
    by && `caps ${differenceText(by)}`,
    until !== undefined && `until ${instantText(until)}`,
    frozen !== undefined && (frozen ? "frozen" : "thawed"),
    ended !== undefined && `released ${ended}`,
    overage !== undefined && `overage ${overage}`,
    window === null && "no period",
    window && periodText(window),
  ].filter((part) => typeof part === "string");
  return parts.length === 0 ? undefined : parts.join(", ").replace(", until", " until");
}

function carryText(carry: CarryRule | undefined): string {
  if (carry === undefined || carry === true) return carryOverText(carry);
  return carryOverText({ upTo: capsView(carry satisfies CapQuantities) });
}

/** Returns the carry-over of a period, such as ", carries over up to $10.00". */
export function carryOverText(carryOver: StoredSnapshot["carryOver"]): string {
  if (carryOver === undefined) return "";
  return `, carries over up to ${carryOver === true ? "one cap" : capsText(carryOver.upTo)}`;
}

/** Returns the start of a period in the form of --from: "15", "06:00" or "15 06:00". */
function fromText(period: string, offsetMs: number): string {
  const days = Math.floor(offsetMs / DAY_MS);
  const time = new Date(offsetMs % DAY_MS).toISOString().slice(11, 16);
  const day = period === "day" || (days === 0 && time !== "00:00") ? [] : [String(days + 1)];
  return [...day, ...(time === "00:00" ? [] : [time])].join(" ");
}

/** A length in its largest whole unit, such as "5 h". */
function lengthText(ms: number): string {
  const [unit, size] = UNITS_MS.find(([, each]) => ms % each === 0) ?? ["ms", 1];
  return `${ms / size} ${unit}`;
}
