// Paths of stored pools.

import { describe } from "../../core/describe.ts";
import { readName } from "../../core/name.ts";

/** What every store can keep as a key: databases limit the bytes of one. */
const PATH_LENGTH_MAX = 800;

/**
 * Checks the path of a pool: names with `/` in between, 800 characters at most.
 *
 * @throws {TypeError | RangeError} when it is not one.
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

/** Returns the name of the root pool on a path. */
export function rootPath(path: string): string {
  const end = path.indexOf("/");
  return end === -1 ? path : path.slice(0, end);
}

/** Returns whether `path` is `top`, or below it. */
export function isBelow(path: string, top: string): boolean {
  return path === top || path.startsWith(`${top}/`);
}
