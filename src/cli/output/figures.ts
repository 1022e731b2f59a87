// Figures for people.

import type { AmountView } from "../../core/amount.ts";
import { wholeCap } from "../../core/whole-cap.ts";
import type { BudgetSnapshot } from "../../core/snapshot.ts";
import type { Style } from "../command-line.ts";

/** Dollars first: that is what people look for. */
export const AXES_SHOWN = ["usd", "tokens", "inputTokens", "outputTokens", "calls"] as const;
const WARN_PART = 0.8;

const UNITS: Readonly<Record<keyof AmountView, string>> = {
  tokens: "token",
  inputTokens: "input token",
  outputTokens: "output token",
  usd: "",
  calls: "call",
};

/** Dollars with two places, or as many as it takes to show that there are any. */
export function dollars(usd: number): string {
  const sign = usd < 0 ? "-" : "";
  const size = Math.abs(usd);
  const places = size === 0 || size >= 0.1 ? 2 : Math.min(9, 1 - Math.floor(Math.log10(size)));
  return `${sign}$${size.toFixed(places).replace(/(\.\d\d\d*?)0+$/, "$1")}`;
}

/** Dollars to the last nano-dollar. */
export function exactDollars(usd: number): string {
  return `$${usd.toFixed(9).replace(/(\.\d\d\d*?)0+$/, "$1")}`;
}

/** Returns a moment, to the minute. */
export function instantText(atMs: number): string {
  const text = new Date(atMs).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 16)} UTC`;
}

/** Returns a count with commas. */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** Returns how many there are of something, such as "1 call" and "2 calls". */
export function counted(value: number, one: string): string {
  return `${count(value)} ${one}${value === 1 ? "" : "s"}`;
}

/** Returns a quantity with its unit. */
export function quantity(axis: keyof AmountView, value: number): string {
  return axis === "usd" ? dollars(value) : counted(value, UNITS[axis]);
}

/** The name of an axis in the plural, such as "input tokens". */
export function axisName(axis: keyof AmountView): string {
  return axis === "usd" ? "dollars" : `${UNITS[axis]}s`;
}

/** Returns the largest used fraction of a cap, from 0; 0 for a pool without caps. */
export function usedPart(snapshot: Pick<BudgetSnapshot, "used" | "caps" | "carried">): number {
  const parts = AXES_SHOWN.map((axis) => {
    const cap = wholeCap(snapshot, axis);
    if (cap === undefined) return 0;
    return cap === 0 ? 1 : snapshot.used[axis] / cap;
  });
  return Math.max(...parts);
}

/** Returns the color of a pool: red if it is spent, yellow if little is left. */
export function styleOf(snapshot: Pick<BudgetSnapshot, "used" | "caps" | "carried">): Style {
  const part = usedPart(snapshot);
  if (part >= 1) return "red";
  return part >= WARN_PART ? "yellow" : "green";
}

/** Returns a short form, for the cap with the largest used fraction: "$1.20/$5.00". */
export function shortUsedOf(snapshot: Pick<BudgetSnapshot, "used" | "caps" | "carried">): string {
  const { used, caps } = snapshot;
  const capped = AXES_SHOWN.filter((axis) => caps[axis] !== undefined).map((axis) => {
    const [value, cap] = [used[axis], wholeCap(snapshot, axis) ?? 0];
    const text =
      axis === "usd"
        ? `${dollars(value)}/${dollars(cap)}`
        : `${count(value)}/${quantity(axis, cap)}`;
    return { text, part: cap === 0 ? 1 : value / cap };
  });
  const [nearest] = capped.toSorted((one, other) => other.part - one.part);
  return nearest?.text ?? dollars(used.usd);
}

/**
 * Returns what a pool has used of its caps, such as "$1.20 of $5.00 used, 30 of 100 calls used".
 */
export function usedOf(snapshot: Pick<BudgetSnapshot, "used" | "caps" | "carried">): string {
  const { used } = snapshot;
  const capped = AXES_SHOWN.flatMap((axis) => {
    const cap = wholeCap(snapshot, axis);
    if (cap === undefined) return [];
    const shown = axis === "usd" ? dollars(used[axis]) : count(used[axis]);
    return [`${shown} of ${quantity(axis, cap)} used`];
  });
  return capped.length === 0 ? `${dollars(used.usd)} used, no cap` : capped.join(", ");
}
