// Models that are named in the path of a request and not in its body.

/**
 * Returns the model that a pattern finds in a path, decoded; undefined if there is none. An
 * undecodable name is returned as it is.
 */
export function modelInPath({ pathname }: URL, pattern: RegExp): string | undefined {
  const name = pattern.exec(pathname)?.[1];
  if (name === undefined) return undefined;
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
