// The purpose of spend: words chosen by the caller, which no rule reads.

import type { Usage } from "./usage.ts";

/** The purpose of spend, as the ledger of a stored pool keeps it. */
export interface Attribution {
  /** The model that was called: 1 to 128 characters without control characters. */
  readonly model?: string | undefined;
  /** The user or purpose of the call: 1 to 128 characters without control characters. */
  readonly label?: string | undefined;
  /** The provider that was paid: 1 to 128 characters without control characters. */
  readonly provider?: string | undefined;
  /** The usage, by the classes that are priced separately. */
  readonly usage?: Usage | undefined;
}
