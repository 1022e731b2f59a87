// The answers of an object, as JSON: errors lose their class in RPC, so meaningful ones travel as
// data.

import { StoreIncompatible } from "../stores/contract/errors.ts";

/** The answer of an object. */
export type Answer =
  | { readonly value: readonly unknown[] }
  | { readonly incompatible: string }
  | { readonly outOfRange: string };

/**
 * Returns the value of an answer.
 *
 * @throws {StoreIncompatible | RangeError} the error in it.
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- each method has its own
export function answeredValue<T>(text: string): readonly T[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by object-books.ts
  const answer = JSON.parse(text) as Answer;
  if ("incompatible" in answer) throw new StoreIncompatible(answer.incompatible);
  if ("outOfRange" in answer) throw new RangeError(answer.outOfRange);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as the method says
  return answer.value as readonly T[];
}
