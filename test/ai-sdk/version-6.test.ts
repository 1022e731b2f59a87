// The same middleware in version 6 of the SDK, with the packages of its time.

import { generateText, stepCountIs, streamText, tool, wrapLanguageModel, jsonSchema } from "ai-6";
import type { LanguageModelMiddleware } from "ai-6";
import { createAnthropic } from "ai-sdk-anthropic-3";
import { createOpenAI } from "ai-sdk-openai-3";
import { describe, expect, expectTypeOf, it } from "vitest";

import { budgetMiddleware } from "../../src/ai-sdk/index.ts";
import { BudgetExceeded, BudgetPool } from "../../src/index.ts";
import type { ExchangeReport } from "../../src/meter/index.ts";
import { expectEqualBooks } from "../meter/books.ts";
import { startProvider } from "../meter/provider.ts";

const provider = await startProvider();

function metered(name: string, usd = 5) {
  const pool = new BudgetPool({ caps: { usd } });
  const reports: ExchangeReport[] = [];
  const onExchange = (report: ExchangeReport): number => reports.push(report);
  const about = { apiKey: "key", fetch: provider.fetch };
  const model = wrapLanguageModel({
    model: name.startsWith("claude") ? createAnthropic(about)(name) : createOpenAI(about)(name),
    middleware: budgetMiddleware(pool, { onExchange }),
  });
  return { pool, reports, model };
}

const weather = tool({
  description: "Weather at a place",
  inputSchema: jsonSchema<{ place: string }>({
    type: "object",
    properties: { place: { type: "string" } },
    required: ["place"],
    additionalProperties: false,
  }),
  execute: () => Promise.resolve("sunny"),
});

describe.each(["gpt-4o-mini", "claude-sonnet-4-5"])("ai 6 with %s", (name) => {
  it("budgetMiddleware is a middleware by the own type of ai 6", () => {
    expectTypeOf(budgetMiddleware(new BudgetPool())).toExtend<LanguageModelMiddleware>();
  });

  it("whole and streamed, caches and reasoning: the books equal the bill", async () => {
    const { pool, reports, model } = metered(name);
    provider.behave(() => ({ cachedTokens: 5, reasoningTokens: 9 }));
    expect((await generateText({ model, prompt: "Hello to you" })).text).not.toBe("");
    let text = "";
    for await (const piece of streamText({ model, prompt: "Hello" }).textStream) text += piece;
    expect(text).not.toBe("");
    await expectEqualBooks(pool, provider);
    expect(reports.map(({ outcome }) => outcome)).toEqual(["used", "used"]);
  });

  it("tools: every step is a call of its own", async () => {
    const { pool, model } = metered(name);
    provider.behave(({ index }) => ({ tool: index === 0 }));
    await generateText({ model, prompt: "?", tools: { weather }, stopWhen: stepCountIs(3) });
    expect(pool.snapshot().used.calls).toBe(2);
    await expectEqualBooks(pool, provider);
  });

  it("a refusal is the BudgetExceeded itself, and no request", async () => {
    const { model } = metered(name, 0.000_001);
    const error: unknown = await generateText({ model, prompt: "Hello" }).catch(
      (thrown: unknown) => thrown,
    );
    expect(BudgetExceeded.is(error)).toBe(true);
    expect(provider.requests).toEqual([]);
  });
});
