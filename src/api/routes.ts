// The route table of the admin API over a store.

import { CHANGE_ROUTES } from "./change-routes.ts";
import { LEDGER_ROUTES } from "./ledger-routes.ts";
import { MAKE_ROUTES } from "./make-routes.ts";
import { POOL_ROUTES } from "./pool-routes.ts";
import { REFUSAL_ROUTES } from "./refusal-routes.ts";
import type { ApiRoute } from "./route.ts";
import { TEMPLATE_ROUTES } from "./template-routes.ts";

/** All routes over a store. */
export const ROUTES: readonly ApiRoute[] = [
  ...POOL_ROUTES,
  ...LEDGER_ROUTES,
  ...REFUSAL_ROUTES,
  ...CHANGE_ROUTES,
  ...MAKE_ROUTES,
  ...TEMPLATE_ROUTES,
];
