// Responses in the background: what they cost is told by a later answer.

import OpenAI from "openai";
import { describe, expect, it, onTestFinished } from "vitest";

import { toNanoUsd } from "../../src/core/nano-usd.ts";
import { BudgetPool } from "../../src/index.ts";
import { meteredFetch } from "../../src/meter/index.ts";
import type { ExchangeReport } from "../../src/meter/index.ts";
import { startProxy } from "../../src/proxy/index.ts";
import { BudgetStore, MemoryStore } from "../../src/stores/index.ts";
import { expectEqualBooks } from "./books.ts";
import { meteredBy } from "./metered.ts";
import { startProvider } from "./provider.ts";

const provider = await startProvider();
const metered = meteredBy(provider);

const ASKED = { model: "gpt-5.5", input: "Hello", background: true } as const;

function clientOf(fetch: typeof globalThis.fetch, baseURL?: string): OpenAI {
  return new OpenAI({ apiKey: "sk-test", fetch, maxRetries: 0, ...(baseURL && { baseURL }) });
}

describe("a response in the background, by OpenAI's own client", () => {
  it("a response in the background is held until it is fetched, and booked once", async () => {
    const { pool, fetch, reports } = metered();
    provider.behave(() => ({ polls: 2 }));
    const client = clientOf(fetch);
    const { id, status } = await client.responses.create(ASKED);
    expect(status).toBe("queued");
    const held = pool.snapshot();
    expect([held.openReservations, held.used.usd, reports.length]).toEqual([1, 0, 0]);
    for (const wanted of ["in_progress", "in_progress", "completed", "completed"]) {
      // oxlint-disable-next-line no-await-in-loop -- one poll after the other
      const answer = await client.responses.retrieve(id);
      expect(answer.status).toBe(wanted);
    }
    expect(reports).toMatchObject([{ outcome: "used", status: 200 }]);
    await expectEqualBooks(pool, provider);
  });

  it("a response in the background is settled when it is canceled", async () => {
    const { pool, fetch, reports } = metered();
    provider.behave(() => ({ polls: 5 }));
    const client = clientOf(fetch);
    const { id } = await client.responses.create(ASKED);
    await client.responses.cancel(id);
    expect(reports).toMatchObject([{ outcome: "used" }]);
    await expectEqualBooks(pool, provider);
  });

  it("concurrent fetches of a background response book it once; other calls have all the room", async () => {
    const { pool, fetch, reports } = metered();
    provider.behave(() => ({ polls: 0, outputTokens: 3000 }));
    const client = clientOf(fetch);
    const { id } = await client.responses.create(ASKED);
    await Promise.all([1, 2, 3].map(() => client.responses.retrieve(id)));
    expect(reports.length).toBe(1);
    await client.responses.create({ model: "gpt-5.5", input: "Hello" });
    expect(reports[1]).toMatchObject({ outcome: "used", writtenLimit: undefined });
    await expectEqualBooks(pool, provider);
  });

  it("a failed fetch settles nothing, and neither does one of an unknown response", async () => {
    const { pool, fetch } = metered();
    const client = clientOf(fetch);
    const { id } = await client.responses.create(ASKED);
    await client.responses.retrieve("resp_unknown").catch(() => undefined);
    expect(pool.snapshot().openReservations).toBe(1);
    await client.responses.retrieve(id);
    await client.responses.retrieve(id);
    await expectEqualBooks(pool, provider);
  });

  it("background work in a stored pool is booked as it was held, and amended", async () => {
    const store = new BudgetStore(new MemoryStore());
    onTestFinished(() => store.close());
    const pool = await store.pool("acme", { caps: { usd: 5 } });
    const reports: ExchangeReport[] = [];
    const options = { onExchange: (report: ExchangeReport) => reports.push(report) };
    const client = clientOf(meteredFetch(pool, { ...options, fetch: provider.fetch }));
    const { id } = await client.responses.create(ASKED);
    const before = await pool.snapshot();
    expect([before.openReservations, before.used.calls, reports.length]).toEqual([0, 1, 0]);
    expect(BigInt(toNanoUsd(before.used.usd))).toBeGreaterThan(provider.total.nanoUsd);
    await client.responses.retrieve(id);
    await client.responses.retrieve(id);
    const { used } = await pool.snapshot();
    const { calls, inputTokens, outputTokens, nanoUsd } = provider.total;
    expect(used).toMatchObject({ calls, inputTokens, outputTokens });
    expect(BigInt(toNanoUsd(used.usd))).toBe(nanoUsd);
    expect(reports).toMatchObject([{ outcome: "used" }]);
    expect((await pool.ledger()).map(({ kind }) => kind)).toEqual(["release", "commit", "amend"]);
  });

  it("background work through the proxy that no one fetches is booked as it was held", async () => {
    const pool = new BudgetPool({ name: "run", caps: { usd: 10 } });
    const reports: ExchangeReport[] = [];
    const onExchange = (report: ExchangeReport): number => reports.push(report);
    const proxy = await startProxy(pool, { upstreams: { openai: provider.url }, onExchange });
    onTestFinished(() => proxy.close());
    const client = clientOf(globalThis.fetch, `${proxy.urlOf("openai")}/v1`);
    const { id } = await client.responses.create(ASKED);
    await client.responses.retrieve(id);
    await client.responses.retrieve(id);
    await expectEqualBooks(pool, provider);
    await client.responses.create(ASKED);
    const { reserved, used } = pool.snapshot();
    await proxy.close();
    expect(reports.map(({ outcome }) => outcome)).toEqual(["used", "unknown"]);
    const after = pool.snapshot();
    expect(after.used.outputTokens).toBe(used.outputTokens + reserved.outputTokens);
    expect(after.openReservations).toBe(0);
  });
});
