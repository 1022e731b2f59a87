// Caps for the calls of one model or provider: pools below the pool of a caller, whose names say
// which calls draw from them. `model:NAME` is for one model, `model:BEGINNING*` for those whose
// names begin like that, `provider:NAME` for all of a provider. A call is held in the innermost one
// that fits, and with it in all pools above, in one step (R8).

import { CannotMeter } from "../meter/refusals.ts";
import type { MeteredCall } from "../meter/metered-pool.ts";

const CAP_NAME = /^(?:model|provider):./s;
/** What the names of pools for calls begin with. */
export const CAP_BEGINNINGS = ["model:", "provider:"] as const;
/** Who sells a model, where its name begins with that: `us.anthropic.claude-…` is one of Bedrock's. */
const SELLERS = /^(?:[a-z]+\.){1,2}(?=[a-z])/;

/** The names of pools, one below the other, each for some of the calls of the one before. */
export type CallCap = readonly string[];

/** Whether a pool of that name is for the calls of a model or provider. */
export function isCallCap(name: string): boolean {
  return CAP_NAME.test(name);
}

/** The names below a pool that lead to one for some of its calls; undefined of any other path. */
export function callCapBelow(top: string, path: string): CallCap | undefined {
  if (!path.startsWith(`${top}/`)) return undefined;
  const names = path.slice(top.length + 1).split("/");
  return names.every((name) => isCallCap(name)) ? names : undefined;
}

/**
 * The names below the pool of a caller that lead to where a call is held; none where no cap is for
 * it.
 *
 * @throws {CannotMeter} `CANNOT_METER` where two caps fit that are not one below the other: then
 * neither would count all of its calls.
 */
export function capOfCall(top: string, caps: readonly CallCap[], call: MeteredCall): CallCap {
  const at: string[] = [];
  for (;;) {
    const depth = at.length;
    const below = caps.filter(
      (cap) => cap.length > depth && at.every((name, i) => cap[i] === name),
    );
    const names = new Set(below.map((cap) => cap[depth] ?? ""));
    const [first, second] = fitting([...names], call);
    if (first === undefined) return at;
    if (second !== undefined) throw overlapping([top, ...at].join("/"), first, second);
    at.push(first);
  }
}

/** Those that a call is for. */
function fitting(names: readonly string[], { provider, asked, prices }: MeteredCall): string[] {
  const found = new Set(names.filter((name) => isSame(name, `provider:${provider.id}`)));
  const { model, otherModels = [] } = asked ?? { model: undefined };
  const models =
    model === undefined ? [] : [model, ...otherModels.filter((each) => each !== model)];
  for (const [index, each] of models.entries()) {
    const asNamed = forModel(names, each);
    // A name that the price has, such as that of a dated one, counts where the request's does not.
    const fits = asNamed.length > 0 ? asNamed : forModel(names, prices[index]?.model ?? each);
    for (const name of fits) found.add(name);
  }
  return [...found];
}

function forModel(names: readonly string[], model: string): readonly string[] {
  const whole = model.toLowerCase().trim();
  const own = whole.slice(whole.lastIndexOf("/") + 1);
  const spellings = [...new Set([whole, own, own.replace(SELLERS, "")])];
  return names.filter((name) => {
    if (!name.startsWith("model:")) return false;
    const pattern = name.slice("model:".length).toLowerCase();
    const beginning = pattern.endsWith("*") ? pattern.slice(0, -1) : undefined;
    return spellings.some((spelling) =>
      beginning === undefined ? spelling === pattern : spelling.startsWith(beginning),
    );
  });
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function overlapping(above: string, first: string, second: string): CannotMeter {
  return new CannotMeter(
    "budget_missing",
    `two caps are for this call, "${above}/${first}" and "${above}/${second}", and it can draw from one: put one below the other, as in "${above}/${first}/${second}"`,
  );
}

/** Whether one call may fit two names beside each other. */
export function mayOverlap(one: string, other: string): boolean {
  const [kind, otherKind] = [one, other].map((name) => name.slice(0, name.indexOf(":")));
  if (kind !== otherKind) return true;
  if (kind === "provider") return isSame(one, other);
  const [pattern = "", otherPattern = ""] = [one, other].map((name) => name.toLowerCase());
  const beginning = pattern.replace(/\*$/, "");
  const otherBeginning = otherPattern.replace(/\*$/, "");
  if (!pattern.endsWith("*")) return covers(otherPattern, otherBeginning, pattern);
  if (!otherPattern.endsWith("*")) return covers(pattern, beginning, otherPattern);
  return beginning.startsWith(otherBeginning) || otherBeginning.startsWith(beginning);
}

function covers(pattern: string, beginning: string, name: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(beginning) : name === pattern;
}
