// The pool that holds a call: the innermost one below the caller's pool whose name matches the
// model or the provider, and with it all pools above, in one step (R8).

import { CannotMeter } from "../meter/refusals.ts";
import type { MeteredCall } from "../meter/metered-pool.ts";
import type { CallCap } from "../stores/contract/call-caps.ts";

/** The seller in a model's name: `us.anthropic.claude-…` belongs to Bedrock. */
const SELLERS = /^(?:[a-z]+\.){1,2}(?=[a-z])/;

/**
 * Returns the names from the caller's pool down to the one that holds a call; none if no cap
 * matches.
 *
 * @throws {CannotMeter} `CANNOT_METER` if two caps match of which neither is below the other:
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

/** The caps that match a call. */
function fitting(names: readonly string[], { provider, asked, prices }: MeteredCall): string[] {
  const found = new Set(names.filter((name) => isSame(name, `provider:${provider.id}`)));
  const { model, otherModels = [] } = asked ?? { model: undefined };
  const models =
    model === undefined ? [] : [model, ...otherModels.filter((each) => each !== model)];
  for (const [index, each] of models.entries()) {
    const asNamed = forModel(names, each);
    // The name of the price, such as the undated one, counts if the request's does not match.
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
    `two caps apply to this call, "${above}/${first}" and "${above}/${second}", but it can draw from only one: put one below the other, as in "${above}/${first}/${second}"`,
  );
}
