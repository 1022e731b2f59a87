// R10. Ids made on the caller's side: unique without asking anybody, and rising with time, so that
// an index keeps new ones next to each other.

import { describe } from "../core/describe.ts";

const ID_LENGTH_MAX = 128;
const NOT_IN_IDS = /[\p{Control}\p{Surrogate}]/u;
const process = randomText();
let count = 0;

/** An id that nobody else makes: the time, who made it, and a count. */
export function newId(): string {
  return `${Date.now().toString(36).padStart(9, "0")}-${process}-${(count++).toString(36)}`;
}

/** 80 random bits. */
function randomText(): string {
  const words = crypto.getRandomValues(new Uint16Array(5));
  return Array.from(words, (word) => word.toString(36).padStart(4, "0")).join("");
}

/**
 * Checks an id that a caller brings: 1 to 128 characters without control characters.
 *
 * @throws {TypeError | RangeError} when it is not one.
 */
export function readId(id: string): string {
  if (typeof id !== "string") {
    throw new TypeError(`Expected \`id\` to be a string, got ${describe(id)}`);
  }
  if (id === "" || id.length > ID_LENGTH_MAX || NOT_IN_IDS.test(id)) {
    throw new RangeError(
      `Expected \`id\` to be 1 to ${ID_LENGTH_MAX} characters without control characters, got ${describe(id)}`,
    );
  }
  return id;
}
