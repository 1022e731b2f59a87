// A Worker that passes chat completions on, streams and all, under a budget for each team that all Workers share: a
// Durable Object for each. Deploy it: npx wrangler deploy --config examples/worker/wrangler.jsonc

// @ts-expect-error -- a module of the runtime; in a project of yours, `wrangler types` declares it
import { DurableObject } from "cloudflare:workers";
import { budgetObject, durableObjectStore } from "token-budget/durable-objects";
import type {
  BudgetObjectClass,
  BudgetObjectNamespace,
  ObjectBase,
} from "token-budget/durable-objects";
import { meteredFetch } from "token-budget/meter";

interface Environment {
  readonly BUDGETS: BudgetObjectNamespace;
  readonly OPENAI_API_KEY: string;
  /** Default: https://api.openai.com */
  readonly OPENAI_URL?: string;
}

// With the types of the runtime: export class Budgets extends budgetObject(DurableObject) {}
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the class of the runtime
const Base: BudgetObjectClass<ObjectBase> = budgetObject(DurableObject as ObjectBase);

/** The objects that keep the budgets. */
export class Budgets extends Base {}

export default {
  /** POST /<team> is a chat completion on the team's budget; GET /<team> shows its figures. */
  async fetch(request: Request, environment: Environment): Promise<Response> {
    const team = new URL(request.url).pathname.slice(1);
    const store = durableObjectStore(environment.BUDGETS);
    const pool = await store.pool(team, { caps: { usd: 1 }, window: "day" });
    if (request.method === "GET") return Response.json(await pool.snapshot());

    const metered = meteredFetch(pool, { provider: "openai" });
    const { OPENAI_URL = "https://api.openai.com", OPENAI_API_KEY } = environment;
    // The answer passes as it comes, and ends when it is booked. What does not fit into the budget
    // is answered with status 402, as the provider would put it.
    return metered(`${OPENAI_URL}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${OPENAI_API_KEY}` },
      body: await request.text(),
    });
  },
};
