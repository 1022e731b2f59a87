// What one process has learned from a provider bounds the calls of another that uses the same store.

import { describe, expect, it } from "vitest";

import { StoredCounts } from "../../../src/meter/counted/stored-counts.ts";
import { meteredFetch } from "../../../src/meter/index.ts";
import type { ExchangeReport } from "../../../src/meter/index.ts";
import type { CountDocuments } from "../../../src/meter/metered-pool.ts";
import { BudgetStore } from "../../../src/stores/index.ts";
import type { StoredBudgetPool } from "../../../src/stores/index.ts";
import { MemoryDocuments } from "../../../src/stores/memory/memory-documents.ts";
import { MemoryStore } from "../../../src/stores/memory/memory-store.ts";
import { ANTHROPIC_URL, OPENAI_URL } from "../metered.ts";
import { startProvider } from "../provider.ts";

const provider = await startProvider();
const LONG = "It was a bright cold day in April, and the clocks were striking. ".repeat(800);
const counted = { inputTokens: 12_000, outputTokens: 300, cachedTokens: 0, at: Date.now() };

/** A process: a meter of its own over a pool that it opened itself. */
async function processOn(
  store: MemoryStore,
  usd = 0.1,
): Promise<{
  readonly pool: StoredBudgetPool;
  readonly reports: readonly ExchangeReport[];
  readonly post: (url: string, body: object) => Promise<Response>;
}> {
  const pool = await new BudgetStore(store).pool("acme", { caps: { usd } });
  const reports: ExchangeReport[] = [];
  const fetch = meteredFetch(pool, {
    fetch: provider.fetch,
    clampOutput: false,
    countTokens: false,
    onExchange: (report) => reports.push(report),
  });
  const headers = { "content-type": "application/json", "x-api-key": "sk-1" };
  const post = (url: string, body: object): Promise<Response> =>
    fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  return { pool, reports, post };
}

function turns(...contents: readonly string[]): readonly object[] {
  return contents.map((content, at) => ({ role: at % 2 === 0 ? "user" : "assistant", content }));
}

const message = (messages: readonly object[]): object => ({
  model: "claude-haiku-4-5",
  max_tokens: 500,
  messages,
});
const MESSAGES = `${ANTHROPIC_URL}/v1/messages`;

/** The keys of the documents in a store, once the writes in the background are done. */
async function countsIn(store: MemoryStore, atLeast: number): Promise<readonly string[]> {
  for (;;) {
    const found = await store.documents.list({ kind: "counts", after: "", limit: 100 });
    if (found.length >= atLeast) return found.map(({ text }) => text);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe("counts that processes of a store share", () => {
  it("counts in a store bound a conversation that another process has begun", async () => {
    const store = new MemoryStore();
    const one = await processOn(store);
    const first = await one.post(MESSAGES, message(turns(LONG)));
    expect(first.status).toBe(200);
    await first.text();
    await countsIn(store, 2);
    const other = await processOn(store);
    await other.pool.configure({ caps: { usd: 0.05 } });
    const next = message(turns(LONG, "An answer.", "And then?"));
    const second = await other.post(MESSAGES, next);
    expect(second.status).toBe(200);
    await second.text();
    expect(other.reports[0]?.boundedBy).toContain("counted before");
  });

  it("counts in a store bound a response that another process continues", async () => {
    const store = new MemoryStore();
    const one = await processOn(store, 0.2);
    const asked = { model: "gpt-4o", max_output_tokens: 500, input: LONG };
    const first = await one.post(`${OPENAI_URL}/v1/responses`, asked);
    expect(first.status).toBe(200);
    const { id } = (await first.json()) as { id: string };
    await countsIn(store, 3);
    const other = await processOn(store, 0.2);
    const next = { ...asked, input: "And then?", previous_response_id: id };
    const second = await other.post(`${OPENAI_URL}/v1/responses`, next);
    expect(second.status).toBe(200);
    await second.text();
    expect(other.reports[0]?.boundedBy).toContain("counted before");
  });

  it("counts in a store hold no text and no credential", async () => {
    const store = new MemoryStore();
    const one = await processOn(store);
    await (await one.post(MESSAGES, message(turns(LONG)))).text();
    for (const text of await countsIn(store, 2)) expect(text).toMatch(/^\[\d+(?:,\d+)*\]$/);
  });

  it("counts in a store keep the last eight of one place, in a bounded number of places", async () => {
    const documents = new MemoryDocuments();
    const counts = new StoredCounts(documents);
    await counts.key();
    for (let at = 0; at < 5000; at++) counts.add([at, at], [at, at], counted);
    for (let at = 1; at < 20; at++) counts.add([0, 0], [7, at], { ...counted, at });
    await counts.settled();
    const all = await documents.list({ kind: "counts", after: "", limit: 10_000 });
    expect(all.length).toBe(2049);
    const found = await counts.find([0, 0]);
    expect(found.map(({ digest }) => digest[1])).toEqual([19, 18, 17, 16, 15, 14, 13, 12]);
  });

  it("counts in a store are given one key, whichever process comes first", async () => {
    const documents = new MemoryDocuments();
    const keys = await Promise.all(
      Array.from({ length: 8 }, () => new StoredCounts(documents).key()),
    );
    expect(new Set(keys.map(String)).size).toBe(1);
  });

  it("counts in a store are left out while the store fails, and when what it holds is damaged", async () => {
    const failing: CountDocuments = {
      read: () => Promise.reject(new Error("away")),
      replace: () => Promise.reject(new Error("away")),
    };
    const away = new StoredCounts(failing);
    expect(await away.key()).toBeUndefined();
    away.add([1, 1], [1, 1], counted);
    await away.settled();
    expect(await away.find([1, 1])).toEqual([]);

    const damaged = new MemoryDocuments();
    for (const [place, text] of ["{}", "[1,-2,3,4,5,6]", "[1,2,3]", "nothing"].entries()) {
      await damaged.replace("counts", String(place), undefined, text);
      expect(await new StoredCounts(damaged).find([0, place])).toEqual([]);
    }
  });
});
