// Official clients of other providers, each through a metered fetch, against answers in the shapes
// that the providers document.

import { createGateway, generateText, streamText } from "ai";
import { CohereClientV2 } from "cohere-ai";
import Groq from "groq-sdk";
import { InferenceClient } from "@huggingface/inference";
import { HTTPClient } from "@mistralai/mistralai/lib/http.js";
import { Mistral } from "@mistralai/mistralai";
import { Ollama } from "ollama";
import OpenAI, { toFile } from "openai";
import Together from "together-ai";
import { beforeEach, describe, expect, it } from "vitest";
import { VoyageAIClient } from "voyageai";

import { BudgetPool } from "../../src/index.ts";
import { meteredFetch } from "../../src/meter/index.ts";
import type { ExchangeReport } from "../../src/meter/index.ts";
import { priceBook } from "../../src/prices/index.ts";
import { completion, counts, events, RATES } from "./exchanges/fixture.ts";

const MODEL = "a-model";
const MESSAGES = [{ role: "user" as const, content: "Hi" }];
const MADE = { ...RATES, outputImageTokens: 10, outputAudioTokens: 10 };
const prices = priceBook.with(
  Object.fromEntries(
    [
      "",
      "mistral/",
      "cohere/",
      "groq/",
      "together/",
      "huggingface/",
      "vercel/",
      "openai/",
      "ollama/",
    ].map((seller) => [`${seller}${MODEL}`, MADE]),
  ),
);

let pool: BudgetPool;
let reports: ExchangeReport[];
let sent: string[];

beforeEach(() => {
  pool = new BudgetPool({ caps: { usd: 5 } });
  reports = [];
  sent = [];
});

/** A metered fetch whose provider answers this. */
function answering(body: object | string, type = "application/json"): typeof globalThis.fetch {
  return meteredFetch(pool, {
    prices,
    onExchange: (report) => reports.push(report),
    fetch: (input) => {
      const { pathname, protocol } = new URL(input instanceof Request ? input.url : input);
      // OpenAI's client looks whether there are forms by a request to `data:`.
      if (protocol === "https:" || protocol === "http:") sent.push(pathname);
      const text = typeof body === "string" ? body : JSON.stringify(body);
      return Promise.resolve(new Response(text, { headers: { "content-type": type } }));
    },
  });
}

function expectBooked(path: string, input: number, output: number): void {
  expect(sent).toEqual([path]);
  expect(reports.map(({ outcome }) => outcome)).toEqual(["used"]);
  expect(pool.snapshot().used).toMatchObject({ inputTokens: input, outputTokens: output });
  expect(pool.snapshot().openReservations).toBe(0);
}

const CHAT = completion(counts(100, 20), { id: "c", created: 1, model: MODEL });

describe("Mistral's client", () => {
  const client = (fetch: typeof globalThis.fetch): Mistral =>
    new Mistral({
      apiKey: "key",
      httpClient: new HTTPClient({ fetcher: (request, init) => fetch(request, init) }),
    });

  it("Mistral's client chats", async () => {
    const answer = await client(answering(CHAT)).chat.complete({
      model: MODEL,
      messages: MESSAGES,
    });
    expect(answer.choices?.[0]?.message?.content).toBe("Hello!");
    expectBooked("/v1/chat/completions", 100, 20);
  });

  it("Mistral's client reads documents page by page", async () => {
    const own = priceBook.with({ [`mistral/${MODEL}`]: { pages: 2 } });
    const fetch = meteredFetch(pool, {
      prices: own,
      fetch: () =>
        Promise.resolve(
          Response.json({ model: MODEL, pages: [], usage_info: { pages_processed: 2 } }),
        ),
    });
    await client(fetch).ocr.process({
      model: MODEL,
      pages: [0, 1],
      document: { type: "document_url", documentUrl: "https://a.example/paper.pdf" },
    });
    expect(pool.snapshot().used.usd).toBe(0.004);
  });
});

describe("Cohere's client", () => {
  const client = (fetch: typeof globalThis.fetch): CohereClientV2 =>
    new CohereClientV2({ token: "key", fetch, maxRetries: 0 });

  it("Cohere's client chats", async () => {
    const body = {
      id: "1",
      finish_reason: "COMPLETE",
      message: { role: "assistant", content: [{ type: "text", text: "Hello!" }] },
      usage: { billed_units: { input_tokens: 100, output_tokens: 20 } },
    };
    await client(answering(body)).chat({ model: MODEL, messages: MESSAGES });
    expectBooked("/v2/chat", 100, 20);
  });

  it("Cohere's client ranks", async () => {
    const body = { id: "1", results: [], meta: { billed_units: { search_units: 1 } } };
    await client(answering(body)).rerank({ model: "rerank-v3.5", query: "?", documents: ["one"] });
    expect(pool.snapshot().used.usd).toBe(0.002);
  });
});

it("Groq's client chats", async () => {
  const client = new Groq({ apiKey: "key", fetch: answering(CHAT), maxRetries: 0 });
  await client.chat.completions.create({ model: MODEL, messages: MESSAGES });
  expectBooked("/openai/v1/chat/completions", 100, 20);
});

it("Together's client chats", async () => {
  const client = new Together({ apiKey: "key", fetch: answering(CHAT), maxRetries: 0 });
  await client.chat.completions.create({ model: MODEL, messages: MESSAGES });
  expectBooked("/v1/chat/completions", 100, 20);
});

it("Voyage's client ranks", async () => {
  const body = { object: "list", data: [], usage: { total_tokens: 57 } };
  const client = new VoyageAIClient({ apiKey: "key", fetch: answering(body) });
  await client.rerank({ model: "rerank-2.5", query: "?", documents: ["one"] });
  expectBooked("/v1/rerank", 57, 0);
});

it("Hugging Face's client chats", async () => {
  const client = new InferenceClient("hf_key", { fetch: answering(CHAT) });
  await client.chatCompletion({
    model: MODEL,
    messages: MESSAGES,
    endpointUrl: "https://router.huggingface.co/v1/chat/completions",
  });
  expectBooked("/v1/chat/completions", 100, 20);
});

it("Ollama's client chats", async () => {
  const body = {
    model: MODEL,
    message: { role: "assistant", content: "Hello!" },
    done: true,
    prompt_eval_count: 100,
    eval_count: 20,
  };
  const client = new Ollama({ host: "http://127.0.0.1:11434", fetch: answering(body) });
  await client.chat({ model: MODEL, messages: MESSAGES });
  expectBooked("/api/chat", 100, 20);
});

describe("the AI SDK's own gateway", () => {
  const usage = {
    inputTokens: { total: 100, noCache: 100, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total: 20, text: 20, reasoning: 0 },
  };
  const finishReason = { unified: "stop", raw: "stop" };

  it("the AI SDK's own gateway answers whole", async () => {
    const content = [{ type: "text", text: "Hello!" }];
    const gateway = createGateway({
      apiKey: "key",
      fetch: answering({ content, usage, finishReason, warnings: [] }),
    });
    const { text } = await generateText({ model: gateway(MODEL), prompt: "Hi", maxRetries: 0 });
    expect(text).toBe("Hello!");
    expectBooked("/v4/ai/language-model", 100, 20);
  });

  it("the AI SDK's own gateway streams", async () => {
    const stream = events(
      { type: "stream-start", warnings: [] },
      { type: "text-start", id: "0" },
      { type: "text-delta", id: "0", delta: "Hello!" },
      { type: "text-end", id: "0" },
      { type: "finish", usage, finishReason },
    );
    const gateway = createGateway({
      apiKey: "key",
      fetch: answering(stream, "text/event-stream"),
    });
    const answer = streamText({ model: gateway(MODEL), prompt: "Hi", maxRetries: 0 });
    expect(await answer.text).toBe("Hello!");
    expectBooked("/v4/ai/language-model", 100, 20);
  });
});

describe("OpenAI's client", () => {
  const client = (fetch: typeof globalThis.fetch): OpenAI =>
    new OpenAI({ apiKey: "key", fetch, maxRetries: 0 });

  it("OpenAI's client makes images", async () => {
    const body = { created: 1, data: [{}], usage: { input_tokens: 100, output_tokens: 20 } };
    await client(answering(body)).images.generate({
      model: MODEL,
      prompt: "a cat",
      size: "1024x1024",
      quality: "low",
    });
    expectBooked("/v1/images/generations", 100, 20);
  });

  it("OpenAI's client sends forms, which are read and forwarded whole", async () => {
    const body = { text: "Hello!", usage: { input_tokens: 100, output_tokens: 20 } };
    const answer = await client(answering(body)).audio.transcriptions.create({
      model: MODEL,
      file: await toFile(new Uint8Array(5000), "talk.mp3"),
    });
    expect(answer.text).toBe("Hello!");
    expectBooked("/v1/audio/transcriptions", 100, 20);
  });
});
