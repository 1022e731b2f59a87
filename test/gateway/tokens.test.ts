import * as jose from "jose";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { describe, expect, it } from "vitest";

import { startProvider } from "../meter/provider.ts";
import { chat, startTestGateway } from "./gateways.ts";

const provider = await startProvider();
const CHAT = "/openai/v1/chat/completions";

describe("tokens", () => {
  it("a valid token leads to the pool of its claims, and every other is refused", async () => {
    const { privateKey, publicKey } = await generateKeyPair("ES256");
    const stranger = await generateKeyPair("ES256");
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), alg: "ES256", kid: "one" }] };
    const tokens = {
      jose,
      issuer: "https://id.example",
      audience: "budgets",
      jwks,
      path: "acme/{team}/{sub}",
      roleClaim: "role",
    };
    const { store, ask } = await startTestGateway(provider, { tokens });
    await store.pool("acme", { caps: { usd: 10 } });
    const now = Math.floor(Date.now() / 1000);
    const good = {
      team: "search",
      sub: "ada",
      iss: "https://id.example",
      aud: "budgets",
      exp: now + 600,
    };
    const signed = (claims: object, key: typeof privateKey = privateKey) =>
      new SignJWT({ ...claims }).setProtectedHeader({ alg: "ES256", kid: "one" }).sign(key);
    expect((await ask(CHAT, await signed(good), chat())).status).toBe(200);
    expect((await (await store.pool("acme/search/ada")).snapshot()).used.calls).toBe(1);
    expect(await (await ask("/api/v1/me", await signed({ ...good, role: "lead" }))).json()).toEqual(
      { actor: "ada", role: "lead", subtree: "acme/search" },
    );
    const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const secret = new TextEncoder().encode(JSON.stringify(jwks.keys[0]));
    const bad = [
      `${encoded({ alg: "none" })}.${encoded(good)}.`,
      `${encoded({ alg: "None", kid: "one" })}.${encoded(good)}.AAAA`,
      await new SignJWT(good).setProtectedHeader({ alg: "HS256", kid: "one" }).sign(secret),
      await signed(good, stranger.privateKey),
      await signed({ ...good, exp: now - 60 }),
      await signed({ ...good, exp: undefined }),
      await signed({ ...good, nbf: now + 600 }),
      await signed({ ...good, iss: "https://evil.example" }),
      await signed({ ...good, aud: "other" }),
      await signed({ ...good, team: undefined }),
      await signed({ ...good, team: "../other" }),
      await signed({ ...good, sub: "a/b" }),
      await signed({ ...good, sub: "*" }),
      await signed({ ...good, sub: "model:gpt-4o" }),
      await signed({ ...good, sub: "a\nb" }),
      await signed({ ...good, sub: { toString: "ada" } }),
      await signed({ ...good, sub: "" }),
    ];
    const paths = await store.pools();
    for (const [at, token] of bad.slice(0, 19).entries())
      expect([at, (await ask(CHAT, token, chat())).status]).toEqual([at, 401]);
    expect((await store.pools()).map(({ path }) => path)).toEqual(paths.map(({ path }) => path));
    expect(provider.requests).toHaveLength(1);
  });

  it("tokens are refused by a gateway that is set up without them", async () => {
    const { ask } = await startTestGateway(provider);
    expect((await ask(CHAT, "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.", chat())).status).toBe(401);
  });
});
