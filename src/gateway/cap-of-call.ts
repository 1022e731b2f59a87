// Which pool a call is held in: the innermost one below the pool of its caller whose name fits the
// model or the provider, and with it all pools above, in one step (R8).

import { CannotMeter } from "../meter/refusals.ts";
import type { MeteredCall } from "../meter/metered-pool.ts";
import type { CallCap } from "../stores/contract/call-caps.ts";

/**
 * Who sells a model, where its name begins with that: `us.anthropic.claude-…` is one of Bedrock's.
 */
const SELLERS = /^(?:[a-z]+\.){1,2}(?=[a-z])/;

/**
 * Returns the names below the pool of a caller that lead to where a call is held; none where no cap
 * is for it.
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
    `two caps apply to this call, "${above}/${first}" and "${above}/${second}", but it can draw from only one: put one below the other, as in "${above}/${first}/${second}"`,
  );
}
