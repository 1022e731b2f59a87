import { describe, expect, it } from "vitest";

import { startProvider } from "../meter/provider.ts";
import { raw, startTestGateway } from "./gateways.ts";

const provider = await startProvider();

describe("the console of a gateway", () => {
  it("the console of a gateway is signed in to with a key, at every gateway of the store", async () => {
    const one = await startTestGateway(provider);
    const other = await startTestGateway(provider, {}, one.store);
    const key = await one.keyFor("admin", { role: "admin", name: "root" });
    const form = await one.ask("/console/");
    expect(form.status).toBe(401);
    expect(form.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(await form.text()).toContain("<form");
    const { origin } = new URL(one.gateway.url);
    const signIn = (text: string, from = origin) =>
      one.ask("/console/session", undefined, {
        method: "POST",
        body: new URLSearchParams({ key: text }),
        headers: { origin: from },
        redirect: "manual",
      });
    expect((await signIn("tb_wrong")).status).toBe(401);
    expect((await signIn(key, "https://evil.example")).status).toBe(403);
    const signedIn = await signIn(key);
    expect([signedIn.status, signedIn.headers.get("location")]).toEqual([303, "/console/"]);
    const cookie = (signedIn.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
    for (const { ask } of [one, other]) {
      const pools = await ask("/console/api/v1/pools", undefined, { headers: { cookie } });
      expect(pools.status).toBe(200);
    }
    // From a link elsewhere it may be opened, and its API may not be asked.
    const { host } = new URL(one.gateway.url);
    const followed = (path: string) =>
      raw(
        one.gateway.url,
        `GET ${path} HTTP/1.1\nhost: ${host}\nsec-fetch-site: cross-site\nsec-fetch-mode: navigate\nconnection: close\n\n`,
      );
    expect(await followed("/console/")).toMatch(/^HTTP\/1.1 401 [^]*<form/);
    const asking = { cookie, "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors" };
    expect((await one.ask("/console/api/v1/pools", undefined, { headers: asking })).status).toBe(
      403,
    );
    const ended = await one.ask("/console/session/end", undefined, {
      method: "POST",
      headers: { cookie, origin },
      redirect: "manual",
    });
    expect(ended.status).toBe(303);
    for (const { ask } of [one, other])
      expect((await ask("/console/api/v1/pools", undefined, { headers: { cookie } })).status).toBe(
        401,
      );
  });
});
