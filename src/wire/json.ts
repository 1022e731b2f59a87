// What came over a wire, read without trust: fields may be missing, null, text, negative or absurd.

import { describe } from "../core/describe.ts";

/** A field of what may be an object; undefined when there is none. */
export function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return Reflect.get(value, name);
}

/** A field of a field, and so on. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, name) => fieldOf(inner, name), value);
}

/** A non-negative safe integer; undefined for anything else. */
export function countAt(value: unknown, ...path: readonly string[]): number | undefined {
  const found = at(value, ...path);
  return typeof found === "number" && Number.isSafeInteger(found) && found >= 0 ? found : undefined;
}

/**
 * How many answers are asked for, at least one. Google and many compatible servers read a count
 * that is written as a text, too.
 *
 * @throws {RangeError} on what cannot be read: it would be held for too little.
 */
export function timesOf(name: string, found: unknown): number {
  if (found === undefined || found === null) return 1;
  const times = typeof found === "string" && /^\d+$/.test(found) ? Number(found) : found;
  if (typeof times === "number" && Number.isSafeInteger(times) && times >= 0)
    return Math.max(1, times);
  throw new RangeError(`Expected \`${name}\` to be a whole number, got ${describe(found)}`);
}

/** A text; undefined for anything else. */
export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === "string" ? found : undefined;
}

/** JSON as a value; undefined when it is none. */
export function parsedOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
