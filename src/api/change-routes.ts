// Routes that change pools, each with actor and reason in the ledger.

import type { Amount } from "../core/amount.ts";
import type { PoolChange } from "../pool/options.ts";
import type { StoredBudgetPool } from "../stores/client/stored-budget-pool.ts";
import type { AccountableChange } from "../stores/client/stored-requests.ts";
import { poolNotFound } from "./access.ts";
import { ApiError } from "./api-error.ts";
import type { JsonSchema } from "./json-schema.ts";
import { PATH_PARAM, POOL_AND_ANCESTORS, poolIn } from "./pool-routes.ts";
import { poolViewOf } from "./pool-views.ts";
import type { ApiCall, ApiRoute } from "./route.ts";
import { OVERAGE, schemaNamed, TIME_ZONE } from "./schemas.ts";

/** The reason of a change. */
export const REASON: JsonSchema = {
  type: "string",
  minLength: 1,
  maxLength: 128,
  pattern: String.raw`^[^\p{Cc}]+$`,
  description: "Why, for the ledger",
};
const UNTIL: JsonSchema = {
  type: "integer",
  minimum: 0,
  description: "When the change by `by` ends; milliseconds since 1970. Default: never",
};
const ID: JsonSchema = { type: "string", minLength: 1, maxLength: 128 };

interface Reasoned {
  readonly reason: string;
}

/** The body of a change: its own fields, and the reason. */
function bodyWith(
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[] = [],
): JsonSchema {
  return {
    type: "object",
    properties: { ...properties, reason: REASON },
    required: [...required, "reason"],
    additionalProperties: false,
  };
}

/** @throws {ApiError} 400 if the instant has passed. */
function checkUntil(until: number | undefined): void {
  if (until !== undefined && until <= Date.now())
    throw new ApiError(400, "INVALID", "Expected `until` to be in the future");
}

/** A route that changes a pool, and answers with its new state. */
function changing(
  route: Pick<ApiRoute, "path" | "summary" | "operation" | "params"> & {
    readonly body: JsonSchema;
    readonly change: (
      pool: StoredBudgetPool,
      call: ApiCall,
      account: AccountableChange,
    ) => Promise<unknown>;
  },
): ApiRoute {
  const { change, ...rest } = route;
  return {
    ...rest,
    method: "POST",
    role: "lead",
    params: { ...PATH_PARAM, ...route.params },
    answer: POOL_AND_ANCESTORS,
    async handle(call) {
      const { store, access, params, body, id } = call;
      const path = poolIn(params, access);
      const pool = await store.find(path);
      if (pool === undefined) throw poolNotFound(path);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it fits its schema
      const { reason } = body as Reasoned;
      await change(pool, call, { actor: access.actor, reason, id });
      return await poolViewOf(store, path, access);
    },
  };
}

/** Routes that change pools. */
export const CHANGE_ROUTES: readonly ApiRoute[] = [
  changing({
    path: "/pools/{path}/raise",
    summary: "Raises or lowers the caps of a pool by an amount, for good or until an instant",
    operation: "raisePool",
    body: bodyWith({ by: schemaNamed("Amount"), until: UNTIL }, ["by"]),
    async change(pool, { body }, account) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it fits its schema
      const { by, until } = body as { by: Amount; until?: number };
      if (Object.keys(by).length === 0)
        throw new ApiError(400, "INVALID", "Expected `by` to have an amount");
      checkUntil(until);
      await pool.configure({ by, until, ...account });
    },
  }),
  changing({
    path: "/pools/{path}/configure",
    summary: "Sets caps, window or overage policy of a pool; null removes a cap or the window",
    operation: "configurePool",
    body: bodyWith({
      caps: schemaNamed("ChangeOfCaps"),
      by: schemaNamed("Amount"),
      until: UNTIL,
      overage: OVERAGE,
      window: { anyOf: [schemaNamed("Window"), { type: "null" }] },
      timeZone: TIME_ZONE,
    }),
    async change(pool, { body }, account) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it fits its schema
      const { reason: _reason, ...change } = body as Reasoned & PoolChange & { until?: number };
      if (Object.keys(change).length === 0)
        throw new ApiError(400, "INVALID", "Expected something to set, such as `caps`");
      checkUntil(change.until);
      await pool.configure({ ...change, ...account });
    },
  }),
  changing({
    path: "/pools/{path}/freeze",
    summary: "Freezes a pool: it refuses everything new until it is thawed",
    operation: "freezePool",
    body: bodyWith({}),
    change: (pool, _call, account) => pool.freeze(account),
  }),
  changing({
    path: "/pools/{path}/thaw",
    summary: "Ends a freeze",
    operation: "thawPool",
    body: bodyWith({}),
    change: (pool, _call, account) => pool.thaw(account),
  }),
  changing({
    path: "/pools/{path}/reset",
    summary: "Sets used to zero, and drops what is held, in this pool alone",
    operation: "resetPool",
    body: bodyWith({}),
    change: (pool, _call, account) => pool.reset(account),
  }),
  changing({
    path: "/pools/{path}/holds/{id}/end",
    summary: "Ends the lease of a stuck reservation; a later commit is still booked",
    operation: "endHold",
    params: { id: ID },
    body: bodyWith({}),
    change: (pool, { params }, account) => pool.endHold(params["id"] ?? "", account),
  }),
  changing({
    path: "/pools/{path}/entries/{id}/amend",
    summary: "Corrects what a call has booked, such as one whose amount was unknown",
    operation: "amendEntry",
    params: { id: ID },
    body: bodyWith({ actual: schemaNamed("Amount") }, ["actual"]),
    async change(pool, { params, body }, account) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it fits its schema
      const { actual } = body as { actual: Amount };
      await pool.amend(params["id"] ?? "", actual, account);
    },
  }),
];
