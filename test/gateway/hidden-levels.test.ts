// What a member may know of the pools above its own: which of them refuses, and none of their figures.

import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import { describe, expect, it } from "vitest";

import { budgetExceededFrom } from "../../src/meter/index.ts";
import { startProvider } from "../meter/provider.ts";
import { chat, jsonOf, startTestGateway } from "./gateways.ts";

const provider = await startProvider();
const CHAT = "/openai/v1/chat/completions";
/** Figures of the pool above that nothing else has. */
const CAP = 7.654321;
const USED = 7.65432;
const FIGURES = /7\.65|0\.000001\b|7654321|7654320/;

async function startTeam() {
  const started = await startTestGateway(provider, { wait: false });
  const { store, keyFor } = started;
  await (await store.pool("acme")).configure({ caps: { usd: CAP }, window: "day" });
  await (await store.pool("acme/ada")).configure({ caps: { usd: 5 } });
  return {
    ...started,
    member: await keyFor("acme/ada"),
    lead: await keyFor("acme/ada", { role: "lead", subtree: "acme" }),
    other: await keyFor("acme/bob"),
  };
}

describe("a pool above that the caller may not see", () => {
  it("a refused member reads which pool refused and why, and no figure of it; a lead reads all", async () => {
    const { store, ask, member, lead } = await startTeam();
    const acme = await store.pool("acme");
    const read = async (key: string) => await (await ask(CHAT, key, chat())).text();
    const [hold] = [await acme.reserve({ usd: USED })];
    expect(await read(member)).toContain("calls under way hold its room");
    await hold.commit();
    const spent = await ask(CHAT, member, chat());
    expect(spent.status).toBe(402);
    const text = await spent.text();
    expect(text).not.toMatch(FIGURES);
    expect([...spent.headers.values()].join(" ")).not.toMatch(FIGURES);
    const { error } = JSON.parse(text) as { error: { message: string; budget: object } };
    expect(error.message).toMatch(
      /^token-budget: Budget exceeded on usd in pool "acme", above yours: it has no room for this call: ask for more budget; resets at \d{4}-/,
    );
    expect(Object.keys(error.budget).toSorted()).toEqual(["axis", "pool", "reason", "resetsAt"]);
    expect(error.budget).toMatchObject({ pool: "acme", axis: "usd", reason: "spent" });
    expect(await read(lead)).toMatch(FIGURES);
    await acme.freeze();
    expect(await read(member)).toContain("it is frozen and refuses new calls");
    expect(await read(member)).not.toMatch(FIGURES);
    await acme.thaw();
    await acme.configure({ caps: { usd: 0.000001 } });
    expect(await read(member)).toContain("this call alone may use more than its cap");
    expect(await read(member)).not.toMatch(FIGURES);
    expect(provider.requests).toEqual([]);
  });

  it("GET /budget, agents and headers show a member its own figures, and only the name of a level above that leaves less", async () => {
    const { store, ask, member, lead, other } = await startTeam();
    await (await store.pool("acme")).record({ usd: 4 });
    const budget = async (key: string) => {
      const answer = await ask("/budget", key);
      const policy = answer.headers.get("ratelimit-policy");
      return { limits: (await jsonOf<{ limits: object }>(answer)).limits, policy };
    };
    expect(await budget(member)).toEqual({
      limits: { usd: { cap: 5, remaining: 5, limited_by: "acme" } },
      policy: '"usd";q=5000000;qu="micro-usd"',
    });
    expect((await budget(lead)).limits).toMatchObject({ usd: { cap: CAP, remaining: 3.654321 } });
    // A member without a cap of its own knows the pool that has one.
    expect(await budget(other)).toEqual({ limits: { usd: { limited_by: "acme" } }, policy: null });
    const asked = await ask("/mcp", member, {
      method: "POST",
      body: '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"budget_status"}}',
    });
    const status = await asked.text();
    expect(status).toContain('"limited_by":"acme"');
    expect(status).not.toMatch(/7\.65|3\.65/);
    await (await store.pool("acme")).record({ usd: CAP - 4 });
    const spent = await ask("/budget", member);
    // Nothing is left, whatever the member's own pool has.
    expect(spent.headers.get("ratelimit")).toBe('"usd";r=0');
  });

  it("the admin API and the spend limits show a caller no figure of a pool above", async () => {
    const { store, ask, member, keyFor } = await startTeam();
    await (await store.pool("acme")).record({ usd: 4 });
    const { pool } = await jsonOf<{ pool: { binding: object } }>(
      await ask("/api/v1/pools/acme%2Fada", member),
    );
    expect(pool.binding).toEqual({ path: null, axis: "usd", frozen: false });
    await (await store.pool("acme/ada")).configure({ window: "day" });
    const own = await keyFor("acme/ada", { role: "lead" });
    const effective = await ask("/v1/organizations/spend_limits/effective", own);
    expect(await effective.text()).toMatch(/"amount":"500"/);
  });

  it("official clients have the refusal of a level above as an error without figures", async () => {
    const { store, gateway, member } = await startTeam();
    await (await store.pool("acme")).record({ usd: CAP });
    const messages = [{ role: "user" as const, content: "Hello" }];
    const asks: Readonly<Record<string, () => Promise<unknown>>> = {
      openai: () =>
        new OpenAI({ apiKey: member, baseURL: `${gateway.url}/openai/v1` }).chat.completions.create(
          { model: "gpt-4o-mini", messages },
        ),
      anthropic: () =>
        new Anthropic({ apiKey: member, baseURL: gateway.url }).messages.create({
          model: "claude-haiku-4-5",
          max_tokens: 10,
          messages,
        }),
      google: () =>
        new GoogleGenAI({
          apiKey: member,
          httpOptions: { baseUrl: gateway.url },
        }).models.generateContent({ model: "gemini-2.5-flash", contents: "Hi" }),
    };
    for (const [name, call] of Object.entries(asks)) {
      const error = budgetExceededFrom(await call().catch((thrown: unknown) => thrown));
      expect([name, error?.pool, error?.reason, error?.cap]).toEqual([name, "acme", "spent", NaN]);
      expect(error?.message).toContain('in pool "acme", above yours');
    }
  });
});
