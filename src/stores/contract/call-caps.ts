// Names of pools for the calls of one model or provider, below the pool of a caller: `model:NAME`
// for one model, `model:PREFIX*` for models whose names start like that, and `provider:NAME` for
// all of a provider. To the books they are ordinary pools.

const CAP_NAME = /^(?:model|provider):./s;
/** The prefixes of such names. */
export const CAP_BEGINNINGS = ["model:", "provider:"] as const;

/** The names of pools, one below the other, each for some of the calls of the previous one. */
export type CallCap = readonly string[];

/** Returns whether a pool of that name is for the calls of a model or provider. */
export function isCallCap(name: string): boolean {
  return CAP_NAME.test(name);
}

/**
 * Returns the names below a pool that lead to one for some of its calls; undefined for any other
 * path.
 */
export function callCapBelow(top: string, path: string): CallCap | undefined {
  if (!path.startsWith(`${top}/`)) return undefined;
  const names = path.slice(top.length + 1).split("/");
  return names.every((name) => isCallCap(name)) ? names : undefined;
}

/** Returns whether one call can match two sibling names. */
export function mayOverlap(one: string, other: string): boolean {
  const [kind, otherKind] = [one, other].map((name) => name.slice(0, name.indexOf(":")));
  if (kind !== otherKind) return true;
  if (kind === "provider") return one.toLowerCase() === other.toLowerCase();
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
