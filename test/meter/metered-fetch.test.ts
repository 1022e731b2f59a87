import OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

import { SimulatedProvider } from "../../examples/simulated-provider/simulated-provider.ts";
import { BudgetPool } from "../../src/index.ts";
import { budgetExceededFrom, meteredFetch } from "../../src/meter/index.ts";
import type { ExchangeReport, MeteredFetchOptions } from "../../src/meter/index.ts";
import { priceBook } from "../../src/prices/index.ts";
import { BudgetStore, MemoryStore } from "../../src/stores/index.ts";
import { collectGarbage } from "../support/heap.ts";
import { expectBooksCover, expectEqualBooks } from "./books.ts";

let provider: SimulatedProvider;
beforeAll(async () => {
  provider = await SimulatedProvider.start();
});
afterAll(() => provider.close());
beforeEach(async () => {
  await provider.idle();
  provider.behave(() => ({}));
  provider.clear();
});

const CHAT = { model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] };

function post(body: object): RequestInit {
  const headers = { "content-type": "application/json" };
  return { method: "POST", headers, body: JSON.stringify(body) };
}

/** A pool and a fetch on it, with what it reports. */
function metered(usd = 5, options: MeteredFetchOptions = {}) {
  const pool = new BudgetPool({ caps: { usd } });
  const reports: ExchangeReport[] = [];
  const fetch = meteredFetch(pool, { onExchange: (report) => reports.push(report), ...options });
  const chat = (body: object = {}): Promise<Response> =>
    fetch(`${provider.url}/v1/chat/completions`, post({ ...CHAT, ...body }));
  return { pool, reports, fetch, chat };
}

describe("the cap", () => {
  it("F40: 500 calls at once without a limit never cost more than the $0.05 that there are", async () => {
    const { pool, chat } = metered(0.05);
    provider.behave(() => ({ outputTokens: 100_000 }));
    const answers = await Promise.all(Array.from({ length: 500 }, () => chat()));
    await Promise.all(answers.map((answer) => answer.text()));
    await expectEqualBooks(pool, provider);
    expect(provider.total.nanoUsd).toBeLessThanOrEqual(50_000_000n);
    const statuses = answers.map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200, 402]));
    expect(provider.requests.length).toBe(statuses.filter((status) => status === 200).length);
  });

  it("F10: with `wait`, all calls run that fit one after another, whatever they hold", async () => {
    const { pool, chat } = metered(0.006, { wait: true });
    provider.behave(() => ({ outputTokens: 500 }));
    const answers = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const answer = await chat();
        await answer.text();
        return answer.status;
      }),
    );
    expect(answers).toEqual(Array(10).fill(200));
    await expectEqualBooks(pool, provider);
  });

  it("lowers a limit to what there is room for, and refuses below what is of use", async () => {
    const { pool, chat } = metered(0.001);
    await (await chat({ max_tokens: 4096, seed: 1 })).text();
    expect(provider.requests[0]?.body).toMatchObject({ seed: 1, max_tokens: expect.any(Number) });
    const limit = Number(Reflect.get(Object(provider.requests[0]?.body), "max_tokens"));
    expect(limit).toBeGreaterThan(256);
    expect(limit).toBeLessThan(1700);
    const left = pool.snapshot().remaining.usd ?? 0;
    pool.record({ usd: left - 0.0001 });
    expect((await chat({ max_tokens: 4096 })).status).toBe(402);
    // A call that asks for little itself is let through for as long as it fits.
    expect((await chat({ max_tokens: 20 })).status).toBe(200);
  });

  it("leaves the limit alone without `clampOutput`, and refuses what does not fit", async () => {
    const { chat } = metered(0.001, { clampOutput: false });
    expect((await chat({ max_tokens: 4096 })).status).toBe(402);
    expect((await chat({ max_tokens: 100 })).status).toBe(200);
    expect(provider.requests[0]?.body).toEqual({ ...CHAT, max_tokens: 100 });
  });

  it("counts every choice that is asked for", async () => {
    const { pool, chat, reports } = metered(0.01);
    provider.behave(() => ({ outputTokens: 1000 }));
    await (await chat({ n: 4, max_tokens: 1000 })).text();
    expect(reports[0]?.held?.outputTokens).toBe(4000);
    await expectEqualBooks(pool, provider);
    expect(provider.total.outputTokens).toBe(4000);
  });

  it("F57: an answer over the cap is returned, and the next call is refused", async () => {
    const { pool, chat, reports } = metered(0.01, {
      estimate: () => ({ inputTokens: 10, outputTokens: 10 }),
    });
    provider.behave(() => ({ outputTokens: 30_000 }));
    const answer = await chat();
    expect(answer.status).toBe(200);
    expect((await answer.text()).length).toBeGreaterThan(30_000);
    expect(reports[0]).toMatchObject({ outcome: "used", exceeded: true });
    await expectEqualBooks(pool, provider);
    expect((await chat()).status).toBe(402);
  });

  for (const overage of ["allow", "reject", "throw"] as const) {
    it(`books what was spent under the policy "${overage}"`, async () => {
      const pool = new BudgetPool({ caps: { usd: 0.01 }, overage });
      const fetch = meteredFetch(pool, {
        estimate: () => ({ inputTokens: 1, outputTokens: 1 }),
      });
      provider.behave(() => ({ outputTokens: 30_000 }));
      await (await fetch(`${provider.url}/v1/chat/completions`, post(CHAT))).text();
      await expectEqualBooks(pool, provider);
    });
  }
});

describe("what is not known", () => {
  it("F44: a model without a price is refused, with the nearest names", async () => {
    const { chat, reports } = metered();
    const answer = await chat({ model: "gpt-4o-minni" });
    expect(answer.status).toBe(400);
    expect(answer.headers.get("x-should-retry")).toBe("false");
    const body: unknown = await answer.json();
    expect(body).toMatchObject({ error: { code: "price_unknown" } });
    expect(JSON.stringify(body)).toContain("openai/gpt-4o-mini");
    expect(provider.requests.length).toBe(0);
    expect(reports[0]?.outcome).toBe("refused");
  });

  it("lets it through for tokens only where that is written out", async () => {
    const { pool, fetch } = metered(0.01, { unknownModel: "tokens only" });
    const url = `${provider.url}/v1/chat/completions`;
    await (await fetch(url, post({ ...CHAT, model: "somebodys-own" }))).text();
    expect(provider.requests.length).toBe(1);
    expect(pool.snapshot().used.usd).toBe(0);
  });

  it("refuses what may cost something and is not read, unless it is to pass", async () => {
    const { fetch } = metered();
    const url = `${provider.url}/v1/images/generations`;
    const refused = await fetch(url, post({ prompt: "a" }));
    expect([refused.status, provider.requests.length]).toEqual([400, 0]);
    const passing = meteredFetch(new BudgetPool(), { unmetered: "pass" });
    await passing(url, post({ prompt: "a" }));
    expect(provider.requests.length).toBe(1);
  });

  it("refuses tools that the provider runs, unless there is an estimate or a window is held", async () => {
    const { chat } = metered();
    const search = { tools: [{ type: "web_search" }] };
    const refused = await chat(search);
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain("web_search");
    const { chat: estimated } = metered(5, { estimate: () => ({ inputTokens: 5000 }) });
    expect((await estimated(search)).status).toBe(200);
    const { chat: whole, reports } = metered(5, { unbounded: "context window" });
    await (await whole(search)).text();
    expect(reports[0]?.held?.inputTokens).toBe(128_000);
  });

  it("holds the context window for a file, and an image by its documented bound", async () => {
    const { chat, reports } = metered();
    const content = (part: object): object => ({ messages: [{ role: "user", content: [part] }] });
    await (await chat(content({ type: "file", file: { file_id: "f" } }))).text();
    const image_url = { url: `data:image/png;base64,${"A".repeat(500_000)}` };
    await (await chat({ ...content({ type: "image_url", image_url }), model: "gpt-4o" })).text();
    const [file, image] = reports.map(({ held }) => held?.inputTokens ?? 0);
    expect(file).toBe(128_000);
    expect(image).toBeGreaterThan(20_000);
    expect(image).toBeLessThan(21_000);
  });

  it("F49: a price that changes between hold and commit is that of the hold", async () => {
    let book = priceBook;
    const prices = { find: (...about: Parameters<typeof book.find>) => book.find(...about) };
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a book is only asked to find
    const { pool, chat } = metered(5, { prices: prices as unknown as typeof priceBook });
    provider.behave(() => {
      book = priceBook.with({ "gpt-4o-mini": { inputTokens: 1000, outputTokens: 1000 } });
      return {};
    });
    await (await chat()).text();
    await expectEqualBooks(pool, provider);
  });

  it("a service without a multiplier is refused, one with it is priced by it", async () => {
    const { chat, pool } = metered();
    expect((await chat({ service_tier: "priority" })).status).toBe(400);
    provider.behave(() => ({ serviceTier: "flex", outputTokens: 1000 }));
    await (await chat({ service_tier: "flex" })).text();
    await provider.idle();
    expect(pool.snapshot().used.usd * 2e9).toBeCloseTo(Number(provider.total.nanoUsd), -1);
  });

  it("an answer served in a way without a price is booked with the dollars that were held", async () => {
    const { chat, pool, reports } = metered();
    provider.behave(() => ({ serviceTier: "priority" }));
    await (await chat({ max_tokens: 100 })).text();
    await expectBooksCover(pool, provider);
    expect(reports[0]?.booked?.usd).toBe(reports[0]?.held?.usd);
  });
});

describe("how an exchange is settled", () => {
  for (const status of [400, 401, 404, 429, 500, 503, 529]) {
    it(`${status}: released`, async () => {
      const { chat, pool, reports } = metered();
      provider.behave(() => ({ status }));
      await (await chat()).text();
      expect(reports[0]).toMatchObject({ outcome: "released", status });
      expect(pool.snapshot().used.calls).toBe(0);
      await expectEqualBooks(pool, provider);
    });
  }

  for (const status of [408, 504, 524]) {
    it(`${status}: nobody knows, so what was held`, async () => {
      const { chat, pool, reports } = metered();
      provider.behave(() => ({ status }));
      await (await chat({ max_tokens: 100 })).text();
      expect(reports[0]).toMatchObject({ outcome: "unknown", status });
      expect(pool.snapshot().used).toEqual(reports[0]?.held);
    });
  }

  it("an error that tells usage is booked", async () => {
    const { chat, pool } = metered();
    provider.behave(() => ({ status: 500, errorWithUsage: true }));
    await (await chat()).text();
    expect(pool.snapshot().used.calls).toBe(1);
    await expectEqualBooks(pool, provider);
  });

  it("an error in the middle of a stream is booked, and not below the bill", async () => {
    const { chat, pool } = metered();
    provider.behave(() => ({ outputTokens: 50, errorAfter: 20 }));
    expect(await (await chat({ stream: true })).text()).toContain("server_error");
    await expectBooksCover(pool, provider);
  });

  it("F41: of an interrupted stream: input in full, output as it was seen, bounded", async () => {
    const { chat, pool, reports } = metered();
    provider.behave(() => ({ outputTokens: 5000, cutAfter: 40 }));
    await expect((await chat({ stream: true, max_tokens: 8000 })).text()).rejects.toThrow();
    await expectBooksCover(pool, provider);
    const { booked, held } = reports[0] ?? {};
    expect(booked?.inputTokens).toBe(held?.inputTokens);
    expect(booked?.outputTokens).toBeLessThan(256 + 40 * 13);
    expect(booked?.outputTokens).toBeLessThan((held?.outputTokens ?? 0) / 5);
  });

  it("of a model that may have reasoned out of sight, its whole limit", async () => {
    const { chat, pool, reports } = metered();
    provider.behave(() => ({ reasoningTokens: 700, outputTokens: 50, cutAfter: 5 }));
    const asked = { model: "gpt-5.5", stream: true, max_completion_tokens: 900 };
    await expect((await chat(asked)).text()).rejects.toThrow();
    await expectBooksCover(pool, provider);
    expect(reports[0]?.booked?.outputTokens).toBe(900);
  });

  it("F47, F48: usage told twice is not added, and reasoning is counted once", async () => {
    const { chat, pool } = metered();
    provider.behave(() => ({ duplicateUsage: true, reasoningTokens: 30 }));
    await (await chat({ stream: true })).text();
    await expectEqualBooks(pool, provider);
  });

  it("F54: a long context is priced as a whole at the higher price", async () => {
    const { pool, fetch } = metered(50);
    const content = "words and more words ".repeat(60_000);
    const body = { ...CHAT, model: "gpt-5.5", messages: [{ role: "user", content }] };
    await (await fetch(`${provider.url}/v1/chat/completions`, post(body))).text();
    expect(provider.total.inputTokens).toBeGreaterThan(272_000);
    await expectEqualBooks(pool, provider);
  });

  it("F45: caches of five minutes and of an hour have prices of their own", async () => {
    const { pool, fetch } = metered();
    provider.behave(() => ({ cachedTokens: 50, cacheWriteTokens: 30, cacheWrite1hTokens: 20 }));
    const messages = [{ role: "user", content: "words ".repeat(200) }];
    const body = { model: "claude-sonnet-4-5", max_tokens: 100, messages };
    await (await fetch(`${provider.url}/v1/messages`, post(body))).text();
    await (await fetch(`${provider.url}/v1/messages`, post({ ...body, stream: true }))).text();
    await expectEqualBooks(pool, provider);
  });

  it("F50: counting tokens, listing models and asking for health cost nothing", async () => {
    const { pool, fetch } = metered(0);
    const statuses = [
      await fetch(`${provider.url}/v1/messages/count_tokens`, post({ model: "x" })),
      await fetch(`${provider.url}/v1beta/models/gemini-2.5-flash:countTokens`, post({})),
      await fetch(`${provider.url}/v1/models`),
      await fetch(`${provider.url}/api/hello`, { method: "HEAD" }),
    ].map(({ status }) => status);
    expect(statuses).toEqual([200, 200, 200, 200]);
    expect(pool.snapshot().used.calls).toBe(0);
  });

  it("embeddings have a price for what goes in", async () => {
    const { pool, fetch } = metered();
    const client = new OpenAI({ apiKey: "key", baseURL: `${provider.url}/v1`, fetch });
    const model = "text-embedding-3-small";
    const answer = await client.embeddings.create({ model, input: ["one", "two"] });
    expect(answer.data[0]?.embedding.length).toBe(8);
    await expectEqualBooks(pool, provider);
  });

  it("Gemini's stream as one array of JSON", async () => {
    const { pool, fetch } = metered();
    const url = `${provider.url}/v1beta/models/gemini-2.5-flash:streamGenerateContent`;
    const answer = await fetch(
      url,
      post({ contents: [{ role: "user", parts: [{ text: "Hi" }] }] }),
    );
    expect(Array.isArray(await answer.json())).toBe(true);
    await expectEqualBooks(pool, provider);
  });

  it("a packed answer is read too", async () => {
    const { pool, chat } = metered();
    provider.behave(() => ({ gzip: true }));
    expect(await (await chat()).json()).toHaveProperty("choices");
    await expectEqualBooks(pool, provider);
  });
});

describe("requests that never arrive", () => {
  it("a connection that cannot be made is released", async () => {
    const { pool, fetch, reports } = metered();
    const closed = await SimulatedProvider.start();
    const url = `${closed.url}/v1/chat/completions`;
    await closed.close();
    await expect(fetch(url, post(CHAT))).rejects.toThrow("fetch failed");
    expect(reports[0]?.outcome).toBe("released");
    expect(pool.snapshot().openReservations).toBe(0);
  });

  it("a caller who has gone before is not asked for", async () => {
    const { pool, fetch } = metered();
    const signal = AbortSignal.abort(new Error("gone"));
    const url = `${provider.url}/v1/chat/completions`;
    await expect(fetch(url, { ...post(CHAT), signal })).rejects.toThrow("gone");
    expect(provider.requests.length).toBe(0);
    expect(pool.snapshot()).toMatchObject({ openReservations: 0, used: { calls: 0 } });
  });

  it("a caller who goes while waiting for room leaves nothing behind", async () => {
    const { pool, fetch } = metered(0.005, { wait: true });
    const hold = pool.reserve({ usd: 0.005 });
    const controller = new AbortController();
    const url = `${provider.url}/v1/chat/completions`;
    const waiting = fetch(url, { ...post(CHAT), signal: controller.signal });
    setTimeout(() => {
      controller.abort(new Error("gone"));
    }, 5);
    await expect(waiting).rejects.toThrow("gone");
    hold.release();
    expect(pool.snapshot().openReservations).toBe(0);
    expect(provider.requests.length).toBe(0);
  });

  it("F43: a time out after the request was sent is booked as it was held", async () => {
    const { pool, fetch, reports } = metered();
    provider.behave(() => ({ hang: true }));
    const url = `${provider.url}/v1/chat/completions`;
    const signal = AbortSignal.timeout(50);
    await expect(fetch(url, { ...post(CHAT), signal })).rejects.toThrow(/timeout/);
    expect(reports[0]?.outcome).toBe("unknown");
    await expectBooksCover(pool, provider);
  });

  it("F43: in a store it is marked, and can be amended when the bill comes", async () => {
    const pool = await new BudgetStore(new MemoryStore()).pool("run", { caps: { usd: 5 } });
    const reports: ExchangeReport[] = [];
    const fetch = meteredFetch(pool, { onExchange: (report) => reports.push(report) });
    provider.behave(() => ({ loseAnswer: true }));
    await expect(fetch(`${provider.url}/v1/chat/completions`, post(CHAT))).rejects.toThrow();
    const id = reports[0]?.id ?? "";
    expect((await pool.snapshot()).unknown.usd).toBeGreaterThan(0);
    await pool.amend(id, { inputTokens: 9, outputTokens: 20, usd: 0.000_02 });
    expect((await pool.snapshot()).used.usd).toBe(0.000_02);
  });
});

describe("answers", () => {
  it("pass byte for byte, with their status, headers and address", async () => {
    const { chat } = metered();
    const body = { stream: true, stream_options: { include_usage: true }, max_tokens: 5000 };
    const [bare, answer] = [
      await fetch(`${provider.url}/v1/chat/completions`, post({ ...CHAT, ...body })),
      await chat(body),
    ];
    expect(answer.url).toBe(bare.url);
    expect([answer.status, answer.statusText]).toEqual([200, "OK"]);
    expect(answer.headers.get("content-type")).toBe(bare.headers.get("content-type"));
    // The words and the id of an answer go by the number of its request.
    const [one, other] = [await bare.text(), await answer.text()];
    expect(other.replaceAll("sim-1", "sim-0").split("\n").length).toBeGreaterThan(5);
    expect(other).toContain('"choices":[]');
    expect(one).toContain('"choices":[]');
  });

  it("do not show usage that the caller has not asked for", async () => {
    const { chat, pool } = metered();
    const text = await (await chat({ stream: true })).text();
    expect(provider.requests[0]?.body).toMatchObject({ stream_options: { include_usage: true } });
    expect(text).not.toContain('"choices":[]');
    expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
    await expectEqualBooks(pool, provider);
  });

  it("that nobody reads are settled when nobody can read them any more", async () => {
    const { chat, pool, reports } = metered();
    await (async () => {
      await chat({ max_tokens: 100 });
    })();
    expect(pool.snapshot().openReservations).toBe(1);
    await vi.waitFor(async () => {
      await collectGarbage();
      expect(reports.length).toBe(1);
    });
    await expectBooksCover(pool, provider);
  });

  it("can be cloned", async () => {
    const { chat, pool } = metered();
    const answer = await chat();
    const [one, other] = await Promise.all([answer.clone().text(), answer.text()]);
    expect(one).toBe(other);
    await expectEqualBooks(pool, provider);
  });
});

describe("requests", () => {
  it("are read in every form in which fetch takes them", async () => {
    const { pool, fetch } = metered();
    const url = `${provider.url}/v1/chat/completions`;
    const json = JSON.stringify(CHAT);
    const headers = { "content-type": "application/json", "content-length": String(json.length) };
    const forms: readonly [Parameters<typeof fetch>[0], RequestInit?][] = [
      [url, post(CHAT)],
      [new URL(url), post(CHAT)],
      [new Request(url, post(CHAT))],
      [new Request(url, { method: "POST" }), { body: json, headers }],
      [url, { method: "post", body: new TextEncoder().encode(json), headers }],
      [url, { method: "POST", body: new Blob([json]) }],
    ];
    for (const [input, init] of forms) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const answer = await fetch(input, init);
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect([answer.status, typeof (await answer.text())]).toEqual([200, "string"]);
    }
    expect(provider.requests.map(({ body }) => body)).toEqual(
      forms.map(() => expect.objectContaining({ ...CHAT })),
    );
    await expectEqualBooks(pool, provider);
  });

  it("that are no JSON, or name no model, are refused", async () => {
    const { fetch } = metered();
    const url = `${provider.url}/v1/chat/completions`;
    for (const body of ["", "{", "[]", '"text"', "null", "{}"]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const answer = await fetch(url, { method: "POST", body });
      expect(answer.status).toBe(400);
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect(await answer.json()).toMatchObject({ error: { code: "request_unreadable" } });
    }
    expect(provider.requests.length).toBe(0);
  });
});

describe("options", () => {
  it("that do not exist or are not allowed are errors", () => {
    const pool = new BudgetPool();
    const wrong: readonly [object, RegExp][] = [
      [{ clamp: true }, /Unknown key "clamp"/],
      [{ outputTokensMax: 0 }, /outputTokensMax/],
      [{ outputTokensMin: 9000 }, /outputTokensMin/],
      [{ unknownModel: "free" }, /"refuse" or "tokens only"/],
      [{ estimate: 5 }, /estimate/],
      [{ wait: 5 }, /wait/],
      [{ onExchange: 1 }, /onExchange/],
      [{ tokenizer: "gpt" }, /tokenizer/],
      [{ prices: {} }, /PriceBook/],
    ];
    for (const [options, message] of wrong)
      expect(() => meteredFetch(pool, options)).toThrow(message);
    // @ts-expect-error -- no pool
    expect(() => meteredFetch({})).toThrow(/pool/);
  });

  it("a tokenizer tightens the bound", async () => {
    const { chat, reports } = metered(5, { tokenizer: (text) => Math.ceil(text.length / 3) });
    const messages = [{ role: "user", content: "words ".repeat(1000) }];
    await (await chat({ messages })).text();
    expect(reports[0]?.held?.inputTokens).toBeLessThan(2500);
  });

  it("an error of the caller's own code reaches the caller, and holds nothing", async () => {
    const { chat, pool } = metered(5, {
      estimate: () => {
        throw new Error("my own");
      },
    });
    await expect(chat()).rejects.toThrow("my own");
    expect(pool.snapshot().openReservations).toBe(0);
  });

  it("a store that is closed answers 503 in the provider's shape, and nothing is spent", async () => {
    const store = new BudgetStore(new MemoryStore());
    const pool = await store.pool("run", { caps: { usd: 5 } });
    await store.close();
    const answer = await meteredFetch(pool)(`${provider.url}/v1/messages`, post(CHAT));
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({
      error: { details: { error_code: "store_unavailable" } },
    });
    expect(provider.requests.length).toBe(0);
  });
});

describe("budgetExceededFrom", () => {
  it("finds a refusal in errors that wrap it, and nothing in others", async () => {
    const { chat } = metered(0);
    const text = await (await chat()).text();
    const deep = new Error("outer", { cause: new AggregateError([{ lastError: { body: text } }]) });
    expect(budgetExceededFrom(deep)).toMatchObject({ code: "BUDGET_EXCEEDED", cap: 0 });
    const loop: { cause?: unknown } = {};
    loop.cause = loop;
    for (const other of [undefined, null, 5, "budget_exceeded {", new Error("no"), loop, {}])
      expect(budgetExceededFrom(other)).toBeUndefined();
  });
});
