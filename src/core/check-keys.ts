// Misspelled names are errors: an ignored `token:` or `cap:` would count or cap nothing.

/**
 * Checks that every key of `object` is one of `known`.
 *
 * @throws {TypeError} naming the unknown key, and the known ones.
 */
export function checkKeys(object: object, known: readonly string[], argument: string): void {
  // for…in includes inherited keys, so no readable key is ignored.
  for (const key in object) if (!known.includes(key)) throw unknownKey(key, known, argument);
}

/** Returns the error for a key that `known` does not have. */
export function unknownKey(key: string, known: readonly string[], argument: string): TypeError {
  const shown = JSON.stringify(key.slice(0, 60));
  const meant = known.find((each) => isLike(key, each));
  const hint = meant === undefined ? "" : `; did you mean \`${meant}\`?`;
  return new TypeError(
    `Unknown key ${shown} in \`${argument}\`; allowed: ${known.join(", ")}${hint}`,
  );
}

/** Whether two names differ by at most two letters, in any order of their words and letters. */
function isLike(one: string, other: string): boolean {
  const letters = other.toLowerCase().split("");
  let changes = 0;
  for (const letter of one.toLowerCase()) {
    const at = letters.indexOf(letter);
    if (at === -1) changes++;
    else letters.splice(at, 1);
  }
  return changes + letters.length <= Math.min(2, other.length / 2);
}
