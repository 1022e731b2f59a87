import { setTimeout } from "node:timers/promises";
import { expect, it } from "vitest";

import { BudgetPool } from "../../src/index.ts";
import { meteredFetch } from "../../src/meter/index.ts";
import { currentBudget, withBudget } from "../../src/scope/index.ts";
import { ANTHROPIC_URL, CHAT_URL } from "./metered.ts";
import { startProvider } from "./provider.ts";

const provider = await startProvider();

const metered = meteredFetch(currentBudget, { fetch: provider.fetch });
async function ask(): Promise<number> {
  await setTimeout(1);
  const answer = await metered(CHAT_URL, {
    method: "POST",
    body: JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Hi" }] }),
  });
  await answer.text();
  return answer.status;
}

it("everything below a scope draws from its pool, at once and later, side by side", async () => {
  const [one, other] = [new BudgetPool({ name: "one" }), new BudgetPool({ name: "other" })];
  await Promise.all([
    withBudget(one, () => Promise.all([ask(), ask(), ask()])),
    withBudget(other, async () => {
      await ask();
      await ask();
    }),
  ]);
  expect([one.snapshot().used.calls, other.snapshot().used.calls]).toEqual([3, 2]);
  expect(currentBudget()).toBeUndefined();
});

it("a child within a scope is bound by both", async () => {
  const parent = new BudgetPool({ caps: { calls: 3 } });
  const statuses = await withBudget(parent, async () => {
    const first = await ask();
    const inner = await withBudget(parent.child("inner", { caps: { calls: 1 } }), async () => [
      await ask(),
      await ask(),
    ]);
    return [first, ...inner, await ask(), await ask()];
  });
  expect(statuses).toEqual([200, 200, 402, 200, 402]);
});

it("without a scope, a call is refused and says what to do", async () => {
  const answer = await metered(`${ANTHROPIC_URL}/v1/messages`, { method: "POST", body: "{}" });
  expect(answer.status).toBe(402);
  expect(await answer.text()).toContain("withBudget()");
});

it("withBudget returns and throws what its task does, and takes pools only", () => {
  const pool = new BudgetPool();
  expect(withBudget(pool, () => 7)).toBe(7);
  expect(withBudget(pool, currentBudget)).toBe(pool);
  expect(() =>
    withBudget(pool, () => {
      throw new Error("mine");
    }),
  ).toThrow("mine");
  // @ts-expect-error -- no pool
  expect(() => withBudget({}, () => 1)).toThrow(TypeError);
});
