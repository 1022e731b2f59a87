// Batches of Anthropic messages: held when they are made, settled by their results.

import Anthropic from "@anthropic-ai/sdk";
import { describe, expect, it, onTestFinished } from "vitest";

import { toNanoUsd } from "../../src/core/nano-usd.ts";
import { BudgetPool } from "../../src/index.ts";
import { budgetExceededFrom, meteredFetch } from "../../src/meter/index.ts";
import type { ExchangeReport } from "../../src/meter/index.ts";
import { startProxy } from "../../src/proxy/index.ts";
import { BudgetStore, MemoryStore } from "../../src/stores/index.ts";
import { ANTHROPIC_URL, meteredBy, post } from "./metered.ts";
import { startProvider } from "./provider.ts";

const provider = await startProvider();
const metered = meteredBy(provider);
const MODELS = ["claude-haiku-4-5", "claude-sonnet-4-5"] as const;

function requests(count: number): Anthropic.Messages.BatchCreateParams.Request[] {
  return Array.from({ length: count }, (_, at) => ({
    custom_id: `number-${at}`,
    params: {
      model: MODELS[at % MODELS.length] ?? MODELS[0],
      max_tokens: 200,
      messages: [{ role: "user", content: `Number ${at}` }],
    },
  }));
}

function clientOf(fetch: typeof globalThis.fetch, baseURL?: string): Anthropic {
  return new Anthropic({ apiKey: "sk-test", fetch, maxRetries: 0, ...(baseURL && { baseURL }) });
}

/** How many results there are. */
async function fetched(client: Anthropic, id: string): Promise<number> {
  let count = 0;
  for await (const { result } of await client.messages.batches.results(id))
    if (result.type === "succeeded") count++;
  return count;
}

/** The books are the bill: a batch is one call. */
function expectBilled(used: { readonly usd: number; readonly outputTokens: number }): void {
  expect(BigInt(toNanoUsd(used.usd))).toBe(provider.total.nanoUsd);
  expect(used.outputTokens).toBe(provider.total.outputTokens);
}

describe("a batch, by Anthropic's own client", () => {
  it("an Anthropic batch is held at half the price until its results are fetched, and booked once", async () => {
    const { pool, fetch, reports } = metered();
    const client = clientOf(fetch);
    const { id, processing_status } = await client.messages.batches.create({
      requests: requests(7),
    });
    expect(processing_status).toBe("in_progress");
    const { reserved, openReservations } = pool.snapshot();
    expect([openReservations, reserved.outputTokens]).toEqual([1, 1400]);
    await client.messages.batches.retrieve(id);
    expect((await client.messages.batches.retrieve(id)).processing_status).toBe("ended");
    expect(pool.snapshot().openReservations).toBe(1);
    expect(await fetched(client, id)).toBe(7);
    expect(await fetched(client, id)).toBe(7);
    const { used, ...after } = pool.snapshot();
    expectBilled(used);
    expect([used.calls, after.openReservations, reports.length]).toEqual([1, 0, 1]);
    expect(reports[0]).toMatchObject({ outcome: "used", wire: "anthropic-batches" });
  });

  it("an Anthropic batch in a stored pool is booked as it was held, and amended", async () => {
    const store = new BudgetStore(new MemoryStore());
    onTestFinished(() => store.close());
    const pool = await store.pool("acme", { caps: { usd: 5 } });
    const client = clientOf(meteredFetch(pool, { fetch: provider.fetch }));
    provider.behave(() => ({ polls: 0 }));
    const { id } = await client.messages.batches.create({ requests: requests(3) });
    expect((await pool.snapshot()).used.outputTokens).toBe(600);
    await fetched(client, id);
    expectBilled((await pool.snapshot()).used);
  });

  it("an Anthropic batch is refused when it does not fit, and never shortened", async () => {
    const { pool, fetch } = metered(0.01);
    const client = clientOf(fetch);
    const error: unknown = await client.messages.batches
      .create({ requests: requests(20) })
      .catch((thrown: unknown) => thrown);
    expect(budgetExceededFrom(error)).toMatchObject({ axis: "usd" });
    expect([pool.snapshot().openReservations, provider.requests.length]).toEqual([0, 0]);
  });

  it("an Anthropic batch with results of which none succeeded costs nothing, without fetching them", async () => {
    const { pool, fetch, reports } = metered(5, { unknownModel: "dearest" });
    provider.behave(() => ({ polls: 0 }));
    const client = clientOf(fetch);
    const [request] = requests(1);
    if (request === undefined) throw new Error("there is one");
    // A model that the stand-in does not have.
    const params = { ...request.params, model: "claude-opus-4-1" };
    const { id } = await client.messages.batches.create({ requests: [{ ...request, params }] });
    await client.messages.batches.retrieve(id);
    expect(pool.snapshot()).toMatchObject({ used: { usd: 0 }, openReservations: 0 });
    expect(reports).toMatchObject([{ outcome: "used" }]);
  });

  it("an Anthropic batch goes through the proxy", async () => {
    const pool = new BudgetPool({ name: "run", caps: { usd: 5 } });
    const reports: ExchangeReport[] = [];
    const onExchange = (report: ExchangeReport): number => reports.push(report);
    const proxy = await startProxy(pool, { upstreams: { anthropic: provider.url }, onExchange });
    onTestFinished(() => proxy.close());
    const base = proxy.urlOf("anthropic");
    const client = clientOf(globalThis.fetch, base);
    provider.behave(() => ({ polls: 0 }));
    const { id } = await client.messages.batches.create({ requests: requests(2) });
    // The provider names its own address for the results; the client is told the proxy's.
    expect(await fetched(client, id)).toBe(2);
    expect(provider.requests.at(-1)?.path).toBe(`/v1/messages/batches/${id}/results`);
    await expect.poll(() => reports.length).toBe(1);
    expectBilled(pool.snapshot().used);
  });
});

describe("requests without a bound are refused", () => {
  const [request] = requests(1);
  const of = (params: object): object => ({ requests: [{ ...request, params }] });
  const cases: Readonly<Record<string, object>> = {
    "a request without max_tokens": of({ model: MODELS[0], messages: [] }),
    "one without a model": of({ max_tokens: 5, messages: [] }),
    "a field beside the requests": { ...of({ ...request?.params }), priority: "high" },
    "a search of the web": of({
      ...request?.params,
      tools: [{ type: "web_search_20250305", name: "web_search" }],
    }),
  };
  it.each(Object.entries(cases))(
    "an Anthropic batch that nothing bounds is refused: %s",
    async (_name, body) => {
      const { fetch, pool } = metered();
      const answer = await fetch(`${ANTHROPIC_URL}/v1/messages/batches`, post(body));
      expect(answer.status).toBe(400);
      expect([pool.snapshot().openReservations, provider.requests.length]).toEqual([0, 0]);
    },
  );
});
