// Names of pools, and the paths made of them.

import { describe } from "./describe.ts";

const NAME_LENGTH_MAX = 128;
const NOT_IN_NAMES = /[/\p{Control}\p{Surrogate}]/u;

/**
 * Checks the name of a pool: 1 to 128 characters, without `/`, control characters and lone
 * surrogates (R8).
 *
 * @throws {TypeError} if it is not a string.
 * @throws {RangeError} if it is not such a name.
 */
export function readName(name: string): string {
  if (typeof name !== "string") {
    throw new TypeError(`Expected \`name\` to be a string, got ${describe(name)}`);
  }
  if (name === "" || name.length > NAME_LENGTH_MAX || NOT_IN_NAMES.test(name)) {
    throw new RangeError(
      `Expected \`name\` to be 1 to ${NAME_LENGTH_MAX} characters without "/" or control characters, got ${describe(name)}`,
    );
  }
  return name;
}

/** Returns the path of a pool below `parentPath`, such as `acme/search/run-42`. */
export function childPath(parentPath: string, name: string): string {
  return `${parentPath}/${name}`;
}
