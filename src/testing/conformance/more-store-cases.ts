// The cases about stores that have a file of their own, one after the other.

import { changeCases } from "./changes.ts";
import { deletionCases } from "./deletion.ts";
import { documentCases } from "./documents.ts";
import { ledgerCases } from "./ledger.ts";
import { pageCases } from "./pages.ts";
import { templateCases } from "./templates.ts";
import { sentHoldCases } from "./sent-holds.ts";
import { sliceRecallCases } from "./slice-recalls.ts";
import { sliceCases } from "./slices.ts";
import type { StoreCase } from "./store-case.ts";

/** What must hold of changes, ledgers, pages and templates. */
export const moreStoreCases: readonly StoreCase[] = [
  ...changeCases,
  ...deletionCases,
  ...documentCases,
  ...ledgerCases,
  ...pageCases,
  ...sentHoldCases,
  ...sliceCases,
  ...sliceRecallCases,
  ...templateCases,
];
