// Reads data from the network without trust: fields may be missing, null, text, negative, absurd,
// or nested as deep as a parser allows. No function here recurses more than a few levels.

import { describe } from "../../core/describe.ts";

/** Returns a field of a value; undefined if it is not an object or lacks the field. */
export function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return Reflect.get(value, name);
}

/** Returns a field of a field, and so on. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let found = value;
  for (const name of path) found = fieldOf(found, name);
  return found;
}

/**
 * Returns whether a field is present and not null. Python clients write null for omitted fields.
 */
export function has(value: unknown, name: string): boolean {
  return (fieldOf(value, name) ?? undefined) !== undefined;
}

/** Returns a non-negative safe integer; undefined for anything else. */
export function countAt(value: unknown, ...path: readonly string[]): number | undefined {
  const found = at(value, ...path);
  return typeof found === "number" && Number.isSafeInteger(found) && found >= 0 ? found : undefined;
}

/** Returns a text; undefined for anything else. */
export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === "string" ? found : undefined;
}

const NONE: readonly unknown[] = [];

/** Returns a list; empty for anything else. */
export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : NONE;
}

/** Returns the type that a part states. */
export function typeOf(part: unknown): string | undefined {
  return textAt(part, "type");
}

const DIGITS = /^\d{1,15}$/;

/**
 * Returns a count that may be written as text, which Google and many compatible servers read too;
 * undefined when it is missing or null.
 *
 * @throws {RangeError} if it cannot be read: the call would be held for too little.
 */
export function readCount(name: string, found: unknown): number | undefined {
  if (found === undefined || found === null) return undefined;
  const count = typeof found === "string" && DIGITS.test(found) ? Number(found) : found;
  if (typeof count === "number" && Number.isSafeInteger(count) && count >= 0) return count;
  throw new RangeError(`Expected \`${name}\` to be a whole number, got ${describe(found)}`);
}

/**
 * Returns how many answers a request asks for, at least one.
 *
 * @throws {RangeError} if the count cannot be read.
 */
export function timesOf(name: string, found: unknown): number {
  return Math.max(1, readCount(name, found) ?? 1);
}

/** Returns parsed JSON; undefined if it is invalid. */
export function parsedOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Visits every text and every name in a value, however deep. Binary data in values of the AI SDK is
 * not text: `visitBytes` is called with its length.
 */
export function eachText(
  value: unknown,
  visit: (text: string) => void,
  visitBytes: (bytes: number) => void = () => undefined,
): void {
  if (typeof value === "string") {
    visit(value);
    return;
  }
  const open: unknown[] = [value];
  while (open.length > 0) {
    const found = open.pop();
    if (typeof found === "string") visit(found);
    else if (typeof found === "number") visit(String(found));
    else if (ArrayBuffer.isView(found)) visitBytes(found.byteLength);
    else if (Array.isArray(found)) for (const inner of found) open.push(inner);
    else if (typeof found === "object" && found !== null) {
      for (const name of Object.keys(found)) {
        visit(name);
        open.push(Reflect.get(found, name));
      }
    }
  }
}

const MERGE_DEPTH_MAX = 4;

/**
 * Merges two reports of the same counts: a count never falls, and what only one of them has stays.
 * Of two lists, the later non-empty one counts.
 */
export function mergedCounts(before: unknown, now: unknown, depth = 0): unknown {
  if (now === undefined || now === null) return before;
  if (typeof before === "number" && typeof now === "number") return Math.max(before, now);
  if (Array.isArray(now)) return now.length === 0 && Array.isArray(before) ? before : now;
  if (typeof before !== "object" || before === null || typeof now !== "object") return now;
  if (depth >= MERGE_DEPTH_MAX) return now;
  const merged: Record<string, unknown> = { ...before };
  for (const name of Object.keys(now))
    merged[name] = mergedCounts(fieldOf(before, name), fieldOf(now, name), depth + 1);
  return merged;
}
