// The route table of the admin API over a store.

import type { ApiRoute } from "./route.ts";

/** All routes over a store. */
export const ROUTES: readonly ApiRoute[] = [];
