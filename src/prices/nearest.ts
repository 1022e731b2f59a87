// Similar names, for an error message.

/**
 * Returns the names with the fewest changed letters, at most three, and none that differs much.
 * Separators between words do not count, nor does the provider if the name has none.
 */
export function nearestTo(name: string, names: readonly string[]): readonly string[] {
  const target = name.toLowerCase();
  const plain = squeezed(target);
  const isQualified = target.includes("/");
  return names
    .map((each) => {
      const other = each.toLowerCase();
      const own = squeezed(isQualified ? other : other.slice(other.indexOf("/") + 1));
      const changes = Math.min(changesBetween(target, other), changesBetween(plain, own));
      return { each, changes, isFar: changes > Math.ceil(Math.max(plain.length, own.length) / 2) };
    })
    .filter(({ isFar }) => !isFar)
    .toSorted((one, other) => one.changes - other.changes)
    .slice(0, 3)
    .map(({ each }) => each);
}

/** A name without separators, which people omit or add. */
function squeezed(name: string): string {
  return name.replaceAll(/[-_.: ]/g, "");
}

/**
 * Returns how many letters must be inserted, removed, changed, or swapped with their neighbor
 * (optimal string alignment).
 */
export function changesBetween(one: string, other: string): number {
  let before: readonly number[] = [];
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let at = 1; at <= one.length; at++) {
    const next = [at];
    for (let to = 1; to <= other.length; to++) {
      const change = one[at - 1] === other[to - 1] ? 0 : 1;
      const isExchange =
        to > 1 && at > 1 && one[at - 1] === other[to - 2] && one[at - 2] === other[to - 1];
      next.push(
        Math.min(
          (row[to] ?? 0) + 1,
          (next[to - 1] ?? 0) + 1,
          (row[to - 1] ?? 0) + change,
          isExchange ? (before[to - 2] ?? 0) + 1 : Number.MAX_SAFE_INTEGER,
        ),
      );
    }
    before = row;
    row = next;
  }
  return row[other.length] ?? 0;
}
