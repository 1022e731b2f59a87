import { describe, expect, it } from "vitest";

import { BudgetPool } from "../../src/index.ts";
import { meteredFetch } from "../../src/meter/index.ts";
import { priceBook } from "../../src/prices/index.ts";
import { expectBooksCover, expectEqualBooks } from "./books.ts";
import { CHAT, CHAT_URL, meteredBy, OPENAI_URL, post } from "./metered.ts";
import { startProvider } from "./provider.ts";

const provider = await startProvider();
const metered = meteredBy(provider);

describe("the cap", () => {
  for (const wait of [false, true]) {
    it(`F40: 500 calls at once without a limit never cost more than $0.05, wait: ${wait}`, async () => {
      const { pool, chat } = metered(0.05, { wait });
      provider.behave(() => ({ outputTokens: 100_000 }));
      const statuses = await Promise.all(
        Array.from({ length: 500 }, async () => {
          const answer = await chat();
          await answer.text();
          return answer.status;
        }),
      );
      await expectEqualBooks(pool, provider);
      expect(provider.total.nanoUsd).toBeLessThanOrEqual(50_000_000n);
      expect(new Set(statuses)).toEqual(new Set([200, 402]));
      expect(provider.requests.length).toBe(statuses.filter((status) => status === 200).length);
    });
  }

  it("F10: all calls run that fit one after another, whatever they hold", async () => {
    const { pool, chat } = metered(0.006);
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

  it("a call is limited to the remaining room, and refused below a useful minimum", async () => {
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

  it("a call with `clampOutput: false` keeps its limit, and is refused if it does not fit", async () => {
    const { chat } = metered(0.001, { clampOutput: false });
    expect((await chat({ max_tokens: 4096 })).status).toBe(402);
    expect((await chat({ max_tokens: 100 })).status).toBe(200);
    expect(provider.requests[0]?.body).toEqual({ ...CHAT, max_tokens: 100 });
  });

  it("a hold covers every requested choice", async () => {
    const { pool, chat, reports } = metered(0.01);
    provider.behave(() => ({ outputTokens: 1000 }));
    await (await chat({ n: 4, max_tokens: 1000 })).text();
    expect(reports[0]?.held?.outputTokens).toBe(4000);
    await expectEqualBooks(pool, provider);
    expect(provider.total.outputTokens).toBe(4000);
  });

  it("F57: an answer over the cap is returned, and the next call is refused", async () => {
    const { pool, chat, reports } = metered(0.005, {
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
    it(`an answer over the cap is booked under the policy "${overage}"`, async () => {
      const pool = new BudgetPool({ caps: { usd: 0.01 }, overage });
      const fetch = meteredFetch(pool, {
        fetch: provider.fetch,
        estimate: () => ({ inputTokens: 1, outputTokens: 1 }),
      });
      provider.behave(() => ({ outputTokens: 30_000 }));
      await (await fetch(CHAT_URL, post(CHAT))).text();
      await expectEqualBooks(pool, provider);
    });
  }
});

describe("unknown models and services", () => {
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

  it("a model without a price passes for tokens only where that is written out", async () => {
    const { pool, fetch } = metered(0.01, { unknownModel: "tokens only" });
    const url = CHAT_URL;
    await (await fetch(url, post({ ...CHAT, model: "somebodys-own" }))).text();
    expect(provider.requests.length).toBe(1);
    expect(pool.snapshot().used.usd).toBe(0);
  });

  it("a request that may cost something and is not read is refused, unless it is allowed", async () => {
    const { fetch } = metered();
    const url = `${OPENAI_URL}/v1/images/variations`;
    const refused = await fetch(url, post({ prompt: "a" }));
    expect([refused.status, provider.requests.length]).toEqual([400, 0]);
    const passing = meteredFetch(new BudgetPool(), { fetch: provider.fetch, unmetered: "pass" });
    await passing(url, post({ prompt: "a" }));
    expect(provider.requests.length).toBe(1);
  });

  it("tools that the provider runs are refused, unless there is an estimate or a window is held", async () => {
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
    const { chat: over, reports: roomy } = metered(5, { unbounded: "overage" });
    await (await over(search)).text();
    expect(roomy[0]?.held?.inputTokens).toBe(128_000);
    // With $0.02 a window of $0.0192 is held as far as half of the room allows.
    const { chat: small, reports: short } = metered(0.02, { unbounded: "overage" });
    await (await small({ ...search, max_tokens: 100 })).text();
    expect(short[0]?.held?.usd).toBeGreaterThan(0.0095);
    expect(short[0]?.held?.usd).toBeLessThan(0.0105);
  });

  it("a file holds the context window, and an image its documented bound", async () => {
    const { chat, reports } = metered();
    const content = (part: object): object => ({ messages: [{ role: "user", content: [part] }] });
    await (await chat(content({ type: "file", file: { file_id: "f" } }))).text();
    const image_url = { url: `data:image/png;base64,${"A".repeat(500_000)}` };
    await (await chat({ ...content({ type: "image_url", image_url }), model: "gpt-4o" })).text();
    const [file, image] = reports.map(({ held }) => held?.inputTokens ?? 0);
    expect(file).toBe(128_000);
    // 85 and 8 tiles of 170, the most that an image has whose size is not known.
    expect(image).toBeGreaterThan(1445);
    expect(image).toBeLessThan(2000);
  });

  it("F49: a price that changes between hold and commit is that of the hold", async () => {
    let book = priceBook;
    const prices = {
      find: (...about: Parameters<typeof book.find>) => book.find(...about),
      findOwn: (...about: Parameters<typeof book.findOwn>) => book.findOwn(...about),
      findListed: (...about: Parameters<typeof book.findListed>) => book.findListed(...about),
    };
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a book is only asked to find
    const { pool, chat } = metered(5, { prices: prices as unknown as typeof priceBook });
    provider.behave(() => {
      book = priceBook.with({ "gpt-4o-mini": { inputTokens: 1000, outputTokens: 1000 } });
      return {};
    });
    await (await chat()).text();
    await expectEqualBooks(pool, provider);
  });

  it("a service without a multiplier is booked as unsure, one with it is priced by it", async () => {
    const { chat: unsure, pool: covered, reports } = metered();
    await (await unsure({ service_tier: "scale", max_tokens: 100 })).text();
    await expectBooksCover(covered, provider);
    expect(reports[0]).toMatchObject({
      outcome: "bounded",
      doubts: ['the price of the service "scale" is unknown'],
    });
    provider.clear();
    const { chat, pool } = metered();
    provider.behave(() => ({ serviceTier: "flex", outputTokens: 1000 }));
    await (await chat({ service_tier: "flex" })).text();
    await provider.idle();
    expect(pool.snapshot().used.usd * 2e9).toBeCloseTo(Number(provider.total.nanoUsd), -1);
  });

  it("an answer at an unpriced service tier is booked at the highest known rate, as unsure", async () => {
    const prices = priceBook.with({
      "gpt-4o-mini": {
        inputTokens: 0.15,
        outputTokens: 0.6,
        multipliers: { flex: 0.5, priority: 2, fast: 3 },
      },
    });
    const { chat, pool, reports } = metered(5, { prices });
    provider.behave(() => ({ serviceTier: "scale" }));
    await (await chat({ max_tokens: 100 })).text();
    await expectBooksCover(pool, provider);
    expect(Number(provider.total.nanoUsd) * 3).toBeCloseTo((reports[0]?.booked?.usd ?? 0) * 1e9, 0);
    expect(reports[0]).toMatchObject({
      outcome: "bounded",
      doubts: ['the price of the service "scale" is unknown'],
    });
  });
});
