// Routes of the admin API about requests for an increase.

import { isWithin } from "../../api/access.ts";
import type { Access } from "../../api/access.ts";
import { ApiError } from "../../api/api-error.ts";
import type { JsonSchema } from "../../api/json-schema.ts";
import type { ApiCall, ApiRoute } from "../../api/route.ts";
import { AlreadyDecided, IncreaseRequests } from "../increase-requests.ts";
import type { IncreaseRequest, IncreaseState, WantedIncrease } from "../increase-requests.ts";

const PATH: JsonSchema = { type: "string", minLength: 1, maxLength: 800 };
const TIME: JsonSchema = { type: "integer", description: "Milliseconds since 1970" };
const USD: JsonSchema = { type: "number", minimum: 0.000001, maximum: 1_000_000 };
const HOURS: JsonSchema = { type: "number", minimum: 0.01, maximum: 8784 };
const TEXT: JsonSchema = { type: "string", minLength: 1, maxLength: 500 };
const STATE: JsonSchema = { type: "string", enum: ["open", "granted", "refused"] };
const ID: JsonSchema = { type: "string", pattern: "^req_[0-9a-z]{21}$" };

const REQUEST: JsonSchema = {
  type: "object",
  properties: {
    id: ID,
    pool: PATH,
    usd: { type: "number", description: "How many dollars more" },
    hours: { type: "number", description: "How long the grant lasts" },
    reason: TEXT,
    by: { type: "string" },
    at: TIME,
    state: STATE,
    decidedBy: { type: "string" },
    decidedAt: TIME,
    note: TEXT,
    until: TIME,
  },
  required: ["id", "pool", "usd", "hours", "reason", "by", "at", "state"],
  additionalProperties: false,
};

interface DecisionBody {
  readonly usd?: number;
  readonly hours?: number;
  readonly note?: string;
}

/** Routes about requests for an increase. */
export const INCREASE_ROUTES: readonly ApiRoute[] = [
  {
    method: "GET",
    path: "/requests",
    summary: "Lists requests for more, the newest first",
    operation: "listIncreaseRequests",
    role: "self",
    query: { state: STATE },
    answer: {
      type: "object",
      properties: { requests: { type: "array", items: REQUEST } },
      required: ["requests"],
      additionalProperties: false,
    },
    handle: async ({ store, access: { subtree }, query }) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it fits its schema
      const state = query["state"] as IncreaseState | undefined;
      return { requests: await new IncreaseRequests(store).list({ subtree, state }) };
    },
  },
  {
    method: "POST",
    path: "/requests",
    summary: "Asks for more",
    operation: "askForIncrease",
    role: "self",
    status: 201,
    body: {
      type: "object",
      properties: { pool: PATH, usd: USD, hours: HOURS, reason: TEXT },
      required: ["usd", "reason"],
      additionalProperties: false,
    },
    answer: REQUEST,
    handle: askForIncrease,
  },
  deciding("grant", true),
  deciding("refuse", false),
];

async function askForIncrease({ store, access, body }: ApiCall): Promise<IncreaseRequest> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it fits its schema
  const { pool = access.subtree, ...wanted } = body as WantedIncrease & { readonly pool?: string };
  if (pool === "" || !isWithin(pool, access.subtree))
    throw new ApiError(404, "NOT_FOUND", "There is no pool with this path that you may see");
  return await new IncreaseRequests(store).ask(pool, access.actor, wanted);
}

function deciding(word: "grant" | "refuse", isGranted: boolean): ApiRoute {
  return {
    method: "POST",
    path: `/requests/{id}/${word}`,
    summary: isGranted
      ? "Grants a request: the caps are raised until its hours are over"
      : "Refuses a request",
    operation: `${word}IncreaseRequest`,
    role: "lead",
    params: { id: ID },
    body: {
      type: "object",
      properties: isGranted ? { usd: USD, hours: HOURS, note: TEXT } : { note: TEXT },
      additionalProperties: false,
    },
    answer: REQUEST,
    async handle({ store, access, params, body }) {
      const requests = new IncreaseRequests(store);
      const id = params["id"] ?? "";
      const found = await requests.find(id);
      if (found === undefined || !mayDecide(found, access))
        throw new ApiError(404, "NOT_FOUND", `There is no request ${id} that you may decide`);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it fits its schema
      const { usd, hours, note } = (body ?? {}) as DecisionBody;
      const decision = { isGranted, actor: access.actor, usd, hours, note };
      try {
        return await requests.decide(id, decision);
      } catch (error) {
        if (!(error instanceof AlreadyDecided)) throw error;
        throw new ApiError(409, "DECIDED", error.message);
      }
    },
  };
}

/** A lead decides about the pools below its own; a lead above decides about that one. */
function mayDecide({ pool }: IncreaseRequest, { role, subtree }: Access): boolean {
  return role === "admin" || (isWithin(pool, subtree) && pool !== subtree);
}
