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
    "the file is embedded at the price of its tokens, which neither the request nor the answer tells",
    "Upload it with :uploadToFileSearchStore, which is metered, or give what it may come to with the option `routes`",
  ),
  refusedRoute(
    /\/cachedContents$/,
    "what is cached costs by the token and hour, for as long as it is kept",
    'Give what it may come to with `routes: { "/cachedContents": { usd } }`, or rely on implicit caching',
  ),
  refusedRoute(
    /:(?:batchGenerateContent|asyncBatchEmbedContent)$|\/batchPredictionJobs$/,
    LATER,
    OUTSIDE,
  ),
  refusedRoute(
    /\/(?:tunedModels|tuningJobs)$|:validateReinforcementTuningReward$/,
    "training is billed by what it turns out to read",
    OUTSIDE,
  ),
  refusedRoute(
    /\/auth_tokens$/,
    "a token lets a browser hold a live session that does not pass here",
    "Connect it through a server of yours, or bound it with the token's `uses` and `expireTime`",
  ),
  refusedRoute(
    /:predict$|:predictLongRunning$/,
    "the model behind this address says what one call costs, and only images by Imagen and videos by Veo are known",
    'Give what one may cost with `routes: { "/models/MODEL:predict": { usd } }`',
  ),
];
