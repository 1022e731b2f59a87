// The text of an event, in one line.

import type { BudgetEvent } from "../../stores/index.ts";

const DECIMALS = 2;
const PERCENT = 100;

/** Returns an event in one line. */
export function alertText(event: BudgetEvent): string {
  const { pool } = event;
  switch (event.kind) {
    case "threshold": {
      const { axis, threshold, used, cap, window } = event;
      const part = `${Math.round(threshold * PERCENT)} % of its cap`;
      const resets = window === undefined ? "" : `; it starts over ${instant(window.endsAt)}`;
      return `Pool ${pool} has used ${part}: ${quantity(axis, used)} of ${quantity(axis, cap)}${resets}`;
    }
    case "refused": {
      const { reason } = event.refusal;
      return `Pool ${pool} has refused a call (${reason}), for the first time in this window`;
    }
    case "changed":
      return `The settings of pool ${pool} were changed${byWhom(event)}`;
    default:
      return `Pool ${pool} was ${event.kind}${byWhom(event)}`;
  }
}

function byWhom({ actor, reason }: { readonly actor?: string; readonly reason?: string }): string {
  const who = actor === undefined ? "" : ` by ${actor}`;
  return who + (reason === undefined ? "" : `: ${reason}`);
}

function quantity(axis: string, value: number): string {
  return axis === "usd"
    ? `$${value.toFixed(DECIMALS)}`
    : `${value.toLocaleString("en-US")} ${axis}`;
}

function instant(atMs: number): string {
  return `${new Date(Math.min(atMs, 8.64e15)).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
