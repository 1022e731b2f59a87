// The official SDKs on the simulated provider: what they are told is what is billed.

import Anthropic from "@anthropic-ai/sdk";
import { createAnthropic } from "@ai-sdk/anthropic";
import { createGoogle } from "@ai-sdk/google";
import { createOpenAI } from "@ai-sdk/openai";
import { GoogleGenAI } from "@google/genai";
import type { UsageMetadata } from "@langchain/core/messages";
import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";
import { embedMany, generateText, jsonSchema, Output, stepCountIs, streamText, tool } from "ai";
import type { LanguageModel } from "ai";
import OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { SimulatedProvider } from "../../../src/testing/provider/simulated-provider.ts";
import { abortedWhen } from "../../support/aborted-when.ts";

let provider: SimulatedProvider;
let openai: OpenAI;
let anthropic: Anthropic;
let google: GoogleGenAI;

beforeAll(async () => {
  provider = await SimulatedProvider.start();
  const { url } = provider;
  openai = new OpenAI({ apiKey: "key", baseURL: `${url}/v1`, maxRetries: 0 });
  anthropic = new Anthropic({ apiKey: "key", baseURL: url, maxRetries: 0 });
  google = new GoogleGenAI({ apiKey: "key", httpOptions: { baseUrl: url } });
});
afterAll(() => provider.close());
beforeEach(async () => {
  await provider.idle();
  provider.behave(() => ({}));
  provider.clear();
});

/** What a caller is told. */
interface Told {
  readonly text: string;
  readonly input: number | undefined;
  readonly output: number | undefined;
  readonly cached: number | null | undefined;
}
type Caller = (prompt: string, streams: boolean, limit?: number) => Promise<Told>;

const LIMIT = 4000;
async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all = [];
  for await (const item of items) all.push(item);
  return all;
}

function chatOf(content: string, limit: number = LIMIT) {
  const messages = [{ role: "user" as const, content }];
  return { model: "gpt-4o-mini", messages, max_completion_tokens: limit };
}

function messageOf(content: string, limit: number = LIMIT) {
  const messages = [{ role: "user" as const, content }];
  return { model: "claude-haiku-4-5", max_tokens: limit, messages };
}

async function askChat(prompt: string, streams: boolean, limit?: number): Promise<Told> {
  const request = { ...chatOf(prompt, limit), stream_options: { include_usage: true } };
  const { choices, usage } = streams
    ? await openai.chat.completions.stream(request).finalChatCompletion()
    : await openai.chat.completions.create(chatOf(prompt, limit));
  const cached = usage?.prompt_tokens_details?.cached_tokens;
  const text = choices[0]?.message.content ?? "";
  return { text, input: usage?.prompt_tokens, output: usage?.completion_tokens, cached };
}

async function askResponses(input: string, streams: boolean, limit = LIMIT): Promise<Told> {
  const request = { model: "gpt-5.5", input, max_output_tokens: limit };
  const { output_text: text, usage } = streams
    ? await openai.responses.stream(request).finalResponse()
    : await openai.responses.create(request);
  const cached = usage?.input_tokens_details.cached_tokens;
  return { text, input: usage?.input_tokens, output: usage?.output_tokens, cached };
}

async function askAnthropic(prompt: string, streams: boolean, limit?: number): Promise<Told> {
  const request = messageOf(prompt, limit);
  const { content, usage } = streams
    ? await anthropic.messages.stream(request).finalMessage()
    : await anthropic.messages.create(request);
  const text = content[0]?.type === "text" ? content[0].text : "";
  const cached = usage.cache_read_input_tokens;
  return { text, input: usage.input_tokens + (cached ?? 0), output: usage.output_tokens, cached };
}

async function askGoogle(contents: string, streams: boolean, limit = LIMIT): Promise<Told> {
  const request = { model: "gemini-2.5-pro", contents, config: { maxOutputTokens: limit } };
  const chunks = streams
    ? await collect(await google.models.generateContentStream(request))
    : [await google.models.generateContent(request)];
  const usage = chunks.at(-1)?.usageMetadata;
  return {
    text: chunks.map(({ text }) => text ?? "").join(""),
    input: usage?.promptTokenCount,
    output: (usage?.candidatesTokenCount ?? 0) + (usage?.thoughtsTokenCount ?? 0),
    cached: usage?.cachedContentTokenCount,
  };
}

function aiOptions(path: string): { apiKey: string; baseURL: string } {
  return { apiKey: "key", baseURL: `${provider.url}/${path}` };
}

const AI_MODELS: Readonly<Record<string, () => LanguageModel>> = {
  "ai, openai": () => createOpenAI(aiOptions("v1"))("gpt-4o"),
  "ai, openai chat": () => createOpenAI(aiOptions("v1")).chat("gpt-4o"),
  "ai, anthropic": () => createAnthropic(aiOptions("v1"))("claude-sonnet-4-5"),
  "ai, google": () => createGoogle(aiOptions("v1beta"))("gemini-2.5-flash"),
};

/** Or the AI SDK prints it. */
const onError = (): void => undefined;

function askAi(model: () => LanguageModel): Caller {
  return async (prompt, streams, maxOutputTokens = LIMIT) => {
    const request = { model: model(), prompt, maxOutputTokens, maxRetries: 0, onError };
    const answer = streams ? streamText(request) : await generateText(request);
    const { inputTokens, outputTokens, inputTokenDetails } = await answer.usage;
    const cached = inputTokenDetails.cacheReadTokens;
    return { text: await answer.text, input: inputTokens, output: outputTokens, cached };
  };
}

async function askLangchain(prompt: string, streams: boolean, limit = LIMIT): Promise<Told> {
  const { apiKey, baseURL } = aiOptions("v1");
  const about = { model: "gpt-4o-mini", apiKey, maxRetries: 0, configuration: { baseURL } };
  const model = new ChatOpenAI({ ...about, maxTokens: limit });
  const answer = streams
    ? (await collect(await model.stream(prompt))).reduce((all, each) => all.concat(each))
    : await model.invoke(prompt);
  // Its type says that it is never there.
  const usage = answer.usage_metadata as UsageMetadata | undefined;
  const cached = usage?.input_token_details?.cache_read;
  return { text: answer.text, input: usage?.input_tokens, output: usage?.output_tokens, cached };
}

const CALLERS: readonly (readonly [string, Caller])[] = [
  ["openai chat", askChat],
  ["openai responses", askResponses],
  ["anthropic", askAnthropic],
  ["google", askGoogle],
  ...Object.entries(AI_MODELS).map(([name, model]) => [name, askAi(model)] as const),
  ["langchain", askLangchain],
];
const PROMPT = "What is it that we know of budgets? ".repeat(9);

for (const [name, ask] of CALLERS) {
  describe(`${name}: usage`, () => {
    for (const [way, streams] of [
      ["whole", false],
      ["stream", true],
    ] as const) {
      it(`${way}: the usage in the response equals the bill, by token and class`, async () => {
        const text = "Words with é, 字 and 🦊 in pieces of any length. ".repeat(7);
        provider.behave(() => ({ text, reasoningTokens: 31, cachedTokens: 17 }));
        const told = await ask(PROMPT, streams);
        await provider.idle();
        const [line] = provider.bill;
        const { inputTokens: input, outputTokens: output } = line ?? {};
        expect(told).toEqual({ text, input, output, cached: 17 });
        const how = streams ? "streamed" : "whole";
        expect(line).toMatchObject({ how, isReported: true, reasoningTokens: 31, status: 200 });
        expect(line?.inputTokens).toBeLessThan(Buffer.byteLength(provider.requests[0]?.text ?? ""));
      });

      it(`${way}: the answer, reasoning included, stays within the limit`, async () => {
        provider.behave(() => ({ outputTokens: 900, reasoningTokens: 20 }));
        expect((await ask(PROMPT, streams, 50)).output).toBe(50);
        provider.behave(() => ({ outputTokens: 900, reasoningTokens: 200 }));
        expect((await ask(PROMPT, streams, 50)).output).toBe(50);
        await provider.idle();
        expect(provider.bill.map(({ outputTokens }) => outputTokens)).toEqual([50, 50]);
      });

      it(`${way}: many at once add up, and repeat themselves`, async () => {
        const askAll = () =>
          Promise.all(Array.from({ length: 25 }, (_, at) => ask(`${PROMPT} ${at}`, streams)));
        const answers = await askAll();
        await provider.idle();
        const { calls, inputTokens, outputTokens } = provider.total;
        expect(calls).toBe(25);
        expect(inputTokens).toBe(answers.reduce((sum, { input = 0 }) => sum + input, 0));
        expect(outputTokens).toBe(answers.reduce((sum, { output = 0 }) => sum + output, 0));
        expect(new Set(answers.map(({ text }) => text)).size).toBe(25);
        expect(await askAll()).toEqual(answers);
      });
    }

    it("an error is not among its answers, and costs nothing", async () => {
      provider.behave(() => ({ status: 429 }));
      await expect(ask(PROMPT, false)).rejects.toThrow(/simulated status 429/);
      expect(provider.bill).toEqual([]);
    });
  });
}

describe("prices", () => {
  it("each class of tokens has its own price, and all of a long request costs more", async () => {
    const writes = { cacheWriteTokens: 3, cacheWrite1hTokens: 5 };
    provider.behave(() => ({ outputTokens: 10, cachedTokens: 20, ...writes }));
    const { usage } = await anthropic.messages.create(messageOf(PROMPT));
    const told = { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 5 };
    expect(usage.cache_creation).toEqual(told);
    const cached = 20n * 100n + 3n * 1250n + 5n * 2000n;
    const nanoUsd = BigInt(usage.input_tokens) * 1000n + cached + 10n * 5000n;
    expect(provider.bill[0]?.nanoUsd).toBe(nanoUsd);

    provider.clear();
    provider.behave(() => ({ outputTokens: 1 }));
    await askGoogle("4444".repeat(200_000 - 5), false);
    await askGoogle("4444".repeat(200_000 - 4), false);
    const [short, long] = provider.bill.map((line) => [line.nanoUsd, BigInt(line.inputTokens)]);
    expect(short).toEqual([200_000n * 1250n + 10_000n, 200_000n]);
    expect(long).toEqual([200_001n * 2500n + 15_000n, 200_001n]);

    provider.clear();
    provider.behave(() => ({ cachedTokens: 1, outputTokens: 0 }));
    await openai.chat.completions.create(chatOf("", 1));
    const last = provider.bill[0];
    expect(last?.nanoUsd).toBe(BigInt((last?.inputTokens ?? 0) - 1) * 150n + 75n);
  });

  it("several choices are billed together", async () => {
    provider.behave(() => ({ outputTokens: 7 }));
    const { choices, usage } = await openai.chat.completions.create({ ...chatOf("Hi", 9), n: 3 });
    expect([choices.length, usage?.completion_tokens]).toEqual([3, 21]);
    const asked = { model: "gemini-2.5-flash", contents: "Hi", config: { candidateCount: 2 } };
    await google.models.generateContent(asked);
    expect(provider.bill.map(({ outputTokens }) => outputTokens)).toEqual([21, 14]);
  });
});

const SCHEMA = jsonSchema<{ place: string; days: number }>({
  type: "object",
  properties: { place: { type: "string" }, days: { type: "integer" } },
  required: ["place", "days"],
  additionalProperties: false,
});

for (const [name, model] of Object.entries(AI_MODELS)) {
  describe(`${name}: tools and objects`, () => {
    for (const streams of [false, true]) {
      const run = async (options: object) => {
        const asked = { model: model(), prompt: PROMPT, maxOutputTokens: LIMIT, ...options };
        const answer = streams ? streamText(asked) : await generateText(asked);
        const [text, output, usage] = [answer.text, answer.output, answer.totalUsage];
        return { text: await text, output: await output, usage: await usage };
      };

      it(`streams ${streams}: a tool is called with its required arguments, and its result is answered`, async () => {
        const inputs: unknown[] = [];
        const weather = tool({
          inputSchema: SCHEMA,
          execute: (input) => Promise.resolve(String(inputs.push(input))),
        });
        provider.behave(({ index }) => ({ tool: index === 0 }));
        const { text, usage } = await run({ tools: { weather }, stopWhen: stepCountIs(4) });
        await provider.idle();
        expect(inputs).toEqual([{ place: "some text", days: 7 }]);
        expect(text).not.toBe("");
        const { inputTokens, outputTokens } = usage;
        expect(provider.total).toMatchObject({ calls: 2, inputTokens, outputTokens });
      });

      it(`streams ${streams}: an object fits its schema`, async () => {
        const { output, usage } = await run({ output: Output.object({ schema: SCHEMA }) });
        expect(output).toEqual({ place: "some text", days: 7 });
        expect(provider.total.outputTokens).toBe(usage.outputTokens);
      });
    }
  });
}

describe("other options of a request", () => {
  it("embeddings, one or many, as numbers or packed", async () => {
    const model = "text-embedding-3-small";
    const { data, usage } = await openai.embeddings.create({ model, input: ["one", "two"] });
    expect(data.map(({ embedding }) => embedding.length)).toEqual([8, 8]);
    const embedded = await embedMany({
      model: createOpenAI(aiOptions("v1")).embedding(model),
      values: ["one", "two", "three"],
    });
    const [first] = embedded.embeddings;
    expect(first).toEqual(data[0]?.embedding.map((number) => expect.closeTo(number, 6)));
    const configuration = aiOptions("v1");
    const langchain = new OpenAIEmbeddings({ model, apiKey: "key", configuration });
    expect(await langchain.embedQuery("one")).toEqual(data[0]?.embedding);
    const inputs = provider.bill.map(({ inputTokens }) => inputTokens);
    expect(inputs).toEqual([usage.prompt_tokens, embedded.usage.tokens, 1]);
    expect(provider.total).toMatchObject({ outputTokens: 0, nanoUsd: 20n * 7n });
  });

  it("counting and listing are free, and an unknown route or model is not found", async () => {
    const counted = await anthropic.messages.countTokens(messageOf(PROMPT));
    const asked = { model: "gemini-2.5-pro", contents: PROMPT };
    const googles = await google.models.countTokens(asked);
    expect((await openai.models.list()).data.map(({ id }) => id)).toContain("gpt-5.5");
    expect((await fetch(`${provider.url}/api/hello`, { method: "HEAD" })).status).toBe(200);
    await expect(openai.images.generate({ prompt: "A fox" })).rejects.toThrow(OpenAI.NotFoundError);
    await expect(openai.models.retrieve("gpt-5.5")).rejects.toThrow(OpenAI.NotFoundError);
    const unknown = { ...messageOf(PROMPT), model: "claude-0" };
    await expect(anthropic.messages.create(unknown)).rejects.toThrow(Anthropic.NotFoundError);
    expect(provider.bill).toEqual([]);
    expect(provider.requests[0]?.route).toBe("countTokens");
    await askAnthropic(PROMPT, false);
    await askGoogle(PROMPT, false);
    expect(provider.bill[0]?.inputTokens).toBe(counted.input_tokens);
    expect(provider.bill[1]?.inputTokens).toBe(googles.totalTokens);
  });

  it("a prompt larger than the context, and invalid JSON, are refused", async () => {
    await expect(askAnthropic(PROMPT, true, 200_000)).rejects.toThrow(/do not fit/);
    const body = { method: "POST", body: "{" };
    expect((await fetch(`${provider.url}/v1/responses`, body)).status).toBe(400);
    expect(provider.bill).toEqual([]);
  });
});

describe("failures", () => {
  it("a stream that is left, cut or broken is billed as far as it was written", async () => {
    for (const [name, ask] of CALLERS) {
      for (const behavior of [{ cutAfter: 3 }, { errorAfter: 3 }]) {
        provider.clear();
        provider.behave(() => ({ outputTokens: 300, reasoningTokens: 40, ...behavior }));
        const told = await ask(PROMPT, true).catch((error: unknown) => error);
        // The AI SDK tells an error in a stream to `onError` only: its text is as much as came.
        const isThrown = !name.startsWith("ai, ") || "cutAfter" in behavior;
        expect([name, told instanceof Error]).toEqual([name, isThrown]);
        await provider.idle();
        const [{ how, outputTokens, isReported } = {}] = provider.bill;
        const shown = name.includes("google") ? 3 * 8 : 3;
        expect([name, how]).toEqual([name, "interrupted"]);
        expect([name, outputTokens, isReported]).toEqual([name, 40 + shown, false]);
      }
    }
    provider.clear();
    provider.behave(() => ({ outputTokens: 2000, delayMs: 1 }));
    const request = { ...chatOf(PROMPT), stream: true as const };
    const chunks = await openai.chat.completions.create(request);
    const reader = chunks[Symbol.asyncIterator]();
    for (let seen = 0; seen < 20; seen++) await reader.next();
    chunks.controller.abort();
    await provider.idle();
    expect(provider.bill[0]).toMatchObject({ how: "interrupted", isReported: false });
    expect(provider.bill[0]?.outputTokens).toBeGreaterThanOrEqual(19);
    expect(provider.bill[0]?.outputTokens).toBeLessThan(2000);
  });

  it("an answer that is lost, or waited for in vain, is billed", async () => {
    provider.behave(({ index }) => (index === 0 ? { loseAnswer: true } : { hang: true }));
    await expect(askChat(PROMPT, false)).rejects.toThrow(OpenAI.APIConnectionError);
    const signal = abortedWhen(() => provider.requests.length === 2);
    await expect(anthropic.messages.create(messageOf(PROMPT), { signal })).rejects.toThrow(/abort/);
    await provider.idle();
    expect(provider.bill.map(({ how }) => how)).toEqual(["lost", "lost"]);
  });

  it("usage is not reported, or wrongly, twice, or all the time, and the bill is right", async () => {
    const silent = { ...chatOf(PROMPT), stream: true as const };
    const asked = { ...silent, stream_options: { include_usage: true } };
    const told = [];
    for (const [behavior, request] of [
      [{}, silent],
      [{ withoutUsage: true }, asked],
      [{ malformedUsage: true }, asked],
      [{ duplicateUsage: true, gzip: true }, asked],
      [{ usageOnEveryChunk: true }, silent],
    ] as const) {
      provider.behave(() => ({ outputTokens: 30, ...behavior }));
      const chunks = await collect(await openai.chat.completions.create(request));
      const usages = chunks.flatMap(({ usage }) => (usage ? [JSON.stringify(usage)] : []));
      told.push(`${usages.length}, ${new Set(usages).size} different`);
    }
    const counts = ["0, 0", "0, 0", "1, 1", "2, 1", "32, 31"];
    expect(told).toEqual(counts.map((count) => `${count} different`));
    expect(provider.bill.map((each) => each.isReported)).toEqual([false, false, false, true, true]);
    expect(new Set(provider.bill.map(({ outputTokens }) => outputTokens))).toEqual(new Set([30]));
  });

  it("a JSON array of Gemini stays one when it is broken off", async () => {
    const url = `${aiOptions("v1beta").baseURL}/models/gemini-2.5-flash:streamGenerateContent`;
    const body = JSON.stringify({ contents: [{ role: "user", parts: [{ text: PROMPT }] }] });
    provider.behave(() => ({ outputTokens: 30, errorAfter: 1 }));
    const chunks = await (await fetch(url, { method: "POST", body })).json();
    expect(chunks).toMatchObject([{ candidates: [{}] }, { error: { status: "INTERNAL" } }]);
  });

  it("SDKs try again, and say so", async () => {
    provider.behave(({ attempt }) => (attempt === 0 ? { status: 503 } : { outputTokens: 9 }));
    await openai.chat.completions.create(chatOf(PROMPT), { maxRetries: 1 });
    await anthropic.messages.create(messageOf(PROMPT), { maxRetries: 1 });
    expect(provider.requests.map(({ attempt }) => attempt)).toEqual([0, 1, 0, 1]);
    expect(provider.bill.map(({ attempt }) => attempt)).toEqual([1, 1]);
  });
});
