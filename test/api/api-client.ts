// Asks an admin API as clients do, by requests.

import { adminApi } from "../../src/api/admin-api.ts";
import type { RequestHandler } from "../../src/api/admin-api.ts";
import type { Access } from "../../src/api/access.ts";
import { BudgetStore, MemoryStore } from "../../src/stores/index.ts";

/** Callers of the tests, by the key that they send. */
const CALLERS: Readonly<Record<string, Access>> = {
  admin: { actor: "ada", role: "admin", subtree: "" },
  lead: { actor: "lin", role: "lead", subtree: "acme/search" },
  self: { actor: "sam", role: "self", subtree: "acme/search/sam" },
};

/** What a request was answered with. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, any>; // oxlint-disable-line typescript/no-explicit-any -- JSON
  readonly text: string;
}

/** An API over a store in memory, and how it is asked. */
export class ApiClient {
  readonly store: BudgetStore;
  readonly handle: RequestHandler;

  constructor(store: BudgetStore = new BudgetStore(new MemoryStore())) {
    this.store = store;
    this.handle = adminApi(store, {
      accessOf: async (request) => {
        const key = /^Bearer (.+)$/.exec(request.headers.get("authorization") ?? "")?.[1];
        return key === undefined ? undefined : CALLERS[key];
      },
    });
  }

  /** Asks for a path below `/api/v1`. */
  async ask(
    path: string,
    {
      as = "admin",
      body,
      headers = {},
      method,
    }: {
      readonly as?: string;
      readonly body?: unknown;
      readonly headers?: Record<string, string>;
      readonly method?: string;
    } = {},
  ): Promise<Answered> {
    const response = await this.handle(
      new Request(`http://localhost/api/v1${path}`, {
        method: method ?? (body === undefined ? "GET" : "POST"),
        headers: {
          authorization: `Bearer ${as}`,
          ...(body !== undefined && { "content-type": "application/json" }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    );
    const text = await response.text();
    const isJson = /json/.test(response.headers.get("content-type") ?? "");
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson ? JSON.parse(text) : {},
    };
  }
}

/** A tree with two teams, calls of several models and people, and one hold. */
export async function madeTree(store: BudgetStore): Promise<void> {
  const acme = await store.pool("acme", { caps: { usd: 100 }, window: "day" });
  const search = await acme.child("search", { caps: { usd: 40 } });
  const sam = await search.child("sam", { caps: { usd: 5, tokens: 10_000 } });
  const ads = await acme.child("ads");
  await sam.record({ usd: 1.25, tokens: 1000 }, { model: "gpt-5.5", label: "docs", id: "call-1" });
  await sam.record({ usd: 0.75, tokens: 500 }, { model: "claude-opus-5", label: "code" });
  await ads.record({ usd: 12, tokens: 9000 }, { model: "gpt-5.5", label: "ads" });
  await sam.reserve({ usd: 2 }, { id: "hold-1" });
  const unknown = await search.reserve({ usd: 3 }, { id: "call-2" });
  await unknown.commit({ outcome: "unknown", model: "gpt-5.5" });
}

/** A client of a store that has a tree of pools. */
export async function madeClient(): Promise<ApiClient> {
  const client = new ApiClient();
  await madeTree(client.store);
  return client;
}
