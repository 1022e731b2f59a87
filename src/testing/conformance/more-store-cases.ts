// The cases about stores that are in files of their own, in order.

import { changeCases } from "./changes.ts";
import { deletionCases } from "./deletion.ts";
import { eventCases } from "./events.ts";
import { documentCases } from "./documents.ts";
import { lateCases } from "./late.ts";
import { ledgerCases } from "./ledger.ts";
import { listingCases } from "./listings.ts";
import { pageCases } from "./pages.ts";
import { refusalCases } from "./refusals.ts";
import { templateCases } from "./templates.ts";
import { sentHoldCases } from "./sent-holds.ts";
import { sliceEntryCases } from "./slice-entries.ts";
import { slicePageCases } from "./slice-pages.ts";
import { sliceRecallCases } from "./slice-recalls.ts";
import { sliceCases } from "./slices.ts";
import { slidingCases } from "./sliding.ts";
import { storedCarryCases } from "./carry-stores.ts";
import type { StoreCase } from "./store-case.ts";

/** What must hold for changes, ledgers, pages and templates. */
export const moreStoreCases: readonly StoreCase[] = [
  ...changeCases,
  ...deletionCases,
  ...eventCases,
  ...documentCases,
  ...lateCases,
  ...ledgerCases,
  ...pageCases,
  ...refusalCases,
  ...sentHoldCases,
  ...listingCases,
  ...sliceCases,
  ...sliceEntryCases,
  ...slicePageCases,
  ...sliceRecallCases,
  ...slidingCases,
  ...storedCarryCases,
  ...templateCases,
];
