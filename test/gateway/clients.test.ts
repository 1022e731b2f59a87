import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import { describe, expect, it } from "vitest";

import { toNanoUsd } from "../../src/core/nano-usd.ts";
import { startProvider } from "../meter/provider.ts";
import { chat, jsonOf, startTestGateway } from "./gateways.ts";

const provider = await startProvider();
const TEXT = "Words with é and 字. ".repeat(5);

async function expectBill(
  store: Awaited<ReturnType<typeof startTestGateway>>["store"],
  path: string,
) {
  await provider.idle();
  const { used, openReservations } = await (await store.pool(path)).snapshot();
  expect(BigInt(toNanoUsd(used.usd))).toBe(provider.total.nanoUsd);
  expect(used.calls).toBe(provider.total.calls);
  expect(openReservations).toBe(0);
}

describe("official clients with a base URL and a key of the gateway", () => {
  for (const base of ["/openai/v1", "/v1"]) {
    it(`OpenAI's client at ${base} is metered by its key of the gateway`, async () => {
      const { store, gateway, keyFor } = await startTestGateway(provider);
      provider.behave(() => ({ text: TEXT }));
      const client = new OpenAI({ apiKey: await keyFor("users/ada"), baseURL: gateway.url + base });
      const messages = [{ role: "user" as const, content: "Hello" }];
      const whole = await client.chat.completions.create({ model: "gpt-4o-mini", messages });
      expect(whole.choices[0]?.message.content).toBe(TEXT);
      const stream = await client.chat.completions.create({
        model: "gpt-4o-mini",
        messages,
        stream: true,
      });
      let text = "";
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
      expect(text).toBe(TEXT);
      const response = await client.responses.create({ model: "gpt-4o-mini", input: "Hello" });
      expect(response.output_text).toBe(TEXT);
      await expectBill(store, "users/ada");
      for (const { headers } of provider.requests)
        expect(headers["authorization"]).toBe("Bearer sk-provider-openai");
    });
  }

  for (const base of ["/anthropic", ""]) {
    it(`Anthropic's client at ${base === "" ? "the bare address" : base} is metered, by x-api-key and by bearer`, async () => {
      const { store, gateway, keyFor } = await startTestGateway(provider);
      provider.behave(() => ({ text: TEXT }));
      const key = await keyFor("users/ada");
      const baseURL = gateway.url + base;
      for (const client of [
        new Anthropic({ apiKey: key, baseURL }),
        new Anthropic({ authToken: key, apiKey: null, baseURL }),
      ]) {
        const ask = {
          model: "claude-haiku-4-5",
          max_tokens: 100,
          messages: [{ role: "user" as const, content: "Hello" }],
        };
        const whole = await client.messages.create(ask);
        expect(whole.content[0]).toMatchObject({ type: "text", text: TEXT });
        expect(await client.messages.stream(ask).finalText()).toBe(TEXT);
      }
      await expectBill(store, "users/ada");
      for (const { headers } of provider.requests) {
        expect(headers["x-api-key"]).toBe("sk-ant-provider");
        expect(headers["authorization"]).toBeUndefined();
      }
    });
  }

  it("Google's client is metered by its key of the gateway", async () => {
    const { store, gateway, keyFor } = await startTestGateway(provider);
    provider.behave(() => ({ text: TEXT }));
    for (const base of ["/google", ""]) {
      const client = new GoogleGenAI({
        apiKey: await keyFor("users/ada"),
        httpOptions: { baseUrl: gateway.url + base },
      });
      const whole = await client.models.generateContent({
        model: "gemini-2.5-flash",
        contents: "Hi",
      });
      expect(whole.text).toBe(TEXT);
    }
    await expectBill(store, "users/ada");
    for (const { headers } of provider.requests)
      expect(headers["x-goog-api-key"]).toBe("AIza-provider");
  });
});

describe("a budget for each", () => {
  it("a key draws from its pool, made from its template, and the response reports the remainder", async () => {
    const { store, ask, keyFor } = await startTestGateway(provider);
    const ada = await keyFor("users/ada", { name: "ada@example" });
    const first = await ask("/openai/v1/chat/completions", ada, chat());
    expect(first.status).toBe(200);
    expect(first.headers.get("ratelimit-policy")).toBe('"usd";q=1000000;qu="micro-usd";w=86400');
    expect(first.headers.get("ratelimit")).toMatch(/^"usd";r=\d+;t=\d+$/);
    const budget = await jsonOf<{ limits: { usd: { remaining: number } } }>(
      await ask("/budget", ada),
    );
    expect(budget).toMatchObject({ pool: "users/ada", limits: { usd: { cap: 1 } }, frozen: false });
    expect(budget.limits.usd.remaining).toBeLessThan(1);
    const [entry] = await (await store.pool("users/ada")).ledger();
    expect(entry).toMatchObject({ label: "ada@example", model: "gpt-4o-mini" });
  });

  it("a call that does not fit is refused, and the provider gets no request", async () => {
    const { store, ask, keyFor } = await startTestGateway(provider);
    const ada = await keyFor("users/ada");
    await (await store.pool("users/ada")).record({ usd: 1 });
    const refused = await ask("/openai/v1/chat/completions", ada, chat());
    expect(refused.status).toBe(402);
    expect(refused.headers.get("ratelimit")).toMatch(/^"usd";r=0;/);
    expect((await jsonOf<{ error: { code: string } }>(refused)).error.code).toBe("budget_exceeded");
    expect(provider.requests).toHaveLength(0);
  });

  it("a pool without a cap spends nothing, unless that is allowed", async () => {
    const { store, ask, keyFor } = await startTestGateway(provider);
    const key = await keyFor("nobody/has/capped/this");
    const refused = await ask("/openai/v1/chat/completions", key, chat());
    expect(refused.status).toBe(402);
    expect((await jsonOf<{ error: { code: string } }>(refused)).error.code).toBe("budget_missing");
    await (await store.pool("nobody/has")).configure({ caps: { usd: 1 } });
    expect((await ask("/openai/v1/chat/completions", key, chat())).status).toBe(200);
    const open = await startTestGateway(provider, { allowsUncapped: true });
    const other = await open.keyFor("free");
    expect((await open.ask("/openai/v1/chat/completions", other, chat())).status).toBe(200);
  });

  it("a deleted pool is created again from its template", async () => {
    const { store, ask, keyFor } = await startTestGateway(provider);
    const ada = await keyFor("users/ada");
    expect((await ask("/openai/v1/chat/completions", ada, chat())).status).toBe(200);
    await store.delete("users/ada");
    const statuses = [];
    for (let time = 0; time < 3; time++)
      statuses.push((await ask("/openai/v1/chat/completions", ada, chat())).status);
    expect(statuses.at(-1)).toBe(200);
    expect((await (await store.pool("users/ada")).snapshot()).caps).toEqual({ usd: 1 });
  });

  it("a gateway with slices decides locally, and the books equal the bill", async () => {
    const { store, ask, keyFor } = await startTestGateway(provider, { slices: true });
    const ada = await keyFor("users/ada");
    const calls = Array.from({ length: 20 }, () => ask("/openai/v1/chat/completions", ada, chat()));
    const statuses = (await Promise.all(calls)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200]));
    await provider.idle();
    const pool = await store.pool("users/ada");
    const used = async () => BigInt(toNanoUsd((await pool.snapshot()).used.usd));
    await expect.poll(used, { timeout: 20_000 }).toBe(provider.total.nanoUsd);
  });
});
