// Batches of OpenAI's: bounded by the file that was uploaded, held when they are made, settled by
// the file of their results.

import OpenAI, { toFile } from "openai";
import { describe, expect, it, onTestFinished } from "vitest";

import { toNanoUsd } from "../../src/core/nano-usd.ts";
import { BudgetPool } from "../../src/index.ts";
import { budgetExceededFrom, meteredFetch } from "../../src/meter/index.ts";
import type { ExchangeReport } from "../../src/meter/index.ts";
import { startProxy } from "../../src/proxy/index.ts";
import { BudgetStore, MemoryStore } from "../../src/stores/index.ts";
import { meteredBy } from "./metered.ts";
import { startProvider } from "./provider.ts";

const provider = await startProvider();
const metered = meteredBy(provider);
const MODEL = "gpt-5.5";
const CREATE = { endpoint: "/v1/chat/completions", completion_window: "24h" } as const;

function chat(content: string, more: object = {}): object {
  return {
    url: "/v1/chat/completions",
    body: {
      model: MODEL,
      max_completion_tokens: 200,
      messages: [{ role: "user", content }],
      ...more,
    },
  };
}

const REQUESTS: readonly object[] = [
  ...Array.from({ length: 5 }, (_, at) => chat(`Number ${at}`)),
  { url: "/v1/responses", body: { model: MODEL, max_output_tokens: 100, input: "Hello" } },
];

function fileOf(requests: readonly object[]): Promise<File> {
  const lines = requests.map((each, at) =>
    JSON.stringify({ custom_id: `number-${at}`, method: "POST", ...each }),
  );
  return toFile(Buffer.from(lines.join("\n")), "requests.jsonl");
}

function clientOf(fetch: typeof globalThis.fetch, baseURL?: string): OpenAI {
  return new OpenAI({ apiKey: "sk-test", fetch, maxRetries: 0, ...(baseURL && { baseURL }) });
}

async function uploaded(client: OpenAI, requests = REQUESTS): Promise<string> {
  const file = await fileOf(requests);
  return (await client.files.create({ purpose: "batch", file })).id;
}

async function made(client: OpenAI, requests = REQUESTS): Promise<OpenAI.Batch> {
  return client.batches.create({ ...CREATE, input_file_id: await uploaded(client, requests) });
}

/** Reads the results of a batch that is over. */
async function fetched(client: OpenAI, id: string): Promise<string> {
  const { output_file_id: file } = await client.batches.retrieve(id);
  return (await client.files.content(file ?? "none")).text();
}

/** The books are the bill: a batch is one call. */
function expectBilled(used: { readonly usd: number; readonly outputTokens: number }): void {
  expect(BigInt(toNanoUsd(used.usd))).toBe(provider.total.nanoUsd);
  expect(used.outputTokens).toBe(provider.total.outputTokens);
}

describe("a batch, by OpenAI's own client", () => {
  it("an OpenAI batch is held at half the price until its results are fetched, and booked once", async () => {
    const { pool, fetch, reports } = metered();
    const client = clientOf(fetch);
    const { id } = await made(client);
    const { reserved, openReservations } = pool.snapshot();
    expect([openReservations, reserved.outputTokens]).toEqual([1, 1100]);
    expect((await client.batches.retrieve(id)).status).toBe("in_progress");
    const lines = await fetched(client, id);
    expect(lines.trim().split("\n")).toHaveLength(REQUESTS.length);
    await fetched(client, id);
    const { used, ...after } = pool.snapshot();
    expectBilled(used);
    expect([used.calls, after.openReservations, reports.length]).toEqual([1, 0, 1]);
    expect(reports[0]).toMatchObject({ outcome: "used", wire: "openai-batches" });
  });

  it("an OpenAI batch in a stored pool is settled by another process, once", async () => {
    const books = new MemoryStore();
    const stores = [new BudgetStore(books), new BudgetStore(books)];
    onTestFinished(async () => void (await Promise.all(stores.map((store) => store.close()))));
    const [here, there] = await Promise.all(
      stores.map((store) => store.pool("acme", { caps: { usd: 5 } })),
    );
    if (here === undefined || there === undefined) throw new Error("there are two");
    const reports: ExchangeReport[] = [];
    const onExchange = (report: ExchangeReport): number => reports.push(report);
    provider.behave(() => ({ polls: 0 }));
    const one = clientOf(meteredFetch(here, { fetch: provider.fetch, onExchange }));
    const { id } = await made(one);
    const before = await here.snapshot();
    expect([before.used.outputTokens, before.openReservations]).toEqual([1100, 0]);
    expect(before.unknown.outputTokens).toBe(1100);
    const other = clientOf(meteredFetch(there, { fetch: provider.fetch }));
    await fetched(other, id);
    expectBilled((await there.snapshot()).used);
    await fetched(other, id);
    await fetched(one, id);
    const { used, unknown } = await here.snapshot();
    expectBilled(used);
    expect([used.calls, unknown.usd]).toEqual([1, 0]);
  });

  it("an OpenAI batch is refused when it does not fit, and never shortened", async () => {
    const { pool, fetch } = metered(0.001);
    const client = clientOf(fetch);
    const error: unknown = await made(client).catch((thrown: unknown) => thrown);
    expect(budgetExceededFrom(error)).toMatchObject({ axis: "usd" });
    expect([pool.snapshot().openReservations, provider.requests.length]).toEqual([0, 1]);
  });

  it("an OpenAI batch of embeddings has no output", async () => {
    const { pool, fetch } = metered();
    provider.behave(() => ({ polls: 0 }));
    const body = { model: "text-embedding-3-small", input: ["Hello", "you"] };
    const client = clientOf(fetch);
    const { id } = await made(client, [{ url: "/v1/embeddings", body }]);
    await fetched(client, id);
    expectBilled(pool.snapshot().used);
  });

  it("an OpenAI batch of which nothing succeeded costs nothing", async () => {
    const { pool, fetch, reports } = metered(5, { unknownModel: "dearest" });
    provider.behave(() => ({ polls: 0 }));
    const client = clientOf(fetch);
    const { id } = await made(client, [chat("Hello", { model: "gpt-4.1" })]);
    await client.batches.retrieve(id);
    expect(pool.snapshot()).toMatchObject({ used: { usd: 0 }, openReservations: 0 });
    expect(reports).toMatchObject([{ outcome: "used" }]);
  });

  it("an OpenAI batch through the proxy that no one fetches is booked as it was held", async () => {
    const pool = new BudgetPool({ name: "run", caps: { usd: 5 } });
    const reports: ExchangeReport[] = [];
    const onExchange = (report: ExchangeReport): number => reports.push(report);
    const proxy = await startProxy(pool, { upstreams: { openai: provider.url }, onExchange });
    onTestFinished(() => proxy.close());
    const client = clientOf(globalThis.fetch, `${proxy.urlOf("openai")}/v1`);
    provider.behave(() => ({ polls: 0 }));
    const { id } = await made(client);
    await fetched(client, id);
    expectBilled(pool.snapshot().used);
    await made(client);
    const { used, reserved } = pool.snapshot();
    await proxy.close();
    expect(reports.map(({ outcome }) => outcome)).toEqual(["used", "unknown"]);
    expect(pool.snapshot().used.outputTokens).toBe(used.outputTokens + reserved.outputTokens);
  });

  it("files for other uses, and forms that cannot be read, pass as they are", async () => {
    const pool = new BudgetPool({ name: "run", caps: { usd: 5 } });
    const proxy = await startProxy(pool, { upstreams: { openai: provider.url } });
    onTestFinished(() => proxy.close());
    const base = `${proxy.urlOf("openai")}/v1`;
    const client = clientOf(globalThis.fetch, base);
    const file = await toFile(Buffer.from("{}"), "data.jsonl");
    expect((await client.files.create({ purpose: "user_data", file })).purpose).toBe("user_data");
    const headers = { "content-type": "multipart/form-data; boundary=x" };
    const body = "no form at all";
    await (await fetch(`${base}/files`, { method: "POST", headers, body })).text();
    expect(provider.requests.map(({ text }) => text)).toContain(body);
    expect(pool.snapshot().openReservations).toBe(0);
  });
});

describe("requests without a bound are refused", () => {
  const { max_completion_tokens: _limit, ...open } = {
    max_completion_tokens: 0,
    model: MODEL,
    messages: [],
  };
  const cases: Readonly<Record<string, readonly [object, RegExp]>> = {
    "a request without a limit": [
      { url: "/v1/chat/completions", body: open },
      /without a limit of output/,
    ],
    "a request for images": [
      { url: "/v1/images/generations", body: { model: "gpt-image-2", prompt: "a cat" } },
      /one by one/,
    ],
    "a line that is no request": [{ url: "/v1/chat/completions" }, /a line of the file/],
    "a limit that would have to be rewritten": [
      chat("Hello", { max_completion_tokens: "200" }),
      /has to say max_completion_tokens/,
    ],
    "a search of the web": [
      {
        url: "/v1/responses",
        body: { model: MODEL, max_output_tokens: 9, tools: [{ type: "web_search" }], input: "Hi" },
      },
      /web_search/,
    ],
  };
  it.each(Object.entries(cases))(
    "an OpenAI batch that nothing bounds is refused: %s",
    async (_name, [request, why]) => {
      const { fetch, pool } = metered();
      await expect(made(clientOf(fetch), [chat("Hello"), request])).rejects.toThrow(why);
      expect([pool.snapshot().openReservations, provider.requests.length]).toEqual([0, 1]);
    },
  );

  it("an OpenAI batch of a file that was not uploaded through the meter is refused", async () => {
    const { fetch } = metered();
    const create = { ...CREATE, input_file_id: "file-of-yesterday" };
    await expect(clientOf(fetch).batches.create(create)).rejects.toThrow(
      /not uploaded through this meter.+upload it through the same client/,
    );
    expect(provider.requests.length).toBe(0);
  });
});
