// The console as frameworks mount it: by the shapes in which Next.js and Hono call a handler.

import { expect, it } from "vitest";

import { budgetConsole } from "../../src/console/index.ts";
import { BudgetStore, MemoryStore } from "../../src/stores/index.ts";

const handle = budgetConsole(new BudgetStore(new MemoryStore()), {
  base: "/console",
  accessOf: async () => ({ actor: "ada", role: "admin", subtree: "" }),
});
const body = JSON.stringify({ path: "acme", caps: { usd: 1 }, reason: "a test" });
const headers = { "content-type": "application/json" };

/** What a route file of Next.js exports: it is handed the parameters of the path besides. */
type NextHandler = (
  request: Request,
  context: { readonly params: Promise<{ readonly path?: readonly string[] }> },
) => Promise<Response>;

it("the console is a route handler of Next.js, whose requests have the whole path", async () => {
  const route: Readonly<Record<"GET" | "POST", NextHandler>> = { GET: handle, POST: handle };
  const context = { params: Promise.resolve({ path: ["api", "v1", "pools"] }) };
  const address = "https://app.example/console/api/v1/pools";
  const made = await route.POST(new Request(address, { method: "POST", body, headers }), context);
  expect(made.status).toBe(201);
  const shown = await route.GET(new Request(address), context);
  expect(await shown.json()).toMatchObject({ pools: [{ path: "acme" }] });
});

it("the console is mounted by Hono, which takes the path of the mount away", async () => {
  const shown = await handle(new Request("https://app.example/api/v1/access"));
  expect(await shown.json()).toMatchObject({ actor: "ada" });
});
