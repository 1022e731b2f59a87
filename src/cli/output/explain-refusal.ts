// The message of a refused call: a sentence for the person in front of it, and the flag or command
// that helps.

import type { Axis } from "../../core/axis.ts";
import { BudgetExceeded } from "../../core/errors.ts";
import { HAS_NO_PRICE, leastHoldOf, reasonsOf } from "../../meter/refusal-reasons.ts";
import { CannotMeter } from "../../meter/refusals.ts";
import { PriceUnknown } from "../../prices/index.ts";
import { count, dollars, instantText, quantity } from "./figures.ts";

/** The axes that the command line can set. */
const FLAGS: Readonly<Record<Axis, string>> = {
  usd: "--usd",
  tokens: "--tokens",
  inputTokens: "--input-tokens",
  outputTokens: "--output-tokens",
  calls: "--calls",
};
const PLAIN_NAME = /^[\w./@:-]+$/;
const CENTS = 100;
const DAY_MS = 24 * 60 * 60 * 1000;
const DATE_LENGTH = "2026-11-24 ".length;

/** The origin of a refused call; each needs other advice. */
type From = "kept pool" | "own pool" | "gateway";

/** Explains refusals of a run that draws from a named pool, or from one of its own. */
export function explainerFor(isKept: boolean): (error: Error) => string {
  return explainerFrom(isKept ? "kept pool" : "own pool");
}

/** Explains refusals to a caller of a gateway, who has a key and no access to its store. */
export const explainToCaller: (error: Error) => string = explainerFrom("gateway");

function explainerFrom(from: From): (error: Error) => string {
  return (error) => {
    if (BudgetExceeded.is(error)) return exceeded(error, from);
    if (from === "gateway") return error.message;
    const help = flagFor(error);
    // The later parts of a library message are for programmers.
    return help === undefined ? error.message : `${error.message.split("; ")[0] ?? ""}; ${help}`;
  };
}

/** Returns the flag that helps; undefined if none does. */
function flagFor(error: unknown): string | undefined {
  if (PriceUnknown.is(error)) {
    const [nearest] = error.nearest;
    const mean = nearest === undefined ? "" : `did you mean ${nearest}? `;
    return `${mean}set its price with --prices FILE, name its model with --model NAME=MODEL, or make local models free with --free-local`;
  }
  if (!CannotMeter.is(error)) return undefined;
  if (error.reason === "route_unmetered")
    return "set its price with --route PATH=DOLLARS, or allow all such requests with --unmetered";
  if (error.reason === "output_unbounded")
    return "set an output limit in the request, or the model's outputMax with --prices FILE";
  return error.reason === "input_unbounded" ? "to allow such calls, omit --strict" : undefined;
}

function exceeded(error: BudgetExceeded, from: From): string {
  const { axis, used, cap, pool, resetsAt } = error;
  if (error.reason === "frozen") {
    const thaw = from === "kept pool" ? `; end that with: token-budget thaw ${quoted(pool)}` : "";
    return `Pool ${pool} is frozen: new calls are refused${thaw}`;
  }
  const asked = error.attempted - used - error.reserved;
  const held = error.reserved > 0 ? `, ${quantity(axis, error.reserved)} held by other calls` : "";
  const reasons = reasonsOf(error);
  const why = reasons.length === 0 ? leastOf(error) : ` (${reasons.join("; ")})`;
  const room =
    used >= cap
      ? ""
      : `, and this call could ${axis === "usd" ? "cost" : "use"} up to ${quantity(axis, asked)}${why}`;
  const resets = resetsAt === undefined ? "" : `; resets ${timeOf(resetsAt)}`;
  const isGuess = reasons.some((reason) => reason.endsWith(HAS_NO_PRICE));
  const price = from === "gateway" ? "" : "; set its price with --prices FILE";
  const raise = raisedBy(error, asked, from) + (isGuess ? price : "");
  return `Budget exceeded: ${axis === "usd" ? dollars(used) : count(used)} of ${quantity(axis, cap)} used in pool ${pool}${held}${room}${resets}; ${raise}`;
}

/** Returns what would fit: the tightest known count of input tokens, and a short answer. */
function leastOf(error: BudgetExceeded): string {
  const least = leastHoldOf(error);
  if (least === undefined || error.axis === "calls") return "";
  return ` for at least ${count(least.inputTokens)} input and ${count(least.outputTokens)} output tokens`;
}

function raisedBy(error: BudgetExceeded, asked: number, from: From): string {
  const { axis, pool } = error;
  const flag = `${FLAGS[axis]} ${suggestedCap(error, asked)}`;
  if (from === "gateway") {
    const route = "POST /api/v1/requests";
    if (axis !== "usd") return `ask for more with: ${route}`;
    const more = Math.ceil((suggestedCap(error, asked) - error.cap) * CENTS) / CENTS;
    return `ask for more with: token-budget request ${quoted(pool)} --usd ${more} --server URL, or ${route}`;
  }
  if (from === "own pool") return `run it again with more: token-budget run ${flag}`;
  return `raise it with: token-budget set ${quoted(pool)} ${flag}`;
}

/** Returns a name as a shell reads it. */
export function quoted(name: string): string {
  return PLAIN_NAME.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
}

/** Twice the cap, or what the call needs if that is more. */
function suggestedCap({ axis, cap, attempted }: BudgetExceeded, asked: number): number {
  const enough = Math.max(2 * cap, attempted, 2 * asked);
  return axis === "usd" ? Math.ceil(enough * CENTS) / CENTS : Math.ceil(enough);
}

/** A time of today needs no date. */
function timeOf(atMs: number): string {
  const text = instantText(atMs);
  return atMs - Date.now() <= DAY_MS ? text.slice(DATE_LENGTH) : text;
}
