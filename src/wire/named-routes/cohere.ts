// https://docs.cohere.com/reference/about, https://cohere.com/pricing

import { ENDS, freeRoutes, LATER, OUTSIDE, refusedRoute } from "./named-route.ts";
import type { NamedRoute } from "./named-route.ts";

export const COHERE_ROUTES: readonly NamedRoute[] = [
  ...freeRoutes(
    ENDS,
    /\/v1\/check-api-key$/,
    /\/v1\/connectors(?:\/[^/]+\/oauth\/authorize)?$/,
    /\/v1\/datasets$/,
  ),
  refusedRoute(/\/v\d\/(?:embed-jobs|batches)$/, LATER, OUTSIDE),
  refusedRoute(
    /\/finetuned-models$/,
    "training is billed by what it reads, which is unknown in advance",
    OUTSIDE,
  ),
  refusedRoute(/\/v1\/summarize$/, "Cohere has retired it", "Use /v2/chat"),
  refusedRoute(
    /\/v\d\/(?:classify|parse|audio\/transcriptions)$/,
    "it is billed in its own units, which have no published price",
    "Set what one call may cost with the option `routes`",
  ),
];
