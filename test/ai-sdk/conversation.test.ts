// A call of the AI SDK that goes on where an earlier one ended is bounded by what was counted.

import { createAnthropic } from "@ai-sdk/anthropic";
import { createGoogle } from "@ai-sdk/google";
import { createOpenAI } from "@ai-sdk/openai";
import { generateText, stepCountIs, streamText, tool, jsonSchema, wrapLanguageModel } from "ai";
import type { ModelMessage } from "ai";
import { describe, expect, it } from "vitest";

import { budgetMiddleware } from "../../src/ai-sdk/index.ts";
import { sdkConversation } from "../../src/ai-sdk/conversation.ts";
import { BudgetPool } from "../../src/index.ts";
import type { ExchangeReport } from "../../src/meter/index.ts";
import { expectEqualBooks } from "../meter/books.ts";
import { startProvider } from "../meter/provider.ts";

const provider = await startProvider();
/** Models, and caps in dollars that a first call takes a good part of. */
const MODELS = [
  ["gpt-4o-mini", 0.02],
  ["claude-sonnet-4-5", 0.5],
  ["gemini-2.5-flash", 0.05],
] as const;
const LONG = "It was a bright cold day in April, and the clocks were striking. ".repeat(800);

function modelNamed(name: string) {
  const about = { apiKey: "key", baseURL: `${provider.url}/v1` };
  if (name.startsWith("claude")) return createAnthropic(about)(name);
  // Responses keep items, to which a later step refers: such a reference may be anything.
  return name.startsWith("gemini") ? createGoogle(about)(name) : createOpenAI(about).chat(name);
}

function metered(name: string, usd: number) {
  const pool = new BudgetPool({ caps: { usd } });
  const reports: ExchangeReport[] = [];
  const model = wrapLanguageModel({
    model: modelNamed(name),
    middleware: budgetMiddleware(pool, { clampOutput: false, onExchange: (r) => reports.push(r) }),
  });
  /** Leaves as much room as `part` of the first hold, which the bytes of the next do not fit in. */
  const leave = (part: number): void => {
    const { used } = pool.snapshot();
    pool.configure({ caps: { usd: used.usd + (reports[0]?.held?.usd ?? 0) * part } });
  };
  return { pool, reports, model, leave };
}

const messages = (...texts: readonly string[]): ModelMessage[] =>
  texts.map((content, at) => ({ role: at % 2 === 0 ? "user" : "assistant", content }));
const maxOutputTokens = 50;

describe("budgetMiddleware in a conversation", () => {
  for (const [name, usd] of MODELS) {
    it(`${name}: the next call fits where its bytes do not`, async () => {
      const { pool, reports, model, leave } = metered(name, usd);
      await generateText({ model, maxOutputTokens, messages: messages(LONG) });
      leave(0.6);
      const next = messages(LONG, "An answer.", "And then?");
      await streamText({ model, maxOutputTokens, messages: next }).consumeStream();
      expect(reports[1]).toMatchObject({ outcome: "used", boundedBy: ["counted before"] });
      await expectEqualBooks(pool, provider);
    });

    it(`${name}: the second step of a call with tools continues from the count of the first`, async () => {
      const { reports, model, leave, pool } = metered(name, usd);
      provider.behave(({ index }) => ({ tool: index === 0 }));
      const weather = tool({
        description: "Weather at a place",
        inputSchema: jsonSchema<{ place: string }>({
          type: "object",
          properties: { place: { type: "string" } },
        }),
        execute: () => {
          leave(0.6);
          return Promise.resolve("sunny");
        },
      });
      const stopWhen = stepCountIs(3);
      await generateText({ model, maxOutputTokens, prompt: LONG, tools: { weather }, stopWhen });
      expect(reports[1]).toMatchObject({ outcome: "used", boundedBy: ["counted before"] });
      await expectEqualBooks(pool, provider);
    });

    it(`${name}: another conversation, or one with other tools, does not use its count`, async () => {
      const { reports, model, leave } = metered(name, usd);
      await generateText({ model, maxOutputTokens, messages: messages(LONG) });
      leave(0.6);
      const other = generateText({
        model,
        maxOutputTokens,
        maxRetries: 0,
        messages: messages(`${LONG}!`, "An answer.", "And then?"),
      });
      await expect(other).rejects.toThrow("Budget exceeded");
      const system = generateText({
        model,
        maxOutputTokens,
        maxRetries: 0,
        instructions: "Be brief.",
        messages: messages(LONG, "An answer.", "And then?"),
      });
      await expect(system).rejects.toThrow("Budget exceeded");
      expect(reports.at(-1)?.outcome).toBe("refused");
    });
  }
});

describe("sdkConversation", () => {
  const options = { prompt: [{ role: "user", content: [{ type: "text", text: "Hello" }] }] };

  it("sdkConversation reads no conversation if the provider stores or edits messages", () => {
    expect(sdkConversation(options)?.messages.length).toBe(1);
    for (const own of [
      { openai: { conversation: "conv_1" } },
      { openai: { previousResponseId: "resp_1" } },
      { anthropic: { contextManagement: { edits: [] } } },
    ])
      expect(sdkConversation({ ...options, providerOptions: own })).toBeUndefined();
  });

  it("sdkConversation leaves markers of caches out, and keeps every other option", () => {
    const conversation = sdkConversation(options);
    const [plain] = options.prompt;
    const marked = {
      ...plain,
      providerOptions: { anthropic: { cacheControl: { type: "ephemeral" } } },
    };
    expect(conversation?.counted(marked)).toEqual(conversation?.counted(plain));
    const detailed = { ...plain, providerOptions: { openai: { imageDetail: "high" } } };
    expect(conversation?.counted(detailed)).not.toEqual(conversation?.counted(plain));
  });

  it("sdkConversation counts a file by its bytes, and one at an address as new each time", () => {
    const conversation = sdkConversation(options);
    const file = (data: unknown): object => ({
      role: "user",
      content: [{ type: "file", mediaType: "image/png", data }],
    });
    const bytes = new Uint8Array([1, 2, 3]);
    expect(conversation?.counted(file(bytes))).toEqual(conversation?.counted(file("AQID")));
    expect(conversation?.isFetched(file(bytes))).toBe(false);
    expect(conversation?.isFetched(file(new URL("https://example.com/a.png")))).toBe(true);
    expect(conversation?.isFetched(file("https://example.com/a.png"))).toBe(true);
    expect(conversation?.isFetched(file({ type: "url", url: new URL("https://a.example") }))).toBe(
      true,
    );
  });
});
