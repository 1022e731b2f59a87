import { createAnthropic } from "@ai-sdk/anthropic";
import { createGoogle } from "@ai-sdk/google";
import { createOpenAI } from "@ai-sdk/openai";
import {
  generateObject,
  generateText,
  jsonSchema,
  Output,
  stepCountIs,
  streamObject,
  streamText,
  tool,
  wrapLanguageModel,
} from "ai";
import type { LanguageModelMiddleware } from "ai";
import { describe, expect, expectTypeOf, it } from "vitest";

import { budgetMiddleware } from "../../src/ai-sdk/index.ts";
import type { MeterOptions } from "../../src/ai-sdk/index.ts";
import { BudgetExceeded, BudgetPool } from "../../src/index.ts";
import { CannotMeter } from "../../src/meter/index.ts";
import type { ExchangeReport } from "../../src/meter/index.ts";
import { PriceUnknown } from "../../src/prices/index.ts";
import { expectBooksCover, expectEqualBooks } from "../meter/books.ts";
import { startProvider } from "../meter/provider.ts";

const provider = await startProvider();

const MODELS = ["gpt-4o-mini", "claude-sonnet-4-5", "gemini-2.5-flash"] as const;

function modelNamed(name: string) {
  const about = { apiKey: "key", baseURL: `${provider.url}/v1` };
  if (name.startsWith("claude")) return createAnthropic(about)(name);
  return name.startsWith("gemini") ? createGoogle(about)(name) : createOpenAI(about)(name);
}

function metered(name: string, usd = 5, options: MeterOptions = {}) {
  const pool = new BudgetPool({ caps: { usd } });
  const reports: ExchangeReport[] = [];
  const onExchange = (report: ExchangeReport): number => reports.push(report);
  const model = wrapLanguageModel({
    model: modelNamed(name),
    middleware: budgetMiddleware(pool, { onExchange, ...options }),
  });
  return { pool, reports, model };
}

const place = {
  schema: jsonSchema<{ place: string }>({
    type: "object",
    properties: { place: { type: "string" } },
    required: ["place"],
    additionalProperties: false,
  }),
};

const weather = tool({
  description: "Weather at a place",
  inputSchema: place.schema,
  execute: () => Promise.resolve("sunny"),
});

describe("budgetMiddleware", () => {
  it("budgetMiddleware is a middleware by the SDK's own type", () => {
    expectTypeOf(budgetMiddleware(new BudgetPool())).toExtend<LanguageModelMiddleware>();
  });

  for (const name of MODELS) {
    describe(`with ${name}`, () => {
      it("generateText: the books equal the bill", async () => {
        const { pool, model, reports } = metered(name);
        provider.behave(() => ({ cachedTokens: 5, reasoningTokens: 9 }));
        expect((await generateText({ model, prompt: "Hello to you" })).text).not.toBe("");
        await expectEqualBooks(pool, provider);
        expect(reports[0]).toMatchObject({ outcome: "used", wire: "ai-sdk", model: name });
      });

      it("streamText: the books equal the bill, and the text is that of the provider", async () => {
        const { pool, model } = metered(name);
        provider.behave(() => ({ text: "Nothing is lost on the way." }));
        let text = "";
        for await (const piece of streamText({ model, prompt: "Hello" }).textStream) text += piece;
        expect(text).toBe("Nothing is lost on the way.");
        await expectEqualBooks(pool, provider);
      });

      it("objects, whole and as a stream: the books equal the bill", async () => {
        const { pool, model } = metered(name);
        const output = Output.object(place);
        const whole = await generateText({ model, prompt: "Where?", output });
        expect(whole.output).toEqual({ place: "some text" });
        const streamed = streamText({ model, prompt: "Where?", output });
        expect(await streamed.output).toEqual({ place: "some text" });
        const { schema } = place;
        const older = await generateObject({ model, prompt: "Where?", schema });
        expect(older.object).toEqual({ place: "some text" });
        const parts = streamObject({ model, prompt: "Where?", schema });
        let last: unknown;
        for await (const part of parts.partialObjectStream) last = part;
        expect(last).toEqual({ place: "some text" });
        expect(pool.snapshot().used.calls).toBe(4);
        await expectEqualBooks(pool, provider);
      });

      it("tools: every step is a call of its own", async () => {
        const { pool, model } = metered(name);
        provider.behave(({ index }) => ({ tool: index === 0 }));
        const stopWhen = stepCountIs(3);
        await generateText({ model, prompt: "Weather?", tools: { weather }, stopWhen });
        expect(pool.snapshot().used.calls).toBe(2);
        await expectEqualBooks(pool, provider);
      });

      it("a refusal is the BudgetExceeded itself, and no request", async () => {
        const { pool, model, reports } = metered(name, 0.000_001);
        const error: unknown = await generateText({ model, prompt: "Hello" }).catch(
          (thrown: unknown) => thrown,
        );
        expect(BudgetExceeded.is(error)).toBe(true);
        let failure: unknown;
        const onError = (event: { error: unknown }): void => {
          failure = event.error;
        };
        await streamText({ model, prompt: "Hello", onError }).consumeStream();
        expect(BudgetExceeded.is(failure)).toBe(true);
        expect(provider.requests.length).toBe(0);
        expect(pool.snapshot().openReservations).toBe(0);
        expect(reports.map(({ outcome }) => outcome)).toEqual(["refused", "refused"]);
      });

      it("an output limit is lowered to the room that is left", async () => {
        const { pool, model } = metered(name, 0.01);
        provider.behave(() => ({ outputTokens: 100_000 }));
        await generateText({ model, prompt: "Hello" });
        await expectEqualBooks(pool, provider);
        expect(provider.total.nanoUsd).toBeLessThanOrEqual(10_000_000n);
      });

      it("errors are released; answers that are lost, aborted or cut are booked", async () => {
        const { pool, model, reports } = metered(name);
        const ask = () => generateText({ model, prompt: "Hi", maxRetries: 0 });
        provider.behave(() => ({ status: 400 }));
        await expect(ask()).rejects.toThrow("simulated status 400");
        expect(pool.snapshot().used.calls).toBe(0);
        provider.behave(() => ({ loseAnswer: true }));
        await expect(ask()).rejects.toThrow(/Cannot connect|fetch failed/);
        provider.behave(() => ({ outputTokens: 400, cutAfter: 3 }));
        const cut = streamText({ model, prompt: "Hi", maxRetries: 0, onError: () => undefined });
        await cut.consumeStream();
        provider.behave(() => ({ outputTokens: 900, delayMs: 1 }));
        const controller = new AbortController();
        const { textStream } = streamText({
          model,
          prompt: "Hi",
          abortSignal: controller.signal,
          onError: () => undefined,
        });
        let text = "";
        for await (const piece of textStream) {
          text += piece;
          if (text.length > 20) controller.abort();
        }
        await expectBooksCover(pool, provider);
        expect(reports.map(({ outcome }) => outcome)).toEqual([
          "released",
          "unknown",
          "bounded",
          "bounded",
        ]);
      });
    });
  }

  it("F46: an attempt that fails is released, and the next one held by itself", async () => {
    const { pool, model, reports } = metered("gpt-4o-mini");
    provider.behave(({ index }) => ({ ...(index === 0 && { status: 503 }) }));
    await generateText({ model, prompt: "Hi", maxRetries: 1 });
    expect(reports.map(({ outcome }) => outcome)).toEqual(["released", "used"]);
    await expectEqualBooks(pool, provider);
  }, 10_000);

  it("a model without a price, a tool of the provider, no budget: errors that say so", async () => {
    const error = async (asked: Promise<unknown>): Promise<unknown> =>
      asked.catch((thrown: unknown) => thrown);
    const { model: unknown } = metered("gpt-nobody");
    expect(PriceUnknown.is(await error(generateText({ model: unknown, prompt: "Hi" })))).toBe(true);
    const { model } = metered("gpt-4o-mini");
    const tools = { search: createOpenAI({ apiKey: "key" }).tools.webSearch() };
    expect(CannotMeter.is(await error(generateText({ model, prompt: "Hi", tools })))).toBe(true);
    const none = wrapLanguageModel({
      model: createOpenAI({ apiKey: "key" })("gpt-4o"),
      middleware: budgetMiddleware(() => undefined),
    });
    expect(await error(generateText({ model: none, prompt: "Hi" }))).toMatchObject({
      code: "CANNOT_METER",
      reason: "budget_missing",
    });
    expect(provider.requests.length).toBe(0);
  });

  it("budgetMiddleware bounds images, and holds the context window for other files", async () => {
    const { model, reports } = metered("gpt-4o-mini");
    const ask = (mediaType: string) =>
      generateText({
        model,
        messages: [
          {
            role: "user",
            content: [{ type: "file", data: new Uint8Array(100_000), mediaType }],
          },
        ],
      });
    await ask("image/png");
    await ask("application/pdf");
    const held = reports.map((report) => report.held?.inputTokens ?? 0);
    expect(held[0]).toBeLessThan(60_000);
    expect(held[0]).toBeGreaterThan(48_169);
    expect(held[1]).toBe(128_000);
  });
});
