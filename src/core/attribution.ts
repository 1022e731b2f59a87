// For whom and on what something was spent: words of the caller's, which no rule looks at.

import type { Usage } from "./usage.ts";

/** For whom and on what something was spent, as the ledger of a stored pool keeps it. */
export interface Attribution {
  /** The model that was called: 1 to 128 characters without control characters. */
  readonly model?: string | undefined;
  /** Who or what it was spent for: 1 to 128 characters without control characters. */
  readonly label?: string | undefined;
  /** Who was paid: 1 to 128 characters without control characters. */
  readonly provider?: string | undefined;
  /** What was used, by the classes that are priced apart. */
  readonly usage?: Usage | undefined;
}
