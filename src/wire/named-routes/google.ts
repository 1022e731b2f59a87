// https://ai.google.dev/api, https://ai.google.dev/gemini-api/docs/pricing

import { ENDS, freeRoutes, LATER, OUTSIDE, refusedRoute } from "./named-route.ts";
import type { NamedRoute } from "./named-route.ts";

export const GOOGLE_ROUTES: readonly NamedRoute[] = [
  ...freeRoutes(
    ENDS,
    /\/fileSearchStores$/,
    /\/files:register$/,
    /:computeTokens$/,
    /:fetchPredictOperation$/,
  ),
  refusedRoute(
    /:importFile$/,
    "the file is embedded at the price of its tokens, which neither the request nor the answer reports",
    "Upload it with :uploadToFileSearchStore, which is metered, or set what it may cost with the option `routes`",
  ),
  refusedRoute(
    /\/cachedContents$/,
    "a cache is billed by the token and hour, for as long as it is kept",
    'Set what it may cost with `routes: { "/cachedContents": { usd } }`, or rely on implicit caching',
  ),
  refusedRoute(
    /:(?:batchGenerateContent|asyncBatchEmbedContent)$|\/batchPredictionJobs$/,
    LATER,
    OUTSIDE,
  ),
  refusedRoute(
    /\/(?:tunedModels|tuningJobs)$|:validateReinforcementTuningReward$/,
    "training is billed by what it reads, which is unknown in advance",
    OUTSIDE,
  ),
  refusedRoute(
    /\/auth_tokens$/,
    "a token lets a browser open a live session that does not pass the meter",
    "Connect it through your own server, or bound it with the token's `uses` and `expireTime`",
  ),
  refusedRoute(
    /:predict$|:predictLongRunning$/,
    "the model behind this address decides what a call costs, and only images by Imagen and videos by Veo are known",
    'Set what one may cost with `routes: { "/models/MODEL:predict": { usd } }`',
  ),
];
