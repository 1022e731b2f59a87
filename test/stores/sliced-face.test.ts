// A pool with slices has the words of any pool: children, runs, grants and waits, and everything
// that meters takes it.

import { createOpenAI } from "@ai-sdk/openai";
import { generateText, wrapLanguageModel } from "ai";
import { expect, it } from "vitest";

import { budgetMiddleware } from "../../src/ai-sdk/index.ts";
import { toNanoUsd } from "../../src/core/nano-usd.ts";
import { BudgetExceeded } from "../../src/index.ts";
import { meteredFetch, meteredTool } from "../../src/meter/index.ts";
import type { ExchangeReport } from "../../src/meter/index.ts";
import { startProxy } from "../../src/proxy/index.ts";
import { withBudget } from "../../src/scope/index.ts";
import { BudgetStore, MemoryStore } from "../../src/stores/index.ts";
import { CHAT, CHAT_URL, post } from "../meter/metered.ts";
import { startProvider } from "../meter/provider.ts";

const provider = await startProvider();
const SLICES = { reportMs: 20 };

it("R8 R15 children share the cap of their parent, and each has its own", async () => {
  const store = new BudgetStore(new MemoryStore());
  const pool = await store.pool("acme", { caps: { tokens: 100 }, slices: SLICES });
  const [one, other] = await Promise.all([
    pool.child("one", { caps: { tokens: 30 } }),
    pool.child("other"),
  ]);
  expect([one.path, other.path]).toEqual(["acme/one", "acme/other"]);
  await expect(one.reserve({ tokens: 31 })).rejects.toMatchObject({ pool: "acme/one" });
  const hold = await one.reserve({ tokens: 30 });
  await other.record({ tokens: 70 });
  await expect(other.reserve({ tokens: 1 })).rejects.toMatchObject({ pool: "acme" });
  hold.commit({ tokens: 10 });
  await one.flush();
  const left = await other.reserve({ tokens: 20 });
  left.release();
  await Promise.all([one.flush(), other.flush()]);
  expect((await pool.snapshot()).used.tokens).toBe(80);
  await store.close();
});

it("R15 run commits a hold its task left open, releases it if the task throws, and waits for room", async () => {
  const store = new BudgetStore(new MemoryStore(), { pollMs: 20 });
  const pool = await store.pool("acme", { caps: { tokens: 10 }, slices: SLICES });
  expect(await pool.run({ tokens: 4 }, () => "answer")).toBe("answer");
  const failed = pool.run({ tokens: 4 }, () => Promise.reject(new Error("no answer")));
  await expect(failed).rejects.toThrow("no answer");
  await pool.run({ tokens: 4 }, (hold) => void hold.commit({ tokens: 1 }));
  await pool.flush();
  expect((await pool.snapshot()).used.tokens).toBe(5);
  const hold = await pool.reserve({ tokens: 4 });
  await expect(pool.run({ tokens: 5 }, () => "never")).rejects.toThrow(BudgetExceeded);
  const waiting = pool.run({ tokens: 5 }, () => "late", { wait: true });
  setTimeout(() => hold.release(), 60);
  expect(await waiting).toBe("late");
  await store.close();
});

it("R14 R15 a grant is max if the slice has room, or the most that fits", async () => {
  const store = new BudgetStore(new MemoryStore());
  const pool = await store.pool("acme", { caps: { tokens: 20 }, slices: SLICES });
  const request = { fixed: { tokens: 1 }, unit: { tokens: 2 }, min: 1, max: 5 };
  const first = await pool.reserveUpTo(request);
  const second = await pool.reserveUpTo(request);
  expect([first.units, first.amount.tokens, second.units]).toEqual([5, 11, 4]);
  await expect(pool.reserveUpTo(request)).rejects.toThrow(BudgetExceeded);
  await first.commit({ tokens: 2 });
  await second.release();
  await pool.flush();
  expect((await pool.snapshot()).used.tokens).toBe(2);
  await store.close();
});

it("R10 R15 reservations and records with a caller's id bypass the slice", async () => {
  const store = new BudgetStore(new MemoryStore());
  const pool = await store.pool("acme", { slices: SLICES });
  const hold = await pool.reserve({ tokens: 4 }, { id: "job" });
  expect(hold.id).toBe("job");
  await hold.commit();
  for (let time = 0; time < 2; time++) await pool.record({ tokens: 2 }, { id: "once" });
  expect((await pool.snapshot()).used.tokens).toBe(6);
  await store.close();
});

it("R5 R15 a record beyond the cap is booked where its options say so", async () => {
  const store = new BudgetStore(new MemoryStore());
  const pool = await store.pool("acme", { caps: { tokens: 5 }, slices: SLICES });
  await expect(pool.record({ tokens: 4, calls: 9 }, { overage: "throw" })).resolves.toBeUndefined();
  await expect(pool.record({ tokens: 4 })).rejects.toMatchObject({ booked: false });
  await expect(pool.record({ tokens: 4 }, { overage: "throw" })).rejects.toMatchObject({
    booked: true,
  });
  await pool.record({ tokens: 4 }, { overage: "allow" });
  await pool.flush();
  expect((await pool.snapshot()).used.tokens).toBe(12);
  await store.close();
});

it("R15 handles of a pool share one slice, and one that has nothing is forgotten", async () => {
  const inner = new MemoryStore();
  const store = new BudgetStore(inner);
  const pool = await store.pool("acme", { slices: SLICES });
  const again = await store.pool("acme", { slices: SLICES });
  const hold = await pool.reserve({ tokens: 5 });
  await expect.poll(() => again.tryReserve({ tokens: 0, calls: 0 })?.settled).toBe(false);
  hold.release();
  await store.close();
  await expect(pool.reserve({ tokens: 1 })).rejects.toMatchObject({ code: "STORE_CLOSED" });
});

it("the books of a metered fetch, a tool, the AI SDK and the proxy over slices equal the bill", async () => {
  const store = new BudgetStore(new MemoryStore());
  const pool = await store.pool("acme", { caps: { usd: 5 }, slices: SLICES });
  const reports: ExchangeReport[] = [];
  const onExchange = (report: ExchangeReport): number => reports.push(report);
  const fetch = meteredFetch(pool, { fetch: provider.fetch, label: "tests", onExchange });
  for (let call = 0; call < 20; call++) await (await fetch(CHAT_URL, post(CHAT))).text();
  await (await fetch(CHAT_URL, post({ ...CHAT, stream: true }))).text();
  const inScope = meteredFetch(() => pool, { fetch: provider.fetch });
  await withBudget(pool, async () => (await inScope(CHAT_URL, post(CHAT))).text());
  const openai = createOpenAI({ apiKey: "key", baseURL: `${provider.url}/v1` });
  const middleware = budgetMiddleware(pool, { onExchange });
  const model = wrapLanguageModel({ model: openai("gpt-4o-mini"), middleware });
  await generateText({ model, prompt: "Hello" });
  const proxy = await startProxy(pool, { upstreams: { openai: provider.url }, onExchange });
  await (await globalThis.fetch(`${proxy.urlOf("openai")}/v1/chat/completions`, post(CHAT))).text();
  await proxy.close();
  await provider.idle();
  await pool.flush();
  expect(BigInt(toNanoUsd((await pool.snapshot()).used.usd))).toBe(provider.total.nanoUsd);
  const search = meteredTool(pool, { fee: { usd: 0.5 } })(async () => "found");
  expect(await search()).toBe("found");
  await pool.flush();
  const entries = await pool.ledger({ limit: 1000 });
  expect(entries).toHaveLength(25);
  expect(entries[0]).toMatchObject({ model: "gpt-4o-mini", label: "tests", provider: "openai" });
  expect(entries.map(({ id }) => id)).toContain(reports[0]?.id);
  await pool.amend(reports[0]?.id ?? "", { usd: 1 });
  expect((await pool.snapshot()).used.usd).toBeGreaterThan(1.5);
  await store.close();
});
