// For whom and on what something was spent: words of the caller's, which no rule looks at.

import { describe } from "../core/describe.ts";

/** For whom and on what something was spent, as the ledger tells it. */
export interface Attribution {
  /** The model that was called: 1 to 128 characters without control characters. */
  readonly model?: string | undefined;
  /** Who or what it was spent for: 1 to 128 characters without control characters. */
  readonly label?: string | undefined;
}

const LENGTH_MAX = 128;
const NOT_ALLOWED = /[\p{Control}\p{Surrogate}]/u;

/** Reads an attribution. @throws {TypeError | RangeError} on what is none. */
export function readAttribution({ model, label }: Attribution): Attribution | undefined {
  if (model === undefined && label === undefined) return undefined;
  return { model: readWord("model", model), label: readWord("label", label) };
}

function readWord(name: string, word: string | undefined): string | undefined {
  if (word === undefined) return undefined;
  if (typeof word !== "string")
    throw new TypeError(`Expected \`${name}\` to be a string, got ${describe(word)}`);
  if (word === "" || word.length > LENGTH_MAX || NOT_ALLOWED.test(word)) {
    throw new RangeError(
      `Expected \`${name}\` to be 1 to ${LENGTH_MAX} characters without control characters, got ${describe(word)}`,
    );
  }
  return word;
}
