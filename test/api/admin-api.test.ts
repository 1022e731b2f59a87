import { describe, expect, it } from "vitest";

import { adminApi } from "../../src/api/admin-api.ts";
import { ROUTES } from "../../src/api/routes.ts";
import { misfit } from "../../src/api/json-schema.ts";
import { SCHEMAS } from "../../src/api/schemas.ts";
import { ApiClient, madeClient } from "./api-client.ts";

const POOL = "/pools/acme%2Fsearch%2Fsam";
const reason = "tests";

/** For each operation, a request that is answered. */
const REQUESTS: Readonly<Record<string, { readonly path: string; readonly body?: unknown }>> = {
  getAccess: { path: "/access" },
  listPools: { path: "/pools?by=usd&limit=3" },
  getPool: { path: POOL },
  getBurnDown: { path: `${POOL}/burn-down?axis=usd` },
  watchPools: { path: "/events?limit=5" },
  listEntries: { path: "/ledger?pool=acme&model=gpt-5.5" },
  listSums: { path: "/sums?pool=acme&by=model" },
  listChanges: { path: "/changes?pool=acme" },
  listRefusals: { path: "/refusals?pool=acme" },
  listHolds: { path: "/holds?pool=acme" },
  raisePool: {
    path: `${POOL}/raise`,
    body: { by: { usd: 5 }, until: Date.now() + 60_000, reason },
  },
  configurePool: { path: `${POOL}/configure`, body: { caps: { usd: 9, tokens: null }, reason } },
  freezePool: { path: `${POOL}/freeze`, body: { reason } },
  thawPool: { path: `${POOL}/thaw`, body: { reason } },
  resetPool: { path: `${POOL}/reset`, body: { reason } },
  makePool: {
    path: "/pools",
    body: { path: "acme/search/model:gpt-5*", caps: { usd: 1 }, window: "day", reason },
  },
  deletePool: { path: "/pools/acme%2Fads/delete", body: { reason } },
  listTemplates: { path: "/templates" },
  setTemplate: {
    path: "/templates",
    body: { pattern: "acme/*/model:gpt*", caps: { usd: 1 }, window: "day", reason },
  },
  deleteTemplate: { path: "/templates/delete", body: { pattern: "acme/*" } },
  endHold: { path: `${POOL}/holds/hold-1/end`, body: { reason } },
  amendEntry: { path: `${POOL}/entries/call-1/amend`, body: { actual: { usd: 1 }, reason } },
};

describe("the admin API, driven by its route table", () => {
  for (const route of ROUTES) {
    it(`${route.operation} answers as its schema says`, async () => {
      const client = await madeClient();
      const request = REQUESTS[route.operation];
      expect(request, "a request of this test").toBeDefined();
      if (request === undefined) return;
      if (route.operation === "watchPools") return;
      const { status, body, headers } = await client.ask(request.path, {
        body: request.body,
        method: route.method,
      });
      expect(body["detail"]).toBeUndefined();
      expect(status).toBe(route.status ?? 200);
      expect(headers.get("content-type")).toBe("application/json");
      expect(misfit(body, route.answer, SCHEMAS, "answer")).toBeUndefined();
    });

    it(`${route.operation} refuses an unknown caller, and one without the right`, async () => {
      const client = await madeClient();
      const request = REQUESTS[route.operation] ?? { path: "" };
      const how = { body: request.body, method: route.method };
      const unknown = await client.ask(request.path, { as: "mallory", ...how });
      expect([unknown.status, unknown.body["code"]]).toEqual([401, "NOT_SIGNED_IN"]);
      expect(misfit(unknown.body, SCHEMAS["Problem"] ?? {}, SCHEMAS)).toBeUndefined();
      if (route.role === "self") return;
      const member = await client.ask(request.path, { as: "self", ...how });
      expect([member.status, member.body["code"]]).toEqual([403, "NOT_ALLOWED"]);
    });
  }

  it("the admin API refuses unknown fields, and says what it expected", async () => {
    const client = await madeClient();
    const cases: readonly (readonly [string, unknown, number])[] = [
      ["/pools?lmit=3", undefined, 400],
      ["/pools?limit=0", undefined, 400],
      ["/pools?limit=x", undefined, 400],
      ["/pools?by=name", undefined, 400],
      ["/sums?pool=acme", undefined, 400],
      ["/ledger?pool=acme&day=yesterday", undefined, 400],
      ["/ledger?pool=acme&day=2026-99-99", undefined, 400],
      ["/ledger?pool=acme&after=x", undefined, 400],
      ["/ledger", undefined, 400],
      ["/nothing", undefined, 404],
      ["/pools/nothing", undefined, 404],
      ["/pools/%E0%A4%A", undefined, 404],
      [`${POOL}/freeze`, {}, 400],
      [`${POOL}/freeze`, { reason: "" }, 400],
      [`${POOL}/freeze`, { reason: "a\u0000b" }, 400],
      [`${POOL}/freeze`, { reason, extra: 1 }, 400],
      [`${POOL}/raise`, { by: {}, reason }, 400],
      [`${POOL}/raise`, { by: { usd: "5" }, reason }, 400],
      [`${POOL}/raise`, { by: { usd: 5 }, until: 1, reason }, 400],
      [`${POOL}/raise`, { by: { dollars: 5 }, reason }, 400],
      [`${POOL}/configure`, { caps: { usd: -1 }, reason }, 400],
      [`${POOL}/configure`, { reason }, 400],
      [`${POOL}/configure`, { window: "fortnight", reason }, 400],
      [`${POOL}/configure`, { by: { usd: 1 }, until: 1, reason }, 400],
      ["/ledger?pool=acme&order=oldest&after=x", undefined, 400],
      [`${POOL}/entries/nothing/amend`, { actual: { usd: 1 }, reason }, 404],
      [`${POOL}/holds/nothing/end`, { reason }, 404],
      [`${POOL}/configure`, { caps: { usd: 1 }, reason: "x".repeat(70_000) }, 413],
    ];
    for (const [path, body, status] of cases) {
      const answered = await client.ask(path, { body });
      expect([path, answered.status]).toEqual([path, status]);
      expect(misfit(answered.body, SCHEMAS["Problem"] ?? {}, SCHEMAS)).toBeUndefined();
    }
    const get = await client.ask(`${POOL}/freeze`);
    expect([get.status, get.headers.get("allow")]).toEqual([405, "POST"]);
  });

  it("the admin API sets window and caps in one change, and takes a window away", async () => {
    const client = await madeClient();
    const change = { caps: { usd: 7 }, window: "week", timeZone: "Europe/Berlin", reason };
    const { body } = await client.ask(`${POOL}/configure`, { body: change });
    expect(body["pool"]).toMatchObject({ caps: { usd: 7 }, timeZone: "Europe/Berlin" });
    const gone = await client.ask(`${POOL}/configure`, { body: { window: null, reason } });
    expect(gone.body["pool"].window).toBeUndefined();
  });

  it("the admin API reads the ledger and changes from the oldest on, page by page", async () => {
    const client = await madeClient();
    for (const change of ["freeze", "thaw", "reset"])
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await client.ask(`${POOL}/${change}`, { body: { reason } });
    for (const path of ["/ledger?pool=acme", "/changes?pool=acme"]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const { body: newest } = await client.ask(path);
      const entries = [];
      for (let after: string | null = "0"; after !== null;) {
        // oxlint-disable-next-line no-await-in-loop -- each page begins where the last one ended
        const { body } = await client.ask(`${path}&order=oldest&limit=2&after=${after}`);
        entries.push(...body["entries"]);
        after = body["next"];
      }
      expect(entries).toEqual(newest["entries"].toReversed());
      expect(entries.length).toBeGreaterThan(0);
    }
  });

  it("the admin API shows which level limits a pool, and its holds and bookings", async () => {
    const client = await madeClient();
    const { body } = await client.ask(POOL);
    expect(body["pool"].binding).toEqual({
      path: "acme/search/sam",
      axis: "usd",
      remaining: 1,
      frozen: false,
    });
    expect(body["ancestors"].map(({ path }: { path: string }) => path)).toEqual([
      "acme/search",
      "acme",
    ]);
    await client.ask("/pools/acme/freeze", { body: { reason } });
    const frozen = await client.ask(POOL);
    expect(frozen.body["pool"].binding).toMatchObject({ path: "acme", frozen: true });
    const sums = await client.ask("/sums?pool=acme&by=person");
    expect(sums.body["sums"][0]).toMatchObject({ name: "ads", amount: { usd: 12 }, entries: 1 });
    const burn = await client.ask("/pools/acme/burn-down");
    expect(burn.body["points"].at(-1).used).toBe(17);
    expect(burn.body["points"][0].used).toBe(0);
    expect(burn.body["rate"].used).toBe(17);
  });

  it("the admin API reads the ledger page by page, filtered, and as CSV that no spreadsheet runs", async () => {
    const client = await madeClient();
    const sam = await client.store.pool("acme/search/sam");
    await sam.record({ usd: 0 }, { model: '=cmd|"x"', label: "@sum" });
    const first = await client.ask("/ledger?pool=acme&limit=2");
    const second = await client.ask(`/ledger?pool=acme&limit=9&after=${first.body["next"]}`);
    const all = await client.ask("/ledger?pool=acme");
    expect([...first.body["entries"], ...second.body["entries"]]).toEqual(all.body["entries"]);
    expect(second.body["next"]).toBeNull();
    const today = new Date().toISOString().slice(0, 10);
    for (const filter of ["label=docs", "model=claude-opus-5", `day=${today}&label=docs`])
      expect((await client.ask(`/ledger?pool=acme&${filter}`)).body["entries"]).toHaveLength(1);
    expect((await client.ask("/ledger?pool=acme&day=2020-01-01")).body["entries"]).toEqual([]);
    const csv = await client.ask("/ledger?pool=acme&label=%40sum", {
      headers: { accept: "text/csv" },
    });
    expect(csv.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(csv.text.split("\r\n")[1]).toContain(`,"'=cmd|""x""",'@sum,`);
  });
});

describe("changes", () => {
  it("changes over the admin API record actor and reason, and apply once per idempotency key", async () => {
    const client = await madeClient();
    const headers = { "idempotency-key": "raise-1" };
    const body = { by: { usd: 5 }, reason: "release day" };
    const answers = await Promise.all(
      [1, 2, 3].map(() => client.ask(`${POOL}/raise`, { body, headers, as: "lead" })),
    );
    for (const answered of answers) expect(answered.body["pool"].caps.usd).toBe(10);
    const other = { by: { usd: 6 }, reason: "release day" };
    const reused = await client.ask(`${POOL}/raise`, { body: other, headers, as: "lead" });
    expect([reused.status, reused.body["code"]]).toEqual([422, "KEY_TAKEN"]);
    const bad = await client.ask(`${POOL}/raise`, { body, headers: { "idempotency-key": "a b" } });
    expect(bad.status).toBe(400);
    // Another process over the same store.
    const elsewhere = new ApiClient(client.store);
    const again = await elsewhere.ask(`${POOL}/raise`, { body, headers, as: "lead" });
    expect(again.body["pool"].caps.usd).toBe(10);
    const { body: audit } = await client.ask("/changes?pool=acme");
    expect(audit["entries"]).toHaveLength(1);
    expect(audit["entries"][0]).toMatchObject({
      actor: "lin",
      reason: "release day",
      change: { by: { usd: 5 } },
    });
  });

  it("the admin API creates a pool once with its settings and deletes it, each with actor and reason", async () => {
    const client = await madeClient();
    const headers = { "idempotency-key": "make-1" };
    const body = {
      path: "acme/search/new",
      caps: { usd: 2 },
      window: "day",
      reason: "a new agent",
    };
    for (const each of [client, new ApiClient(client.store)]) {
      // oxlint-disable-next-line no-await-in-loop -- the second after the first
      const made = await each.ask("/pools", { body, headers, as: "lead" });
      expect([made.status, made.body["pool"]]).toMatchObject([201, { caps: { usd: 2 } }]);
      expect(made.body["pool"].window).toBeDefined();
    }
    const again = await client.ask("/pools", { body, as: "lead" });
    expect([again.status, again.body["code"]]).toEqual([409, "POOL_EXISTS"]);
    const other = { ...body, caps: { usd: 3 } };
    const differs = await client.ask("/pools", {
      body: other,
      as: "lead",
      headers: { "idempotency-key": "make-2" },
    });
    expect([differs.status, differs.body["code"]]).toEqual([409, "POOL_EXISTS"]);
    const same = { body, as: "lead", headers: { "idempotency-key": "make-3" } } as const;
    expect((await client.ask("/pools", same)).body["code"]).toBe("POOL_EXISTS");
    const at = "/pools/acme%2Fsearch%2Fnew/delete";
    const deleted = await client.ask(at, { body: { reason: "done" }, as: "lead" });
    expect(deleted.body).toEqual({ deleted: "acme/search/new" });
    expect((await client.ask(at, { body: { reason: "done" }, as: "lead" })).status).toBe(404);
    const { body: audit } = await client.ask("/changes?pool=acme");
    expect(audit["entries"]).toMatchObject([
      { kind: "delete", pool: "acme/search/new", actor: "lin", reason: "done" },
      { kind: "configure", pool: "acme/search/new", actor: "lin", reason: "a new agent" },
    ]);
  });

  it("the admin API does not delete a pool with open holds, nor the lead's own pool", async () => {
    const client = await madeClient();
    const held = await client.ask(`${POOL}/delete`, { body: { reason } });
    expect([held.status, held.body["code"]]).toEqual([409, "POOL_IN_USE"]);
    const own = await client.ask("/pools/acme%2Fsearch/delete", { body: { reason }, as: "lead" });
    expect([own.status, own.body["code"]]).toEqual([403, "NOT_ALLOWED"]);
    expect(await client.store.find("acme/search/sam")).toBeDefined();
  });

  it("the admin API refuses a model cap that overlaps a sibling", async () => {
    const client = await madeClient();
    const make = (name: string) =>
      client.ask("/pools", { body: { path: `acme/search/${name}`, caps: { usd: 1 }, reason } });
    expect((await make("model:gpt-5*")).status).toBe(201);
    for (const name of ["model:gpt*", "model:gpt-5.5", "provider:openai"]) {
      // oxlint-disable-next-line no-await-in-loop -- in their order
      const { status, body } = await make(name);
      expect([name, status, body["code"]]).toEqual([name, 409, "CAPS_OVERLAP"]);
    }
    expect((await make("model:claude*")).status).toBe(201);
    expect((await make("model:gpt-5*/provider:openai")).status).toBe(201);
  });

  it("the admin API runs no slow query for a client that has disconnected", async () => {
    const { store } = await madeClient();
    const accessOf = async () => ({ actor: "lin", role: "admin", subtree: "" }) as const;
    const answer = adminApi(store, { accessOf });
    for (const path of ["/sums?pool=acme&by=day", "/ledger?pool=acme", "/pools/acme/burn-down"]) {
      const left = new AbortController();
      const { signal } = left;
      const asked = answer(new Request(`https://budget.example/api/v1${path}`, { signal }));
      left.abort();
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const body = (await (await asked).json()) as { readonly code?: string };
      expect([path, body.code]).toEqual([path, "CLIENT_GONE"]);
    }
  });

  it("the admin API ends a stuck hold, and a later commit of its process is still booked", async () => {
    const client = await madeClient();
    const sam = await client.store.pool("acme/search/sam");
    const hung = await sam.reserve({ usd: 1 }, { id: "hung" });
    const { body } = await client.ask("/pools/acme%2Fsearch/holds/hung/end", {
      as: "lead",
      body: { reason: "its host is gone" },
    });
    expect(body["pool"].reserved.usd).toBe(2);
    await hung.commit({ usd: 1 });
    expect((await sam.snapshot()).used.usd).toBe(3);
  });

  it("the admin API accepts changes only as JSON, which a form on another site cannot send", async () => {
    const client = await madeClient();
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]) {
      const headers = { "content-type": type };
      const { status } = await client.ask(`${POOL}/freeze`, { body: { reason }, headers });
      expect(status).toBe(415);
    }
    expect((await (await client.store.pool("acme/search/sam")).snapshot()).frozen).toBeUndefined();
  });
});

describe("events", () => {
  it("the event stream starts with the current page, sends changes, and ends when access ends", async () => {
    const client = await madeClient();
    const response = await client.handle(
      new Request("http://localhost/api/v1/events?below=acme%2Fsearch", {
        headers: { authorization: "Bearer lead" },
      }),
    );
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    const first = (await reader?.read())?.value ?? "";
    expect(first).toContain('"order":["acme/search","acme/search/sam"]');
    await (await client.store.pool("acme/search/sam")).record({ usd: 0.5 });
    const second = (await reader?.read())?.value ?? "";
    const event = JSON.parse(/^data: (.+)$/m.exec(second)?.[1] ?? "{}") as {
      pools: { path: string; used: { usd: number } }[];
      order?: unknown;
    };
    expect(event.order).toBeUndefined();
    expect(event.pools.map(({ path, used }) => [path, used.usd])).toEqual([
      ["acme/search", 5.5],
      ["acme/search/sam", 2.5],
    ]);
    await reader?.cancel();
  });
});
