// Short texts of a caller's own, such as ids and labels, as every store takes them.

import { describe } from "./describe.ts";

const LENGTH_MAX = 128;
const NOT_ALLOWED = /[\p{Control}\p{Surrogate}]/u;
const EACH_NOT_ALLOWED = new RegExp(NOT_ALLOWED, "gu");

/**
 * Checks a word that a caller brings: 1 to 128 characters without control characters.
 *
 * @throws {TypeError | RangeError} when it is not one.
 */
export function readWord(name: string, word: string): string {
  if (typeof word !== "string") {
    throw new TypeError(`Expected \`${name}\` to be a string, got ${describe(word)}`);
  }
  if (word === "" || word.length > LENGTH_MAX || NOT_ALLOWED.test(word)) {
    throw new RangeError(
      `Expected \`${name}\` to be 1 to ${LENGTH_MAX} characters without control characters, got ${describe(word)}`,
    );
  }
  return word;
}

/** Returns a text made into a word: cut, and with what is not allowed as "?". */
export function wordOf(text: string): string {
  return text.slice(0, LENGTH_MAX).replace(EACH_NOT_ALLOWED, "?");
}
