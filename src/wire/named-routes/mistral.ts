// https://docs.mistral.ai/api

import { ENDS, freeRoutes, LATER, OUTSIDE, refusedRoute } from "./named-route.ts";
import type { NamedRoute } from "./named-route.ts";

export const MISTRAL_ROUTES: readonly NamedRoute[] = [
  ...freeRoutes(
    ENDS,
    /\/v1\/(?:agents|connectors|libraries|service-accounts)$/,
    /\/v1\/connectors\/[^/]+\/[^/]+\/(?:activate|credentials)$/,
    /\/v1\/observability\/(?:datasets(?:\/.+)?|dataset-records\/bulk-delete|judges)$/,
    /\/v1\/observability\/(?:logs|spans|traces)\/(?:aggregate|(?:evaluations\/)?search(?:\/latest)?)$/,
    /\/v1\/workflows\/executions\/[^/]+\/queries$/,
    /\/v2\/(?:prompts|skills)(?:\/[^/]+\/versions)?$/,
  ),
  refusedRoute(
    /\/v1\/conversations\/[^/]+(?:\/restart)?$/,
    "a request that continues a conversation does not say which model answers, nor how long the conversation is",
    "Begin a new one for each turn with /v1/conversations and all of its `inputs`, or use /v1/chat/completions",
  ),
  refusedRoute(
    /\/v1\/agents\/completions$/,
    "an agent has a model, instructions and tools that are not in the request",
    "Use /v1/chat/completions with the agent's model and instructions",
  ),
  refusedRoute(
    /\/v1\/chat\/(?:classifications|moderations)$/,
    "its usage is not documented",
    "Use /v1/moderations or /v1/classifications with the text",
  ),
  refusedRoute(/\/batch\/jobs$/, LATER, OUTSIDE),
  refusedRoute(
    /\/v1\/workflows\//,
    "a workflow calls models and tools by itself",
    "Meter the calls inside it, where they are made",
  ),
  refusedRoute(
    /\/v1\/observability\//,
    "a judge is a model that reads any number of records",
    OUTSIDE,
  ),
  refusedRoute(
    /\/v1\/libraries\/.+$/,
    "a document is read page by page when it is added to a library",
    'Set what one may cost with `routes: { "/documents": { usd } }`',
  ),
  refusedRoute(
    /\/tools\/[^/]+\/call$|\/audio\/voices$|\/client\/sessions$/,
    "its price is not published",
    "Set what it may cost with the option `routes`",
  ),
];
