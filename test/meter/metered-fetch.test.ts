import { describe, expect, it, vi } from "vitest";

import { BudgetPool } from "../../src/index.ts";
import { budgetExceededFrom, meteredFetch } from "../../src/meter/index.ts";
import { BudgetStore, MemoryStore } from "../../src/stores/index.ts";
import { collectGarbage } from "../support/heap.ts";
import { expectBooksCover, expectEqualBooks } from "./books.ts";
import { ANTHROPIC_URL, CHAT, CHAT_URL, meteredBy, post } from "./metered.ts";
import { startProvider } from "./provider.ts";

const provider = await startProvider();
const metered = meteredBy(provider);

describe("answers", () => {
  it("answers pass through a metered fetch byte for byte, with their status, headers and address", async () => {
    const { chat } = metered();
    const body = { stream: true, stream_options: { include_usage: true }, max_tokens: 5000 };
    const [bare, answer] = [
      await provider.fetch(CHAT_URL, post({ ...CHAT, ...body })),
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

  it("responses do not contain usage that the caller did not request", async () => {
    const { chat, pool } = metered();
    const text = await (await chat({ stream: true })).text();
    expect(provider.requests[0]?.body).toMatchObject({ stream_options: { include_usage: true } });
    expect(text).not.toContain('"choices":[]');
    expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
    await expectEqualBooks(pool, provider);
  });

  it("answers that no one reads are settled when no one can read them", async () => {
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

  it("answers of a metered fetch can be cloned", async () => {
    const { chat, pool } = metered();
    const answer = await chat();
    const [one, other] = await Promise.all([answer.clone().text(), answer.text()]);
    expect(one).toBe(other);
    await expectEqualBooks(pool, provider);
  });
});

describe("requests", () => {
  it("a metered fetch reads requests in every form in which fetch takes them", async () => {
    const { pool, fetch } = metered();
    const url = CHAT_URL;
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
      const answer = await fetch(input, init);
      expect([answer.status, typeof (await answer.text())]).toEqual([200, "string"]);
    }
    expect(provider.requests.map(({ body }) => body)).toEqual(
      forms.map(() => expect.objectContaining({ ...CHAT })),
    );
    await expectEqualBooks(pool, provider);
  });

  it("requests stay within the limits of the counting endpoint", async () => {
    const { fetch, chat } = metered();
    const url = CHAT_URL;
    const body = new Blob([JSON.stringify(CHAT)], { type: "application/json" });
    await (await fetch(url, { method: "POST", body })).text();
    expect(provider.requests[0]?.headers["content-type"]).toBe("application/json");
    for (const more of [{ n: 2 ** 50, max_tokens: 2 ** 40 }, { n: 2 ** 52 }]) {
      const answer = await chat(more);
      expect([answer.status, provider.requests.length]).toEqual([400, 1]);
      await answer.text();
    }
    const { chat: wrong } = metered(5, { estimate: () => ({ inputTokens: Number.NaN }) });
    expect((await wrong()).status).toBe(400);
  });

  it("requests that are not JSON, or name no model, are refused", async () => {
    const { fetch } = metered();
    const url = CHAT_URL;
    for (const body of ["", "{", "[]", '"text"', "null", "{}"]) {
      const answer = await fetch(url, { method: "POST", body });
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ error: { code: "request_unreadable" } });
    }
    expect(provider.requests.length).toBe(0);
  });
});

describe("options", () => {
  it("meter options that do not exist or are not allowed are errors", () => {
    const pool = new BudgetPool();
    const wrong: readonly [object, RegExp][] = [
      [{ clamp: true }, /Unknown key "clamp"/],
      [{ outputTokensMax: 0 }, /outputTokensMax/],
      [{ outputTokensMin: 9000 }, /outputTokensMin/],
      [{ unknownModel: "free" }, /"refuse" or "dearest" or "tokens only"/],
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
    const answer = await meteredFetch(pool, { fetch: provider.fetch })(
      `${ANTHROPIC_URL}/v1/messages`,
      post({ ...CHAT, model: "claude-haiku-4-5" }),
    );
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({
      error: { details: { error_code: "store_unavailable" } },
    });
    expect(provider.requests.length).toBe(0);
  });
});

describe("budgetExceededFrom", () => {
  it("budgetExceededFrom finds a refusal in errors that wrap it, and nothing in others", async () => {
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

describe("requests that are signed", () => {
  const url =
    "https://bedrock-runtime.us-east-1.amazonaws.com/model/amazon.nova-pro-v1%3A0/converse";
  const body = JSON.stringify({ messages: [{ role: "user", content: [{ text: "Hi" }] }] });
  const usage = { inputTokens: 3, outputTokens: 2, totalTokens: 5 };

  async function ask(usd: number, authorization: string): Promise<[number, string[]]> {
    const sent: string[] = [];
    const fetch = meteredFetch(new BudgetPool({ caps: { usd } }), {
      fetch: (_input, init) => {
        sent.push(typeof init?.body === "string" ? init.body : "");
        return Promise.resolve(Response.json({ output: {}, usage }));
      },
    });
    const answer = await fetch(url, { method: "POST", body, headers: { authorization } });
    return [answer.status, sent];
  }

  it("signed requests pass as they are, or are refused where a limit would have to be written", async () => {
    const signature = "AWS4-HMAC-SHA256 Credential=AKIA/20261126/us-east-1/bedrock/aws4_request";
    expect(await ask(100, signature)).toEqual([200, [body]]);
    expect(await ask(0.1, signature)).toEqual([402, []]);
    const [status, sent] = await ask(0.1, "Bearer key");
    expect(status).toBe(200);
    expect(sent[0]).toContain('"maxTokens"');
  });
});
