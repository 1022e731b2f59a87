// What SECURITY.md says of the gateway, each point attacked.

import { describe, expect, it, onTestFinished, vi } from "vitest";

import { FailedKeys } from "../../src/gateway/failed-keys.ts";
import { newKeyText } from "../../src/gateway/key-text.ts";
import type { KeyRecord } from "../../src/gateway/index.ts";
import { startProvider } from "../meter/provider.ts";
import { chat, jsonOf, raw, startTestGateway } from "./gateways.ts";

const provider = await startProvider();
const CHAT = "/openai/v1/chat/completions";

describe("an unknown caller gets nothing", () => {
  it("no key, a wrong one, one of a provider, and one that is nearly right get nothing", async () => {
    const { ask, keyFor } = await startTestGateway(provider);
    const key = await keyFor("users/ada");
    const wrong = [
      undefined,
      newKeyText(),
      "sk-provider-openai",
      key.toUpperCase(),

      `${key}a`,
      key.slice(0, -1),
    ];
    for (const each of wrong) expect((await ask(CHAT, each, chat())).status).toBe(401);
    for (const path of ["/budget", "/mcp", "/metrics", "/api/v1/me", "/api/v1/keys"])
      expect((await ask(path)).status).toBe(401);
    expect(provider.requests).toHaveLength(0);
  });

  it("an address that guesses keys is slowed down, but valid keys from it are not", async () => {
    const { ask, keyFor } = await startTestGateway(provider);
    const key = await keyFor("users/ada");
    expect((await ask("/budget", key)).status).toBe(200);
    const statuses = [];
    for (let time = 0; time < 30; time++)
      statuses.push((await ask("/budget", newKeyText())).status);
    expect(statuses.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 401));
    expect(statuses.at(-1)).toBe(429);
    const waiting = await ask("/budget", newKeyText());
    expect(Number(waiting.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await ask("/budget", key)).status).toBe(200);
    const signIn = {
      method: "POST",
      body: JSON.stringify({ key: newKeyText() }),
      headers: { "content-type": "application/json" },
    };
    expect((await ask("/api/v1/session", undefined, signIn)).status).toBe(429);
  });

  it("addresses of one IPv6 network are slowed down together, and guessing takes a bounded memory", () => {
    const failed = new FailedKeys();
    for (let time = 0; time < 20; time++) failed.failed(`2001:db8:1:2::${time.toString(16)}`, 0);
    expect(failed.waitFor("2001:db8:1:2:ffff::1", 0)).toBe(3);
    expect(failed.waitFor("2001:db8:1:2:ffff::1", 3000)).toBe(0);
    expect(failed.waitFor("2001:db8:1:3::1", 0)).toBe(0);
    expect(failed.waitFor("::1", 0)).toBe(0);
    for (let time = 0; time < 20_000; time++) failed.failed(`10.0.${time >> 8}.${time & 255}`, 0);
    expect(failed.waitFor("2001:db8:1:2:ffff::1", 0)).toBe(0);
  });
});

describe("one caller cannot reach the data of another, or send its key to the provider", () => {
  it("a caller's key never goes upstream, in whatever header or parameter it arrives", async () => {
    const { ask, keyFor } = await startTestGateway(provider);
    const key = await keyFor("users/ada");
    const headers = {
      "x-api-key": key,
      "x-goog-api-key": key,
      "api-key": key,
      "x-token-budget-key": key,
      cookie: `token=${key}`,
      "openai-organization": "org-of-someone-else",
      "openai-project": "project-of-someone-else",
      "x-goog-user-project": "other",
      "x-forwarded-for": "10.0.0.1",
      baggage: `token_budget.key=${key}`,
    };
    const paths = [
      CHAT,
      `${CHAT}?key=${key}&api-version=1`,
      `${CHAT}?%6Bey=${key}`,
      `${CHAT}?a=b&access_token=${key}`,
    ];
    for (const path of paths)
      expect(
        (
          await ask(path, key, {
            ...chat(),
            headers: { ...headers, "content-type": "application/json" },
          })
        ).status,
      ).toBe(200);
    expect(provider.requests).toHaveLength(paths.length);
    for (const request of provider.requests) {
      const seen = JSON.stringify({ ...request.headers, path: request.path });
      expect(seen).not.toContain(key);
      expect(seen).not.toContain("someone-else");
      expect(request.headers).not.toHaveProperty("x-goog-user-project");
      expect(request.headers).not.toHaveProperty("x-forwarded-for");
    }
  });

  it("two keys that differ are refused, in whatever headers", async () => {
    const { gateway, ask, keyFor } = await startTestGateway(provider);
    const [ada, bob] = [await keyFor("users/ada"), await keyFor("users/bob")];
    const json = { "content-type": "application/json" };
    for (const name of ["x-api-key", "x-goog-api-key", "api-key", "x-token-budget-key"]) {
      const answer = await ask(CHAT, ada, { ...chat(), headers: { ...json, [name]: bob } });
      expect(answer.status).toBe(400);
    }
    const twice = `GET /budget HTTP/1.1\nhost: gateway\nx-api-key: ${ada}\nx-api-key: ${bob}\nconnection: close\n\n`;
    expect(await raw(gateway.url, twice)).toMatch(/^HTTP\/1.1 401/);
    expect(provider.requests).toHaveLength(0);
  });

  it("ambiguous requests, which two servers could read differently, are refused", async () => {
    const { gateway, keyFor } = await startTestGateway(provider);
    const key = await keyFor("users/ada");
    const bearer = `authorization: Bearer ${key}`;
    for (const headers of [
      "content-length: 5\ntransfer-encoding: chunked",
      "content-length: 5\ncontent-length: 6",
      "transfer-encoding: chunked, identity",
      "content-length : 5",
    ]) {
      const text = `POST ${CHAT} HTTP/1.1\nhost: gateway\n${bearer}\n${headers}\n\n0\n\nGET /budget HTTP/1.1\n\n`;
      expect(await raw(gateway.url, text)).toMatch(/^HTTP\/1.1 400/);
    }
    expect(provider.requests).toHaveLength(0);
  });

  it("a header of the caller cannot choose another pool, label or upstream", async () => {
    const { store, ask, keyFor } = await startTestGateway(provider);
    const key = await keyFor("users/ada");
    const headers = {
      "x-token-budget-pool": "users/bob",
      "x-pool": "users/bob",
      "content-type": "application/json",
    };
    expect((await ask(CHAT, key, { ...chat(), headers })).status).toBe(200);
    expect(await store.find("users/bob")).toBeUndefined();
    for (const path of [
      "/openai/../anthropic/v1/x",
      "//evil.example/v1/chat/completions",
      "/openai//evil.example/",
      "/openai/v1\\..\\x",
      "/b/key/openai/v1/models",
    ]) {
      const answer = await ask(path, key, chat());
      expect(answer.status).toBeGreaterThanOrEqual(400);
    }
    expect(provider.requests).toHaveLength(1);
  });

  it("a shared provider account lists no objects of other callers", async () => {
    const { ask, keyFor } = await startTestGateway(provider);
    const key = await keyFor("users/ada");
    for (const path of [
      "/openai/v1/files",
      "/openai/v1/files?limit=100",
      "/openai/v1/batches",
      "/openai/v1/responses",
      "/openai/v1/vector_stores/",
      "/openai/v1/organization/admin_api_keys/key_1234567890abcdef12",
      "/openai/v1/fine_tuning/jobs/ftjob-1234567890abcdef12",
      "/anthropic/v1/messages/batches",
      "/anthropic/v1/organizations/me",
      "/google/v1beta/cachedContents",
      "/google/v1beta/files",
    ])
      expect([path, (await ask(path, key)).status]).toEqual([path, 403]);
    expect(provider.requests).toHaveLength(0);
    expect((await ask("/openai/v1/models", key)).status).toBe(200);
    const shared = await startTestGateway(provider, { sharesProviderState: true }, undefined);
    const other = await shared.keyFor("users/ada");
    expect((await shared.ask("/openai/v1/files", other)).status).not.toBe(403);
  });

  it("web pages may not spend from a gateway", async () => {
    const { ask, keyFor } = await startTestGateway(provider);
    const key = await keyFor("users/ada");
    const headers = { origin: "https://evil.example", "content-type": "application/json" };
    expect((await ask(CHAT, key, { ...chat(), headers })).status).toBe(403);
    expect((await ask("/mcp", key, { method: "POST", body: "{}", headers })).status).toBe(403);
    expect(provider.requests).toHaveLength(0);
  });
});

describe("pools of others", () => {
  it("a member sees only its pool, a lead those of the team, and neither can create a key with more rights", async () => {
    const { store, keys, ask, keyFor } = await startTestGateway(provider);
    await store.pool("acme", { caps: { usd: 10 } });
    const ada = await keyFor("acme/search/ada", { name: "ada" });
    const bob = await keyFor("acme/ads/bob", { name: "bob" });
    const lead = await keyFor("acme/search", { role: "lead", name: "lead" });
    const post = (key: string, path: string, body: object) =>
      ask(`/api/v1${path}`, key, {
        method: "POST",
        body: JSON.stringify(body),
        headers: { "content-type": "application/json" },
      });
    expect(await (await ask("/api/v1/me", ada)).json()).toEqual({
      actor: "ada",
      role: "self",
      subtree: "acme/search/ada",
    });
    expect((await ask("/api/v1/keys", ada)).status).toBe(403);
    const listed = await jsonOf<{ keys: KeyRecord[] }>(await ask("/api/v1/keys", lead));
    expect(listed.keys.map(({ name }) => name).toSorted()).toEqual(["ada", "lead"]);
    expect((await post(lead, "/keys", { pool: "acme/ads/eve" })).status).toBe(403);
    expect((await post(lead, "/keys", { pool: "acme/search/eve", role: "admin" })).status).toBe(
      403,
    );
    expect(
      (await post(lead, "/keys", { pool: "acme/search/eve", role: "lead", subtree: "acme" }))
        .status,
    ).toBe(403);
    expect(
      (await post(lead, "/keys", { pool: "acme/search/eve", role: "lead", subtree: "" })).status,
    ).toBe(403);
    expect((await post(lead, "/keys", { pool: "acme/searching" })).status).toBe(403);
    const made = await post(lead, "/keys", { pool: "acme/search/eve" });
    expect(made.status).toBe(201);
    const [other] = (await keys.list("acme/ads")).map(({ id }) => id);
    expect((await ask(`/api/v1/keys/${other}`, lead, { method: "DELETE" })).status).toBe(404);
    expect((await ask("/budget", bob)).status).toBe(200);
    // Requests for more: asked for one's own pool, decided by who is above it.
    expect(
      (await post(ada, "/requests", { pool: "acme/ads/bob", usd: 1, reason: "x" })).status,
    ).toBe(404);
    const asked = await jsonOf<{ id: string }>(
      await post(ada, "/requests", { usd: 1, reason: "the release" }),
    );
    const own = await jsonOf<{ id: string }>(
      await post(lead, "/requests", { usd: 1, reason: "for us" }),
    );
    expect((await post(bob, `/requests/${asked.id}/grant`, {})).status).toBe(403);
    expect((await post(lead, `/requests/${own.id}/grant`, {})).status).toBe(404);
    await (await store.pool("acme/search/ada")).configure({ caps: { usd: 1 } });
    expect((await post(lead, `/requests/${asked.id}/grant`, { usd: 2 })).status).toBe(200);
    expect((await (await store.pool("acme/search/ada")).snapshot()).caps.usd).toBe(3);
    expect((await post(lead, `/requests/${asked.id}/grant`, {})).status).toBe(200);
    expect((await (await store.pool("acme/search/ada")).snapshot()).caps.usd).toBe(3);
    expect((await post(lead, `/requests/${asked.id}/refuse`, {})).status).toBe(409);
  });
});

describe("browsers", () => {
  it("a session in a browser ends after eight hours", async () => {
    const { gateway, ask, keyFor } = await startTestGateway(provider);
    const key = await keyFor("admin", { role: "admin", name: "root" });
    vi.useFakeTimers({ toFake: ["Date"] });
    onTestFinished(() => void vi.useRealTimers());
    const signedIn = await ask("/api/v1/session", undefined, {
      method: "POST",
      body: JSON.stringify({ key }),
      headers: { "content-type": "application/json", origin: new URL(gateway.url).origin },
    });
    const cookie = (signedIn.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
    const status = async () => (await ask("/api/v1/me", undefined, { headers: { cookie } })).status;
    vi.setSystemTime(Date.now() + 8 * 3_600_000 - 1000);
    expect(await status()).toBe(200);
    vi.setSystemTime(Date.now() + 1000);
    expect(await status()).toBe(401);
  });

  it("a session in a browser is a cookie that no script reads, for pages of this gateway under its own name", async () => {
    const { gateway, ask, keys, keyFor } = await startTestGateway(provider);
    const key = await keyFor("admin", { role: "admin", name: "root" });
    const json = { "content-type": "application/json" };
    const { origin } = new URL(gateway.url);
    const signedIn = await ask("/api/v1/session", undefined, {
      method: "POST",
      body: JSON.stringify({ key }),
      headers: { ...json, origin },
    });
    expect(signedIn.status).toBe(200);
    const cookie = signedIn.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(
      /^token_budget_session=[\w-]{27}; Path=\/; Max-Age=28800; HttpOnly; SameSite=Strict$/,
    );
    expect(cookie).not.toContain(key);
    const sent = { cookie: cookie.split(";")[0] ?? "" };
    expect((await ask("/api/v1/me", undefined, { headers: sent })).status).toBe(200);
    const change = (headers: Record<string, string>) =>
      ask("/api/v1/keys", undefined, {
        method: "POST",
        body: JSON.stringify({ pool: "users/eve" }),
        headers: { ...json, ...headers },
      });
    // CSRF.
    expect((await change({ ...sent, origin: "https://evil.example" })).status).toBe(403);
    expect((await change({ ...sent, origin: "null" })).status).toBe(403);
    expect((await change(sent)).status).toBe(403);
    expect((await change({ ...sent, origin, "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await change({ ...sent, origin, "sec-fetch-site": "same-site" })).status).toBe(403);
    expect(await keys.list("users")).toHaveLength(0);
    expect((await change({ ...sent, origin, "sec-fetch-site": "same-origin" })).status).toBe(201);
    // A form of another page signs nobody in.
    const form = {
      method: "POST",
      body: JSON.stringify({ key }),
      headers: { "content-type": "text/plain" },
    };
    expect((await ask("/api/v1/session", undefined, form)).status).toBe(415);
    // DNS rebinding: the name is not ours.
    for (const host of ["evil.example", "evil.example:80", "localhost.evil.example"]) {
      const text = `GET /api/v1/me HTTP/1.1\nhost: ${host}\ncookie: ${sent.cookie}\nconnection: close\n\n`;
      expect(await raw(gateway.url, text)).toMatch(/^HTTP\/1.1 421/);
    }
    // It ends with the key, and when it is ended.
    const again = await ask("/api/v1/session", undefined, {
      method: "POST",
      body: JSON.stringify({ key }),
      headers: json,
    });
    const other = { cookie: (again.headers.get("set-cookie") ?? "").split(";")[0] ?? "" };
    expect(
      (await ask("/api/v1/session", undefined, { method: "DELETE", headers: { ...other, origin } }))
        .status,
    ).toBe(200);
    expect((await ask("/api/v1/me", undefined, { headers: other })).status).toBe(401);
    expect((await ask("/api/v1/me", undefined, { headers: sent })).status).toBe(200);
    await keys.revoke((await keys.list("admin"))[0]?.id ?? "", "ops");
    expect((await ask("/api/v1/me", undefined, { headers: sent })).status).toBe(401);
    // A cookie spends nothing.
    expect((await ask(CHAT, undefined, { ...chat(), headers: { ...json, ...sent } })).status).toBe(
      401,
    );
  });
});
