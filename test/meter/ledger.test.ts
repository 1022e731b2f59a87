import { describe, expect, it } from "vitest";

import { meteredFetch } from "../../src/meter/index.ts";
import { BudgetPool } from "../../src/index.ts";
import { BudgetStore, MemoryStore } from "../../src/stores/index.ts";
import { ANTHROPIC_URL, CHAT_URL, OPENAI_URL } from "./metered.ts";
import { startProvider } from "./provider.ts";

const provider = await startProvider();

async function ask(fetch: typeof globalThis.fetch, model: string): Promise<number> {
  const messages = [{ role: "user", content: "Hi" }];
  const body = JSON.stringify({ model, max_tokens: 10, messages });
  const answer = await fetch(CHAT_URL, { method: "POST", body });
  await answer.text();
  return answer.status;
}

describe("the ledger entry of an exchange", () => {
  it("the ledger of a stored pool shows the model and the label of an exchange", async () => {
    const pool = await new BudgetStore(new MemoryStore()).pool("acme");
    const fetch = meteredFetch(pool, { label: "team a", fetch: provider.fetch });
    expect(await ask(fetch, "gpt-4o-mini")).toBe(200);
    const lines = (await pool.ledger()).map(({ kind, model, label }) => [kind, model, label]);
    expect(lines).toEqual([["commit", "gpt-4o-mini", "team a"]]);
  });

  it("the ledger of a stored pool shows the provider, the usage by class, and the held amount", async () => {
    const pool = await new BudgetStore(new MemoryStore()).pool("acme");
    await ask(meteredFetch(pool, { fetch: provider.fetch }), "gpt-4o-mini");
    const [line] = await pool.ledger();
    const { inputTokens = 0, outputTokens = 0 } = line?.usage ?? {};
    expect(line?.provider).toBe("openai");
    expect(inputTokens + outputTokens).toBe(line?.amount.tokens);
    expect(line?.held?.usd).toBeGreaterThanOrEqual(line?.amount.usd ?? Infinity);
  });

  it("a model by any name, however long, has its spending booked in the ledger", async () => {
    const pool = await new BudgetStore(new MemoryStore()).pool("acme");
    // Nobody knows whether it was billed: what was held is booked.
    const lost = (): Promise<Response> => Promise.reject(new TypeError("fetch failed"));
    const fetch = meteredFetch(pool, { unknownModel: "tokens only", fetch: lost });
    const names = [`a\nb\u0000${"x".repeat(150)}`, `${"x".repeat(127)}😀`, "\uD800"];
    for (const name of names) await ask(fetch, name).catch(() => undefined);
    const models = (await pool.ledger()).map(({ model }) => model);
    expect(models).toEqual([`a?b?${"x".repeat(124)}`, `${"x".repeat(127)}?`, "?"]);
    expect((await pool.snapshot()).used.calls).toBe(3);
  });

  it.each([
    ["itself", "acme/team/ada"],
    ["above it", "acme/team"],
    ["at the top", "acme"],
  ])(
    "R17 a pool with a frozen pool %s refuses a call once, and no provider is asked for its count",
    async (_where, frozen) => {
      const store = new BudgetStore(new MemoryStore());
      await store.pool("acme", { caps: { usd: 1 } });
      await store.pool("acme/team");
      const pool = await store.pool("acme/team/ada", { caps: { usd: 0.025 } });
      const fetch = meteredFetch(pool, { fetch: provider.fetch });
      expect(await ask(fetch, "gpt-4o-mini")).toBe(200);
      await (await store.pool(frozen)).freeze();
      provider.clear();
      const content = "lorem ipsum ".repeat(3333);
      const messages = [{ role: "user", content }];
      const headers = { authorization: "Bearer k", "x-api-key": "k" };
      const asked: readonly (readonly [url: string, body: object])[] = [
        [`${ANTHROPIC_URL}/v1/messages`, { model: "claude-haiku-4-5", max_tokens: 500, messages }],
        // Without a limit of its own, the room decides how long the answer may be.
        [`${OPENAI_URL}/v1/responses`, { model: "gpt-4o", input: content }],
      ];
      for (const [url, body] of asked) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
        expect(answer.status).toBe(402);
      }
      expect(provider.requests.map(({ route }) => route)).toEqual([]);
      const { last } = await store.refusals("acme");
      const refused = last.map(({ reason, pool: path }) => `${path} ${reason}`);
      expect(refused).toEqual([`${frozen} frozen`, `${frozen} frozen`]);
    },
  );

  it("R18 a call leaves one refusal however often it is tried, and none once it is held", async () => {
    const store = new BudgetStore(new MemoryStore());
    const pool = await store.pool("acme", { caps: { usd: 0.005 } });
    const fetch = meteredFetch(pool, { fetch: provider.fetch, outputTokensMin: 1 });
    const send = async (times: number): Promise<number> => {
      const messages = [{ role: "user", content: "hello ".repeat(times) }];
      const body = JSON.stringify({ model: "gpt-4o", max_tokens: 200, messages });
      const headers = { authorization: "Bearer k" };
      const answer = await fetch(`${OPENAI_URL}/v1/chat/completions`, {
        method: "POST",
        headers,
        body,
      });
      await answer.text();
      return answer.status;
    };
    // The whole answer does not fit, a shorter one does.
    expect(await send(300)).toBe(200);
    expect((await store.refusals("acme")).last).toEqual([]);
    expect(await send(1000)).toBe(402);
    expect(await send(1000)).toBe(402);
    const { last, counts } = await store.refusals("acme");
    expect(last.map(({ reason }) => reason)).toEqual(["never", "never"]);
    expect(counts.map(({ count }) => count)).toEqual([2]);
  });

  it("a label that a ledger cannot take is an error at once", () => {
    for (const label of ["", "a\nb", "x".repeat(129), 5])
      // @ts-expect-error -- what is not typed
      expect(() => meteredFetch(new BudgetPool(), { label })).toThrow(/`label`/);
  });
});
