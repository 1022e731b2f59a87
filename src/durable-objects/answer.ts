// What an object answers, as JSON: errors lose their class on the way through RPC, so those that
// mean something travel as data.

import { StoreIncompatible } from "../stores/contract/errors.ts";

/** The answer of an object. */
export type Answer =
  | { readonly value: readonly unknown[] }
  | { readonly incompatible: string }
  | { readonly outOfRange: string };

/**
 * The value that an object has answered.
 *
 * @throws {StoreIncompatible | RangeError} what the object has reported.
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
