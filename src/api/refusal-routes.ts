// The route that lists recent refusals.

import type { AmountView } from "../core/amount.ts";
import type { Axis } from "../core/axis.ts";
import type { RefusalReason } from "../core/refusal.ts";
import type { RefusalCount, RefusalEntry } from "../stores/contract/refusals.ts";
import { readPath } from "../stores/contract/path.ts";
import { isWithin, withinAccess } from "./access.ts";
import type { Access } from "./access.ts";
import type { JsonSchema } from "./json-schema.ts";
import type { ApiCall, ApiRoute } from "./route.ts";
import { POOL_PATH, queryText, schemaNamed } from "./schemas.ts";

/** A refusal as the API shows it. */
export interface RefusalView {
  readonly at: number;
  /** The pool of the request. */
  readonly askedPool: string;
  readonly asked: AmountView;
  /** The pool that refused; null for one above the caller's subtree. */
  readonly pool: string | null;
  readonly axis: Axis;
  readonly reason: RefusalReason;
  /** The figures of that pool; omitted if it may not be seen. */
  readonly attempted?: number;
  readonly used?: number;
  readonly reserved?: number;
  readonly cap?: number;
  readonly remaining?: number;
  readonly resetsAt?: number;
  readonly model?: string;
  readonly label?: string;
}

const LIMIT_DEFAULT = 100;
const NUMBER: JsonSchema = { type: "number" };
const TIME: JsonSchema = { type: "number", description: "Milliseconds since 1970" };
const WORD: JsonSchema = { type: "string" };
const REASON: JsonSchema = { type: "string", enum: ["never", "busy", "spent", "frozen"] };

const REFUSAL: JsonSchema = {
  type: "object",
  properties: {
    at: TIME,
    askedPool: POOL_PATH,
    asked: schemaNamed("WholeAmount"),
    pool: {
      type: ["string", "null"],
      description: "The pool that refused; null for one above those that you may see",
    },
    axis: WORD,
    reason: REASON,
    attempted: NUMBER,
    used: NUMBER,
    reserved: NUMBER,
    cap: NUMBER,
    remaining: NUMBER,
    resetsAt: TIME,
    model: WORD,
    label: WORD,
  },
  required: ["at", "askedPool", "asked", "pool", "axis", "reason"],
  additionalProperties: false,
};

const COUNT: JsonSchema = {
  type: "object",
  properties: {
    minute: TIME,
    pool: POOL_PATH,
    axis: WORD,
    reason: REASON,
    model: WORD,
    label: WORD,
    count: { type: "integer", minimum: 1 },
  },
  required: ["minute", "pool", "axis", "reason", "count"],
};

function refusalViewOf(entry: RefusalEntry, { subtree }: Access): RefusalView {
  const { at, askedPool, asked, pool, axis, reason, resetsAt, model, label } = entry;
  const { attempted, used, reserved, cap, remaining } = entry;
  const isSeen = isWithin(pool, subtree);
  return {
    at,
    askedPool,
    asked,
    pool: isSeen ? pool : null,
    axis,
    reason,
    ...(isSeen && { attempted, used, reserved, cap, remaining }),
    ...(resetsAt !== undefined && { resetsAt }),
    ...(model !== undefined && { model }),
    ...(label !== undefined && { label }),
  };
}

async function refusals({ store, access, query }: ApiCall): Promise<{
  readonly refusals: readonly RefusalView[];
  readonly counts: readonly RefusalCount[];
}> {
  const named = queryText(query, "pool");
  const path = withinAccess(access, named === undefined ? undefined : readPath(named));
  const limit = Number(query["limit"] ?? LIMIT_DEFAULT);
  const since = Number(query["since"] ?? 0);
  const { last, counts } = await store.refusals(path, { limit, since });
  return { refusals: last.map((entry) => refusalViewOf(entry, access)), counts };
}

/** The route that lists recent refusals. */
export const REFUSAL_ROUTES: readonly ApiRoute[] = [
  {
    method: "GET",
    path: "/refusals",
    summary: "Lists recent refusals with their reason and level, and their number in each minute",
    operation: "listRefusals",
    role: "self",
    query: {
      pool: { ...POOL_PATH, description: "The pool; those below it count. Default: all" },
      since: { type: "integer", minimum: 0, description: "Only since; milliseconds since 1970" },
      limit: { type: "integer", minimum: 1, maximum: 1000, default: LIMIT_DEFAULT },
    },
    answer: {
      type: "object",
      properties: {
        refusals: { type: "array", items: REFUSAL },
        counts: { type: "array", items: COUNT },
      },
      required: ["refusals", "counts"],
    },
    handle: refusals,
  },
];
