// For whom and on what something was spent: words of the caller's, which no rule looks at.

import { readWord } from "../core/word.ts";

/** For whom and on what something was spent, as the ledger tells it. */
export interface Attribution {
  /** The model that was called: 1 to 128 characters without control characters. */
  readonly model?: string | undefined;
  /** Who or what it was spent for: 1 to 128 characters without control characters. */
  readonly label?: string | undefined;
}

/** Reads an attribution. @throws {TypeError | RangeError} on what is none. */
export function readAttribution({ model, label }: Attribution): Attribution | undefined {
  if (model === undefined && label === undefined) return undefined;
  return {
    model: model === undefined ? undefined : readWord("model", model),
    label: label === undefined ? undefined : readWord("label", label),
  };
}
