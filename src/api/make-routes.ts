// Routes that create and delete pools.

import type { Caps } from "../core/caps.ts";
import type { OveragePolicy } from "../core/pool-state.ts";
import type { WindowOption } from "../core/window-rule.ts";
import type { BudgetStore } from "../stores/client/budget-store.ts";
import type { StoredBudgetPool } from "../stores/client/stored-budget-pool.ts";
import type { StoredPoolOptions } from "../stores/client/stored-requests.ts";
import { CAP_BEGINNINGS, isCallCap, mayOverlap } from "../stores/contract/call-caps.ts";
import { poolNotFound } from "./access.ts";
import { ApiError } from "./api-error.ts";
import { REASON } from "./change-routes.ts";
import type { JsonSchema } from "./json-schema.ts";
import { PATH_PARAM, poolIn } from "./pool-routes.ts";
import { poolViewOf } from "./pool-views.ts";
import type { ApiCall, ApiRoute } from "./route.ts";
import { OVERAGE, POOL_PATH, schemaNamed, TIME_ZONE } from "./schemas.ts";

/** How many changes are searched for their ids. */
const CHANGES_READ = 1000;

/** The settings of a new pool, apart from its path. */
export const POOL_SETTINGS: Readonly<Record<string, JsonSchema>> = {
  caps: schemaNamed("Amount"),
  window: schemaNamed("Window"),
  timeZone: TIME_ZONE,
  overage: {
    ...OVERAGE,
    description: "What happens to a commit above its hold. Default: that of the pool above",
  },
};

/** Settings as a body has them. */
export interface GivenSettings {
  readonly caps?: Caps;
  readonly window?: WindowOption;
  readonly timeZone?: string;
  readonly overage?: OveragePolicy;
}

/** Returns only the settings of a body. */
export function settingsIn({ caps, window, timeZone, overage }: GivenSettings): GivenSettings {
  return {
    ...(caps !== undefined && { caps }),
    ...(window !== undefined && { window }),
    ...(timeZone !== undefined && { timeZone }),
    ...(overage !== undefined && { overage }),
  };
}

async function makePool({ store, access, body, id }: ApiCall): Promise<unknown> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it fits its schema
  const given = body as GivenSettings & { readonly path: string; readonly reason: string };
  const path = poolIn({ path: given.path }, access);
  const before = await store.find(path);
  // Repeating the same change, after a lost answer, finds the pool that it created.
  if (before !== undefined && !(await isMadeBy(before, id)))
    throw new ApiError(409, "POOL_EXISTS", `The pool "${path}" exists already; change it instead`);
  await checkOverlap(store, path);
  const settings: StoredPoolOptions = settingsIn(given);
  const pool = await store.pool(path, Object.keys(settings).length > 0 ? settings : undefined);
  const { caps } = await pool.snapshot();
  // Records the initial settings in the ledger, with actor and reason.
  await pool.configure({ caps, actor: access.actor, reason: given.reason, id });
  return await poolViewOf(store, path, access);
}

/** Returns whether the change of that id created a pool. */
async function isMadeBy(pool: StoredBudgetPool, id: string | undefined): Promise<boolean> {
  if (id === undefined) return false;
  const changes = await pool.newest({ only: "changes", limit: CHANGES_READ });
  return changes.some((entry) => entry.id === id && entry.pool === pool.path);
}

/** @throws {ApiError} 409 if some calls would match both this pool and a sibling. */
async function checkOverlap(store: BudgetStore, path: string): Promise<void> {
  const end = path.lastIndexOf("/");
  const [above, name] = [path.slice(0, Math.max(0, end)), path.slice(end + 1)];
  if (above === "" || !isCallCap(name)) return;
  const all = CAP_BEGINNINGS.map((each) => store.pathsLike(above, `${above}/${each}`));
  for (const { path: other } of await store.snapshots((await Promise.all(all)).flat())) {
    const beside = other.slice(above.length + 1);
    if (other === path || beside.includes("/") || !mayOverlap(name, beside)) continue;
    const message = `Calls may fit both this cap and "${other}"; put one below the other, such as "${other}/${name}"`;
    throw new ApiError(409, "CAPS_OVERLAP", message);
  }
}

async function deletePool({ store, access, params, body }: ApiCall): Promise<unknown> {
  const path = poolIn(params, access);
  // A lead that deletes its team's pool would escape the caps that it was given.
  if (path === access.subtree)
    throw new ApiError(403, "NOT_ALLOWED", "A lead deletes pools below its own, and not that one");
  if ((await store.find(path)) === undefined) throw poolNotFound(path);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it fits its schema
  const { reason } = body as { readonly reason: string };
  await store.delete(path, { actor: access.actor, reason });
  return { deleted: path };
}

/** Routes that create and delete pools. */
export const MAKE_ROUTES: readonly ApiRoute[] = [
  {
    method: "POST",
    path: "/pools",
    summary: "Creates a pool, from its template unless the request says otherwise",
    operation: "makePool",
    role: "lead",
    status: 201,
    body: {
      type: "object",
      properties: { path: POOL_PATH, ...POOL_SETTINGS, reason: REASON },
      required: ["path", "reason"],
      additionalProperties: false,
    },
    answer: {
      type: "object",
      properties: {
        pool: schemaNamed("Pool"),
        ancestors: { type: "array", items: schemaNamed("Pool") },
      },
      required: ["pool", "ancestors"],
    },
    handle: makePool,
  },
  {
    method: "POST",
    path: "/pools/{path}/delete",
    summary: "Deletes a pool and those below it, unless they hold something",
    operation: "deletePool",
    role: "lead",
    params: PATH_PARAM,
    body: {
      type: "object",
      properties: { reason: REASON },
      required: ["reason"],
      additionalProperties: false,
    },
    answer: {
      type: "object",
      properties: { deleted: POOL_PATH },
      required: ["deleted"],
      additionalProperties: false,
    },
    handle: deletePool,
  },
];
