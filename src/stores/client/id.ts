// R10. Ids made on the caller's side: unique without asking anyone, and rising with time, so that
// an index keeps new ones next to each other.

let process: string | undefined;
let count = 0;

/** Returns a unique id: the time, who made it, and a count. */
export function newId(): string {
  // Made at the first id: on Workers, nothing may be random while modules load.
  process ??= randomText();
  return `${Date.now().toString(36).padStart(9, "0")}-${process}-${(count++).toString(36)}`;
}

/** 80 random bits. */
function randomText(): string {
  const words = crypto.getRandomValues(new Uint16Array(5));
  return Array.from(words, (word) => word.toString(36).padStart(4, "0")).join("");
}
