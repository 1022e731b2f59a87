// Caps for the calls of one model or provider, below the pool of a caller.

import OpenAI from "openai";
import { describe, expect, it } from "vitest";

import { toNanoUsd } from "../../src/core/nano-usd.ts";
import { CappedCalls } from "../../src/gateway/capped-calls.ts";
import type { MeteredCall } from "../../src/meter/metered-pool.ts";
import { BudgetStore, MemoryStore } from "../../src/stores/index.ts";
import { startProvider } from "../meter/provider.ts";
import { chat, jsonOf, startTestGateway } from "./gateways.ts";

const provider = await startProvider();
const CHAT = "/openai/v1/chat/completions";

async function messageOf(answer: Response): Promise<string> {
  return (await jsonOf<{ error: { message: string } }>(answer)).error.message;
}

describe("a cap for a model below the pool of a caller", () => {
  it("a cap for a model applies to that model only, comes from a template, and is named in the refusal", async () => {
    const { store, ask, keyFor } = await startTestGateway(provider);
    await store.template("users/*/model:gpt-4o*", { caps: { usd: 0.001 }, window: "day" });
    const ada = await keyFor("users/ada");
    provider.behave(() => ({ outputTokens: 60 }));
    const dear = chat("Hello", { model: "gpt-4o", max_tokens: 60 });
    const first = await ask(CHAT, ada, dear);
    expect(first.status).toBe(200);
    const second = await ask(CHAT, ada, dear);
    expect(second.status).toBe(402);
    expect(await messageOf(second)).toContain('"users/ada/model:gpt-4o*"');
    // Another model has the room of the pool itself.
    const other = await ask(
      CHAT,
      ada,
      chat("Hello", { model: "gpt-5.5", max_completion_tokens: 9 }),
    );
    expect(other.status).toBe(200);
    await provider.idle();
    const [own, ofModel] = await Promise.all(
      ["users/ada", "users/ada/model:gpt-4o*"].map(async (path) =>
        (await store.find(path))?.snapshot(),
      ),
    );
    expect(BigInt(toNanoUsd(own?.used.usd ?? 0))).toBe(provider.total.nanoUsd);
    expect([own?.used.calls, ofModel?.used.calls]).toEqual([2, 1]);
    const budget = await jsonOf<{ calls: { pool: string; limits: object }[] }>(
      await ask("/budget", ada),
    );
    expect(budget.calls).toMatchObject([
      { pool: "model:gpt-4o*", limits: { usd: { cap: 0.001 } }, frozen: false },
    ]);
    const { last } = await store.refusals("users/ada");
    expect(last[0]).toMatchObject({ pool: "users/ada/model:gpt-4o*", reason: "spent" });
  });

  it("a cap for a model below one for its provider: both apply", async () => {
    const { store, ask, keyFor } = await startTestGateway(provider);
    await store.pool("users/ada/provider:openai", { caps: { calls: 3 } });
    await store.pool("users/ada/provider:openai/model:gpt-4o*", { caps: { calls: 1 } });
    const ada = await keyFor("users/ada");
    const statuses: number[] = [];
    for (const model of ["gpt-4o", "gpt-4o-mini", "gpt-5.5", "gpt-5.5", "gpt-5.5"])
      // oxlint-disable-next-line no-await-in-loop -- in their order
      statuses.push(
        (await ask(CHAT, ada, chat("Hello", { model, max_completion_tokens: 99 }))).status,
      );
    expect(statuses).toEqual([200, 402, 200, 200, 402]);
    const message = { model: "claude-haiku-4-5", max_tokens: 9, messages: chatMessages() };
    const body = JSON.stringify(message);
    const headers = { "content-type": "application/json" };
    const elsewhere = await ask("/anthropic/v1/messages", ada, { method: "POST", body, headers });
    expect(elsewhere.status).toBe(200);
    const { used } = await (await store.pool("users/ada")).snapshot();
    expect(used.calls).toBe(4);
  });

  it("a call that matches two sibling caps is refused, and the refusal says what to do", async () => {
    const { store, ask, keyFor } = await startTestGateway(provider);
    await store.pool("users/ada/provider:openai", { caps: { usd: 1 } });
    await store.pool("users/ada/model:gpt-4o-mini", { caps: { usd: 1 } });
    const refused = await ask(CHAT, await keyFor("users/ada"), chat());
    expect(refused.status).toBe(402);
    expect(await messageOf(refused)).toContain("put one below the other");
    expect(provider.requests).toHaveLength(0);
  });

  it("an unknown model, or a list of models, cannot bypass the cap for a model", async () => {
    const { store, ask, keyFor } = await startTestGateway(provider, {
      upstreams: { openrouter: provider.url, openai: provider.url },
      providerKeys: { openrouter: ["sk-or"], openai: ["sk"] },
      unbounded: "context window",
    });
    await store.pool("users/ada/model:gpt-4o*", { caps: { usd: 0 } });
    const ada = await keyFor("users/ada");
    const unknown = await ask(CHAT, ada, chat("Hello", { model: "gpt-4o-secret" }));
    expect([unknown.status, (await messageOf(unknown)).slice(0, 40)]).toEqual([
      unknown.status,
      "token-budget: No price is known for the ".slice(0, 40),
    ]);
    const among = chat("Hello", { model: "openai/gpt-4.1-nano", models: ["openai/gpt-4o"] });
    const routed = await ask("/openrouter/api/v1/chat/completions", ada, among);
    expect([routed.status, await messageOf(routed)]).toEqual([
      402,
      expect.stringContaining('"users/ada/model:gpt-4o*"'),
    ]);
    expect(provider.requests).toHaveLength(0);
  });

  it("background work amends its cost in the model cap where it was booked", async () => {
    const { store, gateway, keyFor } = await startTestGateway(provider);
    const second = await startTestGateway(provider, {}, store);
    await store.pool("users/ada/model:gpt-4o*", { caps: { usd: 0.5 } });
    const apiKey = await keyFor("users/ada");
    const client = (url: string): OpenAI => new OpenAI({ apiKey, baseURL: `${url}/openai/v1` });
    provider.behave(() => ({ polls: 1, outputTokens: 30 }));
    const started = await client(gateway.url).responses.create({
      model: "gpt-4o-mini",
      input: "Hello",
      background: true,
    });
    // Another process hears what it has cost.
    const done = async (): Promise<string | undefined> =>
      (await client(second.gateway.url).responses.retrieve(started.id)).status ?? undefined;
    await expect.poll(done, { timeout: 20_000 }).toBe("completed");
    await provider.idle();
    const leaf = await store.pool("users/ada/model:gpt-4o*");
    const used = async (): Promise<bigint> => BigInt(toNanoUsd((await leaf.snapshot()).used.usd));
    await expect.poll(used, { timeout: 20_000 }).toBe(provider.total.nanoUsd);
  });
});

function chatMessages(): readonly object[] {
  return [{ role: "user", content: "Hello" }];
}

describe("the list of caps of a pool", () => {
  const call: MeteredCall = {
    provider: { id: "openai" },
    asked: { model: "gpt-5", otherModels: [] },
    prices: [{ model: "gpt-5" }],
  };

  async function capped(store = new BudgetStore(new MemoryStore())) {
    let now = 0;
    const pool = await store.pool("users/ada", { caps: { usd: 1 } });
    const calls = new CappedCalls({ store, open: (path) => store.pool(path), now: () => now });
    const source = calls.sourceOf(pool);
    return {
      store,
      calls,
      after: async (ms: number): Promise<string> => {
        now += ms;
        return (await source(call)).path;
      },
    };
  }

  it("the caps of a pool are refreshed after a second in the background, and after five before a call", async () => {
    const { store, after } = await capped();
    expect(await after(0)).toBe("users/ada");
    await store.pool("users/ada/model:gpt-5", { caps: { usd: 1 } });
    expect(await after(900)).toBe("users/ada");
    expect(await after(200)).toBe("users/ada");
    await expect.poll(() => after(0)).toBe("users/ada/model:gpt-5");
    await store.template("users/*/model:gpt-5/provider:openai", { caps: { usd: 1 } });
    expect(await after(5001)).toBe("users/ada/model:gpt-5/provider:openai");
  });

  it("a deleted cap is no longer applied, and not created again", async () => {
    const { store, calls, after } = await capped();
    await store.pool("users/ada/model:gpt-5", { caps: { usd: 1 } });
    expect(await after(0)).toBe("users/ada/model:gpt-5");
    await store.delete("users/ada/model:gpt-5");
    calls.forget("users/ada/model:gpt-5");
    expect(await after(0)).toBe("users/ada");
    expect(await store.find("users/ada/model:gpt-5")).toBeUndefined();
    expect(await calls.pathsBelow("users/ada")).toEqual([]);
  });
});
