import { describe, expect, it } from "vitest";

import { budgetConsole } from "../../src/console/index.ts";
import type { ConsoleOptions, RequestHandler } from "../../src/console/index.ts";
import { ConsoleSessions } from "../../src/console/sessions.ts";
import { BudgetStore, MemoryStore } from "../../src/stores/index.ts";

const HOST = "127.0.0.1:4142";
const SECRET = "correct horse battery staple";
const OWNER = { actor: "ada", role: "admin", subtree: "" } as const;
const HOUR_MS = 3_600_000;

function signingIn(options: Partial<ConsoleOptions> = {}): {
  readonly store: BudgetStore;
  readonly ask: (path: string, init?: RequestInit) => Promise<Response>;
  readonly handle: RequestHandler;
} {
  const store = new BudgetStore(new MemoryStore());
  const handle = budgetConsole(store, {
    signIn: async (secret) => (secret === SECRET ? OWNER : undefined),
    hosts: [HOST],
    ...options,
  });
  const ask = (path: string, init?: RequestInit): Promise<Response> => {
    const { headers, ...rest } = init ?? {};
    const named = { host: HOST, ...Object.fromEntries(new Headers(headers).entries()) };
    return handle(new Request(`http://${named.host}${path}`, { ...rest, headers: named }));
  };
  return { store, ask, handle };
}

async function cookieOf(ask: (path: string) => Promise<Response>): Promise<string> {
  const response = await ask(`/?token=${encodeURIComponent(SECRET)}`);
  expect(response.status).toBe(200);
  return (response.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
}

describe("budgetConsole", () => {
  it("budgetConsole throws without a way to authenticate callers", () => {
    const store = new BudgetStore(new MemoryStore());
    expect(() => budgetConsole(store, {})).toThrow(/accessOf` or `signIn/);
  });

  it("the console exchanges the token of a link for a cookie, and takes it out of the address", async () => {
    const { ask } = signingIn();
    const response = await ask(`/?token=${encodeURIComponent(SECRET)}`);
    const cookie = response.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(
      /^token_budget_console_4142=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/,
    );
    const text = await response.text();
    expect(text).toContain("url=./");
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain(cookie.split(/[=;]/)[1]);
    const access = await ask("/api/v1/access", { headers: { cookie } });
    expect(await access.json()).toEqual({ ...OWNER, features: [] });
  });

  it("the console sets its cookie for TLS alone when it is served over TLS", async () => {
    const { handle } = signingIn({ hosts: ["budget.example"] });
    const address = `https://budget.example/?token=${encodeURIComponent(SECRET)}`;
    const response = await handle(new Request(address));
    expect(response.headers.get("set-cookie")).toMatch(/^token_budget_console=.*; Secure$/);
  });

  it("the console refuses a wrong key, and after twenty in a minute every key", async () => {
    const { ask } = signingIn();
    for (let index = 0; index < 20; index++)
      expect((await ask(`/?token=guess-${index}`)).status).toBe(401);
    expect((await ask(`/?token=${encodeURIComponent(SECRET)}`)).status).toBe(429);
  });

  it("the console shows a form without a session, and its page to no one else", async () => {
    const { ask } = signingIn();
    const response = await ask("/");
    expect(response.status).toBe(401);
    expect(await response.text()).toContain('<input id="key" name="key" type="password"');
    const answered = await ask("/session", {
      method: "POST",
      body: new URLSearchParams({ key: SECRET }).toString(),
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        "content-length": "40",
        origin: `http://${HOST}`,
      },
    });
    expect([answered.status, answered.headers.has("set-cookie")]).toEqual([200, true]);
    expect((await ask("/api/v1/pools")).status).toBe(401);
  });

  it("the console sends headers that forbid everything it does not need", async () => {
    const { ask } = signingIn();
    for (const path of ["/", "/assets/nothing.js", "/api/v1/pools", "/?token=x"]) {
      const { headers } = await ask(path);
      const policy = headers.get("content-security-policy") ?? "";
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain("require-trusted-types-for 'script'");
      expect(policy).not.toMatch(/unsafe|https?:|\*/);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("same-origin");
      expect(headers.get("x-frame-options")).toBe("DENY");
    }
  });

  it("the console answers nothing under a name of an attacker's own (DNS rebinding)", async () => {
    const { ask } = signingIn();
    const cookie = await cookieOf(ask);
    for (const host of ["evil.example", "evil.example:4142", "127.0.0.1", "localhost:4143"]) {
      for (const path of ["/", "/api/v1/pools", `/?token=${encodeURIComponent(SECRET)}`]) {
        const response = await ask(path, { headers: { host, cookie } });
        expect([host, path, response.status]).toEqual([host, path, 421]);
      }
    }
  });

  it("the console takes nothing from a page of another site (CSRF)", async () => {
    const { ask, store } = signingIn();
    const cookie = await cookieOf(ask);
    const pool = await store.pool("acme", { caps: { usd: 1 } });
    const body = JSON.stringify({ by: { usd: 1000 }, reason: "attack" });
    const json = { cookie, "content-type": "application/json" };
    const attacks: readonly Record<string, string>[] = [
      { ...json, origin: "https://evil.example" },
      { ...json, origin: "null" },
      { ...json, origin: `http://127.0.0.1:3000` },
      { ...json, origin: `http://${HOST}.evil.example` },
      { ...json, "sec-fetch-site": "cross-site" },
      { ...json, "sec-fetch-site": "same-site", origin: "http://127.0.0.1:3000" },
      // Neither tells where it comes from: no browser of today, and no key.
      json,
      { cookie, "content-type": "text/plain", origin: `http://${HOST}` },
    ];
    for (const headers of attacks) {
      const { status } = await ask("/api/v1/pools/acme/raise", { method: "POST", body, headers });
      expect([headers, [403, 415].includes(status)]).toEqual([headers, true]);
    }
    for (const path of ["/session", "/session/end"]) {
      const headers = { cookie, origin: "https://evil.example" };
      expect((await ask(path, { method: "POST", body, headers })).status).toBe(403);
    }
    const read = { cookie, "sec-fetch-site": "cross-site" };
    expect((await ask("/api/v1/pools", { headers: read })).status).toBe(403);
    expect((await pool.snapshot()).caps.usd).toBe(1);
    const own = { ...json, origin: `http://${HOST}`, "sec-fetch-site": "same-origin" };
    const raised = await ask("/api/v1/pools/acme/raise", { method: "POST", body, headers: own });
    expect(raised.status).toBe(200);
  });

  it("the console ends a session on sign-out", async () => {
    const { ask } = signingIn();
    const cookie = await cookieOf(ask);
    const headers = { cookie, origin: `http://${HOST}` };
    const ended = await ask("/session/end", { method: "POST", headers });
    expect(ended.status).toBe(303);
    expect(ended.headers.get("set-cookie")).toContain("Max-Age=0");
    expect((await ask("/api/v1/pools", { headers: { cookie } })).status).toBe(401);
  });

  it("the console mounts under a path, and redirects to the slash at its end", async () => {
    const { ask } = signingIn();
    const led = await ask("/budgets/console");
    expect([led.status, led.headers.get("location")]).toEqual([308, "./console/"]);
    const cookie = await cookieOf(ask);
    const pools = await ask("/budgets/console/api/v1/pools", { headers: { cookie } });
    expect(await pools.json()).toEqual({ pools: [], next: null });
    const based = signingIn({ base: "/console" });
    expect(await (await based.ask("/")).text()).toContain('<base href="/console/">');
  });

  it("a console with the access of its host has no session of its own", async () => {
    const store = new BudgetStore(new MemoryStore());
    const handle = budgetConsole(store, {
      accessOf: async (request) => (request.headers.has("x-user") ? OWNER : undefined),
    });
    const address = "https://app.example/console/";
    expect((await handle(new Request(address))).status).toBe(401);
    const known = new Request(`${address}api/v1/pools`, { headers: { "x-user": "ada" } });
    expect((await handle(known)).status).toBe(200);
    expect((await handle(new Request(`${address}session`, { method: "POST" }))).status).toBe(405);
  });
});

describe("sessions", () => {
  async function begun(isCurrent?: () => Promise<boolean>): Promise<{
    readonly isThere: (ms: number) => Promise<boolean>;
  }> {
    let now = 0;
    const sessions = new ConsoleSessions(
      async () => ({ ...OWNER, isCurrent }),
      () => now,
    );
    const first = new Request("http://127.0.0.1:4142/");
    const { cookie = "" } = await sessions.begin("x", first);
    const request = new Request(first, { headers: { cookie: cookie.split(";")[0] ?? "" } });
    return {
      async isThere(ms) {
        now += ms;
        return (await sessions.accessOf(request)) !== undefined;
      },
    };
  }

  it("sessions of the console end when they were not used for two hours", async () => {
    const { isThere } = await begun();
    expect(await isThere(2 * HOUR_MS - 1)).toBe(true);
    expect(await isThere(2 * HOUR_MS - 1)).toBe(true);
    expect(await isThere(2 * HOUR_MS)).toBe(false);
    expect(await isThere(0)).toBe(false);
  });

  it("sessions of the console end after twelve hours, however much they are used", async () => {
    const { isThere } = await begun();
    for (let hour = 1; hour < 12; hour++) expect(await isThere(HOUR_MS)).toBe(true);
    expect(await isThere(HOUR_MS)).toBe(false);
  });

  it("sessions of the console end with the key that they began with", async () => {
    let isValid = true;
    const { isThere } = await begun(async () => isValid);
    expect(await isThere(1)).toBe(true);
    isValid = false;
    expect(await isThere(1)).toBe(false);
  });
});
