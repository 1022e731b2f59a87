// R18. A call that is refused with one bound and held with a tighter one was not refused. The
// journal of refusals registers how an entry is removed; the code that tries again removes it.

/** How the entry of a refusal, or of its error, is removed. */
const ENTRIES = new WeakMap<object, () => void>();

/** Registers how the journal entry of a refusal is removed. */
export function onSuperseded(refusal: object, remove: () => void): void {
  ENTRIES.set(refusal, remove);
}

/** Returns the error for a refusal, which stands for the same journal entry. */
export function standsFor<E extends object>(error: E, refusal: object): E {
  const remove = ENTRIES.get(refusal);
  if (remove !== undefined) ENTRIES.set(error, remove);
  return error;
}

/** Removes the journal entry of a refusal, if it is not written yet. */
export function supersede(refusal: object | undefined): void {
  if (refusal !== undefined) ENTRIES.get(refusal)?.();
}
