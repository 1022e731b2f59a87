import { describe, expect, it } from "vitest";

import { meteredFetch } from "../../src/meter/index.ts";
import { BudgetPool } from "../../src/index.ts";
import { BudgetStore, MemoryStore } from "../../src/stores/index.ts";
import { CHAT_URL } from "./metered.ts";
import { startProvider } from "./provider.ts";

const provider = await startProvider();

async function ask(fetch: typeof globalThis.fetch, model: string): Promise<number> {
  const messages = [{ role: "user", content: "Hi" }];
  const body = JSON.stringify({ model, max_tokens: 10, messages });
  const answer = await fetch(CHAT_URL, { method: "POST", body });
  await answer.text();
  return answer.status;
}

describe("what the ledger of a stored pool tells of an exchange", () => {
  it("the ledger of a stored pool shows the model and the label of an exchange", async () => {
    const pool = await new BudgetStore(new MemoryStore()).pool("acme");
    const fetch = meteredFetch(pool, { label: "team a", fetch: provider.fetch });
    expect(await ask(fetch, "gpt-4o-mini")).toBe(200);
    const lines = (await pool.ledger()).map(({ kind, model, label }) => [kind, model, label]);
    expect(lines).toEqual([["commit", "gpt-4o-mini", "team a"]]);
  });

  it("the ledger of a stored pool shows who was paid, what was used by class, and what was held", async () => {
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

  it("a label that a ledger cannot take is an error at once", () => {
    for (const label of ["", "a\nb", "x".repeat(129), 5])
      // @ts-expect-error -- what is not typed
      expect(() => meteredFetch(new BudgetPool(), { label })).toThrow(/`label`/);
  });
});
