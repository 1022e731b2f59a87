// Short texts chosen by callers, such as ids and labels, in a form that every store accepts.

import { describe } from "./describe.ts";

const LENGTH_MAX = 128;
const NOT_ALLOWED = /[\p{Control}\p{Surrogate}]/u;
const EACH_NOT_ALLOWED = new RegExp(NOT_ALLOWED, "gu");

/**
 * Checks a word: 1 to 128 characters without control characters.
 *
 * @throws {TypeError | RangeError} if it is invalid.
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

/** Converts a text to a word: shortened, with "?" for characters that are not allowed. */
export function wordOf(text: string): string {
  return text.slice(0, LENGTH_MAX).replace(EACH_NOT_ALLOWED, "?");
}
