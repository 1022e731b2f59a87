// A Worker that runs cases of the suites: GET / lists their titles, POST / runs the one that the
// body names.

// @ts-expect-error -- a module of the runtime, without types here
import { DurableObject } from "cloudflare:workers";

import { budgetObject, durableObjectStore } from "../../src/durable-objects/index.ts";
import type {
  BudgetObjectClass,
  BudgetObjectNamespace,
  ObjectBase,
} from "../../src/durable-objects/index.ts";
import type { BudgetStore } from "../../src/stores/index.ts";
import { conformanceSuite, storeSuite } from "../../src/testing/index.ts";
import { LONG_MS, rootsOf } from "../support/stored-roots.ts";

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the class of the runtime
const Base: BudgetObjectClass<ObjectBase> = budgetObject(DurableObject as ObjectBase);

/** The objects. */
export class Budgets extends Base {}

interface Environment {
  readonly BUDGETS: BudgetObjectNamespace;
}

let places = 0;

/** The same namespace, with objects that no other place has. */
function placeOf({ BUDGETS }: Environment): BudgetObjectNamespace {
  const place = places++;
  return {
    idFromName: (name) => BUDGETS.idFromName(`${place} ${name}`),
    get: (id) => BUDGETS.get(id),
  };
}

function casesOf(environment: Environment): Map<string, () => Promise<void>> {
  const cases = new Map<string, () => Promise<void>>();
  const test = (title: string, run: () => Promise<void>): unknown => cases.set(title, run);
  const { open, turns } = rootsOf((clock) =>
    durableObjectStore(placeOf(environment), { clock, pollMs: LONG_MS, timeoutMs: 60_000 }),
  );
  conformanceSuite({ test, open, turns });
  storeSuite({
    test,
    openPlace(clock) {
      const place = placeOf(environment);
      return (): BudgetStore => durableObjectStore(place, { clock, pollMs: LONG_MS });
    },
  });
  return cases;
}

export default {
  async fetch(request: Request, environment: Environment): Promise<Response> {
    const cases = casesOf(environment);
    if (request.method === "GET") return Response.json([...cases.keys()]);
    const run = cases.get(await request.text());
    if (run === undefined) return new Response("no such case", { status: 404 });
    try {
      await run();
      return new Response("passed");
    } catch (error) {
      return new Response(error instanceof Error ? error.stack : String(error), { status: 500 });
    }
  },
};
