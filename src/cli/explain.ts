// What a program is told when a call is refused: words for whoever sits in front of it, and the
// flag or the command that helps.

import type { Axis } from "../core/axis.ts";
import { BudgetExceeded } from "../core/errors.ts";
import { CannotMeter } from "../meter/refusals.ts";
import { PriceUnknown } from "../prices/index.ts";
import { quantity } from "./figures.ts";

const FLAGS: Readonly<Record<Axis, string>> = {
  usd: "usd",
  tokens: "tokens",
  inputTokens: "tokens",
  outputTokens: "tokens",
  calls: "calls",
};
const CENTS = 100;

/** Explains refusals of a run that draws from a pool that is kept, or from one of its own. */
export function explainerFor(isKept: boolean): (error: Error) => string {
  return (error) => {
    if (BudgetExceeded.is(error)) return exceeded(error, isKept);
    const help = flagFor(error);
    // What a message of the library says behind its first part is for programmers.
    return help === undefined ? error.message : `${error.message.split("; ")[0] ?? ""}; ${help}`;
  };
}

/** Which flag helps; undefined when none does. */
function flagFor(error: unknown): string | undefined {
  if (PriceUnknown.is(error)) {
    const [nearest] = error.nearest;
    return `${nearest === undefined ? "" : `did you mean ${nearest}? `}to say what a model costs: --prices FILE`;
  }
  if (!CannotMeter.is(error)) return undefined;
  if (error.reason === "route_unmetered") return "to let such requests through: --unmetered";
  return error.reason === "input_unbounded"
    ? "to let such calls through: leave out --strict"
    : undefined;
}

function exceeded(error: BudgetExceeded, isKept: boolean): string {
  const { axis, used, cap, pool, resetsAt } = error;
  const asked = error.attempted - used - error.reserved;
  const held = error.reserved > 0 ? `, ${quantity(axis, error.reserved)} held by other calls` : "";
  const room = used >= cap ? "" : `, and this call may take ${quantity(axis, asked)}`;
  const resets = resetsAt === undefined ? "" : `; resets ${timeOf(resetsAt)}`;
  const flag = `--${FLAGS[axis]} ${suggestedCap(error, asked)}`;
  const raise = isKept
    ? `raise it with: token-budget set ${pool} ${flag}`
    : `run it again with more: token-budget run ${flag}`;
  return `Budget exceeded: ${quantity(axis, used)} of ${quantity(axis, cap)} used in pool ${pool}${held}${room}${resets}; ${raise}`;
}

/** Twice the cap, or what the call needs when that is more. */
function suggestedCap({ axis, cap, attempted }: BudgetExceeded, asked: number): string {
  const enough = Math.max(2 * cap, attempted, 2 * asked);
  if (axis !== "usd") return String(Math.ceil(enough));
  return String(Math.ceil(enough * CENTS) / CENTS);
}

/** Today's time alone is enough. */
function timeOf(atMs: number): string {
  const text = new Date(atMs).toISOString();
  const [day, time] = [text.slice(0, 10), text.slice(11, 16)];
  const isSoon = atMs - Date.now() <= 24 * 60 * 60 * 1000;
  return isSoon ? `${time} UTC` : `${day} ${time} UTC`;
}
