// Routes that show pools.

import type { Axis } from "../core/axis.ts";
import { readPath } from "../stores/contract/path.ts";
import { withinAccess, poolNotFound } from "./access.ts";
import { burnDownOf } from "./burn-down.ts";
import { poolViewOf, poolViewsOf } from "./pool-views.ts";
import { poolEvents } from "./pool-events.ts";
import type { ApiCall, ApiRoute } from "./route.ts";
import { stillWanted } from "./still-wanted.ts";
import { pageOf, POOL_PATH, schemaNamed, queryText } from "./schemas.ts";
import type { JsonSchema } from "./json-schema.ts";

/** A pool with the pools above it, as routes answer that show or change one. */
export const POOL_AND_ANCESTORS: JsonSchema = {
  type: "object",
  properties: {
    pool: schemaNamed("Pool"),
    ancestors: { type: "array", items: schemaNamed("Pool") },
  },
  required: ["pool", "ancestors"],
};

export const PATH_PARAM: Readonly<Record<string, JsonSchema>> = { path: POOL_PATH };
const LIMIT_DEFAULT = 100;

const PAGE_QUERY: Readonly<Record<string, JsonSchema>> = {
  below: { ...POOL_PATH, description: "Only this pool and those below it" },
  by: {
    type: "string",
    enum: ["path", "usd"],
    default: "path",
    description: "In which order: by path, or those that have used the most dollars first",
  },
  after: { type: "string", maxLength: 2048, description: "`next` of the page before" },
  limit: { type: "integer", minimum: 1, maximum: 1000, default: LIMIT_DEFAULT },
};

const BURN_DOWN: JsonSchema = {
  type: "object",
  properties: {
    axis: { type: "string" },
    from: { type: "number", description: "When the window began; milliseconds since 1970" },
    until: { type: ["number", "null"], description: "When it ends; null without a window" },
    now: { type: "number" },
    points: {
      type: "array",
      items: {
        type: "object",
        properties: { at: { type: "number" }, used: { type: "number" } },
        required: ["at", "used"],
      },
    },
    rate: {
      type: "object",
      properties: { used: { type: "number" }, overMs: { type: "number" } },
      required: ["used", "overMs"],
    },
  },
  required: ["axis", "from", "until", "now", "points", "rate"],
};

/**
 * Reads which page of pools to show.
 * @throws {ApiError} 404 outside its subtree.
 */
function pageAskedFor({ query, access }: ApiCall): {
  readonly below: string | undefined;
  readonly by: "path" | "usd";
  readonly after: string | undefined;
  readonly limit: number;
} {
  return {
    below: withinAccess(access, queryText(query, "below")),
    by: query["by"] === "usd" ? "usd" : "path",
    after: queryText(query, "after"),
    limit: Number(query["limit"] ?? LIMIT_DEFAULT),
  };
}

async function showAccess({ access, features }: ApiCall): Promise<unknown> {
  const { actor, role, subtree } = access;
  return { actor, role, subtree, features };
}

async function listPools(call: ApiCall): Promise<unknown> {
  const { store, access } = call;
  const { pools, next } = await store.page(pageAskedFor(call));
  return { pools: await poolViewsOf(store, pools, access), next: next ?? null };
}

async function showPool({ store, access, params }: ApiCall): Promise<unknown> {
  const path = poolIn(params, access);
  return await poolViewOf(store, path, access);
}

async function burnDown({ store, access, params, query, request }: ApiCall): Promise<unknown> {
  await stillWanted(request);
  const path = poolIn(params, access);
  const pool = await store.find(path);
  if (pool === undefined) throw poolNotFound(path);
  const snapshot = await pool.snapshot();
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- its schema lists the axes
  const axis = (query["axis"] ?? "usd") as Axis;
  return await burnDownOf(pool, snapshot, axis, Date.now());
}

/** Returns the pool in the path of a route. @throws {ApiError} 404 outside the subtree. */
export function poolIn(params: ApiCall["params"], access: ApiCall["access"]): string {
  const path = readPath(params["path"] ?? "");
  return withinAccess(access, path) ?? path;
}

/** Routes that show pools. */
export const POOL_ROUTES: readonly ApiRoute[] = [
  {
    method: "GET",
    path: "/access",
    summary: "Shows who you are, and what you may see",
    operation: "getAccess",
    role: "self",
    answer: schemaNamed("Access"),
    handle: showAccess,
  },
  {
    method: "GET",
    path: "/pools",
    summary: "Lists pools, page by page",
    operation: "listPools",
    role: "self",
    query: PAGE_QUERY,
    answer: pageOf("pools", schemaNamed("Pool")),
    handle: listPools,
  },
  {
    method: "GET",
    path: "/pools/{path}",
    summary: "Shows a pool, the pools above it, and the level that limits it",
    operation: "getPool",
    role: "self",
    params: PATH_PARAM,
    answer: POOL_AND_ANCESTORS,
    handle: showPool,
  },
  {
    method: "GET",
    path: "/pools/{path}/burn-down",
    summary: "Shows how a pool was used up in its window, and how fast it is now",
    operation: "getBurnDown",
    role: "self",
    params: PATH_PARAM,
    query: {
      axis: {
        type: "string",
        enum: ["tokens", "inputTokens", "outputTokens", "usd", "calls"],
        default: "usd",
      },
    },
    answer: BURN_DOWN,
    handle: burnDown,
  },
  {
    method: "GET",
    path: "/events",
    summary: "Streams the same pools as they change, as server-sent events",
    operation: "watchPools",
    role: "self",
    query: PAGE_QUERY,
    answer: { type: "string" },
    types: ["text/event-stream"],
    handle: async (call) => poolEvents(call, pageAskedFor(call)),
  },
];
