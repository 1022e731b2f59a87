// Paths of stored pools.

import { describe } from "../../core/describe.ts";
import { readName } from "../../core/name.ts";

/** The longest path that every store can keep as a key: databases limit its bytes. */
const PATH_LENGTH_MAX = 800;

/**
 * Checks the path of a pool: names separated by `/`, 800 characters at most.
 *
 * @throws {TypeError | RangeError} if it is invalid.
 */
export function readPath(path: string): string {
  if (typeof path !== "string") {
    throw new TypeError(`Expected \`path\` to be a string, got ${describe(path)}`);
  }
  if (path.length > PATH_LENGTH_MAX) {
    throw new RangeError(
      `Expected \`path\` to be at most ${PATH_LENGTH_MAX} characters, got ${path.length}`,
    );
  }
  for (const name of path.split("/")) readName(name);
  return path;
}

/** Returns the name of the root pool of a path. */
export function rootPath(path: string): string {
  const end = path.indexOf("/");
  return end === -1 ? path : path.slice(0, end);
}

/** Returns whether `path` is `top`, or below it. */
export function isBelow(path: string, top: string): boolean {
  return path === top || path.startsWith(`${top}/`);
}
