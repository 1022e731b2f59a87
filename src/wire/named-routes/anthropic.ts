// https://platform.claude.com/docs/en/api/overview, …/about-claude/pricing#managed-agents

import { ENDS, freeRoutes, LATER, OUTSIDE, refusedRoute } from "./named-route.ts";
import type { NamedRoute } from "./named-route.ts";

export const ANTHROPIC_ROUTES: readonly NamedRoute[] = [
  ...freeRoutes(
    ENDS,
    /\/v1\/organizations\//,
    /\/v1\/(?:agents|environments|memory_stores|user_profiles|vaults)(?:\/[^/]+)?$/,
    /\/v1\/memory_stores\/[^/]+\/memor(?:ies(?:\/[^/]+)?|y_versions\/[^/]+\/redact)$/,
    /\/v1\/environments\/[^/]+\/work\/[^/]+(?:\/(?:ack|heartbeat))?$/,
    /\/v1\/skills(?:\/[^/]+\/versions)?$/,
    /\/v1\/tunnels(?:\/[^/]+\/(?:certificates|reveal_token|rotate_token))?$/,
    /\/v1\/user_profiles\/[^/]+\/(?:action_urls|enrollment_url)$/,
    /\/v1\/vaults\/[^/]+\/credentials(?:\/[^/]+(?:\/mcp_oauth_validate)?)?$/,
    /\/v1\/sessions\/[^/]+\/resources(?:\/[^/]+)?$/,
  ),
  refusedRoute(/\/messages\/batches$/, LATER, OUTSIDE),
  refusedRoute(
    /\/v1\/(?:sessions|deployments)(?:\/|$)/,
    "a managed agent makes any number of model calls, and each hour of its session has a fee",
    "Start it outside the meter, with `budget: { max_list_cost }` as its own limit, and book session.usage.list_cost with pool.record()",
  ),
  refusedRoute(/\/v1\/dreams$/, "a dream reads whole memory stores by itself", OUTSIDE),
  refusedRoute(
    /\/v1\/complete$/,
    "text completions ended together with their models",
    "Use /v1/messages",
  ),
];
