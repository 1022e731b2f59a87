// Google: Gemini in its own format, and in OpenAI's.

import { chat, completion, counts, events, RATES } from "./fixture.ts";
import { priceBook } from "../../../src/prices/index.ts";
import type { ExchangeFixture } from "./fixture.ts";

const HOST = "https://generativelanguage.googleapis.com/v1beta";
const WHOLE = `${HOST}/models/gemini-2.5-flash:generateContent`;
const STREAM = `${HOST}/models/gemini-2.5-flash:streamGenerateContent?alt=sse`;

function ask(more: object = {}): object {
  return { contents: [{ role: "user", parts: [{ text: "Hi" }] }], ...more };
}

function answer(usageMetadata: object | undefined, text = "Hello!"): object {
  return {
    candidates: [{ content: { parts: [{ text }], role: "model" }, finishReason: "STOP" }],
    ...(usageMetadata !== undefined && { usageMetadata }),
  };
}

function part(text: string, usageMetadata: object): object {
  return { candidates: [{ content: { parts: [{ text }] } }], usageMetadata };
}

const UPLOAD =
  "https://generativelanguage.googleapis.com/upload/v1beta/fileSearchStores/mine:uploadToFileSearchStore";
const BEGINS = {
  "x-goog-upload-protocol": "resumable",
  "x-goog-upload-command": "start",
  "x-goog-upload-header-content-length": "1000000",
};

/** Files that are embedded for file search: held and booked when their upload begins. */
const uploads: readonly ExchangeFixture[] = [
  {
    title: "file search: a text is booked at a token for each byte, as often as its pieces overlap",
    provider: "google",
    url: UPLOAD,
    request: {
      mimeType: "text/plain",
      chunkingConfig: { whiteSpaceConfig: { maxTokensPerChunk: 200, maxOverlapTokens: 20 } },
    },
    headers: BEGINS,
    options: { prices: priceBook },
    answer: { body: "" },
    // A million bytes in 5,556 pieces of 200 tokens, and 32 for each, at $0.20 a million.
    expected: { outcome: "bounded", usdMin: 0.2577, usdMax: 0.258 },
  },
  {
    title: "file search: a file that is no text is refused",
    provider: "google",
    url: UPLOAD,
    request: { mimeType: "application/pdf" },
    headers: BEGINS,
    options: { prices: priceBook },
    answer: { body: "" },
    expected: { outcome: "refused", code: "input_unbounded" },
  },
  {
    title: "file search: a file of unknown length is refused",
    provider: "google",
    url: UPLOAD,
    request: { mimeType: "text/plain" },
    options: { prices: priceBook },
    answer: { body: "" },
    expected: { outcome: "refused", code: "input_unbounded" },
  },
];

export const googleExchanges: readonly ExchangeFixture[] = [
  ...uploads,
  {
    title: "a whole answer with thoughts",
    provider: "google",
    url: WHOLE,
    request: ask(),
    answer: {
      body: answer({
        promptTokenCount: 100,
        candidatesTokenCount: 10,
        thoughtsTokenCount: 40,
        totalTokenCount: 150,
      }),
    },
    expected: { outcome: "used", input: 100, output: 50, usd: 0.0006 },
  },
  {
    title: "Vertex: a stream",
    provider: "vertex",
    url: "https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/google/models/gemini-2.5-flash:streamGenerateContent?alt=sse",
    request: ask(),
    answer: { body: events(answer({ promptTokenCount: 100, candidatesTokenCount: 10 })) },
    expected: { outcome: "used", input: 100, output: 10, usd: 0.0002 },
  },
  {
    title: "one token more than the limit is held and booked (B6)",
    provider: "google",
    url: WHOLE,
    request: ask({ generationConfig: { maxOutputTokens: 100 } }),
    answer: { body: answer({ promptTokenCount: 10, candidatesTokenCount: 101 }) },
    expected: { outcome: "used", output: 101, heldOutput: 116 },
  },
  {
    title: "in OpenAI's format thoughts are in the total only (U3)",
    provider: "google",
    url: `${HOST}/openai/chat/completions`,
    request: chat("gemini-2.5-flash"),
    answer: { body: completion(counts(35, 12, { total_tokens: 109 })) },
    expected: { outcome: "used", input: 35, output: 74 },
  },
  {
    title: "the last chunk leaves a count out that an earlier one had (U6)",
    provider: "google",
    url: STREAM,
    request: ask(),
    answer: {
      body: events(
        part("Hello", { promptTokenCount: 10, candidatesTokenCount: 21, thoughtsTokenCount: 70 }),
        answer({ promptTokenCount: 10, thoughtsTokenCount: 78 }, "!"),
      ),
    },
    expected: { outcome: "used", input: 10, output: 99 },
  },
  {
    title: "a cached video is in both details, and is counted once (O5, A17)",
    provider: "google",
    url: WHOLE,
    request: ask({ cachedContent: "cachedContents/a" }),
    answer: {
      body: answer({
        promptTokenCount: 1500,
        cachedContentTokenCount: 1100,
        candidatesTokenCount: 10,
        totalTokenCount: 1510,
        promptTokensDetails: [
          { modality: "TEXT", tokenCount: 200 },
          { modality: "VIDEO", tokenCount: 1300 },
        ],
        cacheTokensDetails: [
          { modality: "TEXT", tokenCount: 130 },
          { modality: "VIDEO", tokenCount: 970 },
        ],
      }),
    },
    // 400 that are new, 1,100 from the cache, 10 out.
    expected: { outcome: "used", input: 1500, output: 10, usd: 0.000_61 },
  },
  {
    title: "a count of zero is left out, as the total says (O7, A16)",
    provider: "google",
    url: WHOLE,
    request: ask(),
    answer: {
      body: {
        candidates: [{ finishReason: "STOP" }],
        usageMetadata: { promptTokenCount: 300, totalTokenCount: 300 },
      },
    },
    expected: { outcome: "used", input: 300, output: 0, usd: 0.0003 },
  },
  {
    title: "enums are numbers, in an array of chunks (O8, m07)",
    provider: "google",
    url: `${HOST}/models/gemini-2.5-flash:streamGenerateContent?%24alt=json%3Benum-encoding%3Dint`,
    request: ask(),
    prices: {
      "google/gemini-2.5-flash": { ...RATES, inputAudioTokens: 4 },
    },
    answer: {
      type: "application/json",
      body: JSON.stringify([
        part("Hello", { promptTokenCount: 100 }),
        {
          candidates: [{ content: { parts: [{ text: "!" }] }, finishReason: 1 }],
          usageMetadata: {
            promptTokenCount: 100,
            candidatesTokenCount: 10,
            promptTokensDetails: [
              { modality: 1, tokenCount: 20 },
              { modality: 4, tokenCount: 80 },
            ],
          },
        },
      ]),
    },
    // 20 of text, 80 of sound, 10 out.
    expected: { outcome: "used", input: 100, output: 10, usd: 0.000_44 },
  },
  {
    title: "thoughts that were not asked for are in the total (m07)",
    provider: "google",
    url: `${WHOLE}?fields=usageMetadata`,
    request: ask(),
    answer: {
      body: {
        usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 1015 },
      },
    },
    expected: { outcome: "used", input: 10, output: 1005 },
  },
  {
    title: "what a search finds is not billed as input, its fee is (R2)",
    provider: "google",
    url: WHOLE,
    request: ask({ tools: [{ googleSearch: {} }] }),
    answer: {
      body: {
        candidates: [
          {
            content: { parts: [{ text: "Hi" }] },
            finishReason: "STOP",
            groundingMetadata: { webSearchQueries: ["one", "two"] },
          },
        ],
        usageMetadata: { promptTokenCount: 100, candidatesTokenCount: 10, totalTokenCount: 110 },
      },
    },
    expected: { outcome: "used", input: 100, output: 10, usd: 0.0102, heldUsdMin: 0.01 },
  },
  {
    title: "an event of 6 MB with an image is read (A18)",
    provider: "google",
    url: STREAM,
    request: ask(),
    answer: {
      body: events({
        candidates: [
          {
            content: { parts: [{ inlineData: { data: "A".repeat(6_000_000) } }] },
            finishReason: "STOP",
          },
        ],
        usageMetadata: { promptTokenCount: 100, candidatesTokenCount: 1290 },
      }),
    },
    expected: { outcome: "used", input: 100, output: 1290 },
  },
  {
    title: "arguments of a call that are nested 200,000 deep do no harm (p02)",
    provider: "google",
    url: STREAM,
    request: ask(),
    answer: {
      body: `data: {"candidates":[{"content":{"parts":[{"functionCall":{"args":${"[".repeat(200_000)}${"]".repeat(200_000)}}}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":100,"candidatesTokenCount":10}}\n\n`,
    },
    expected: { outcome: "used", input: 100, output: 10 },
  },
  {
    title: "both spellings at once are refused (m05)",
    provider: "google",
    url: WHOLE,
    request: ask({
      generationConfig: { maxOutputTokens: 10 },
      generation_config: { max_output_tokens: 9000 },
    }),
    answer: { body: answer(undefined) },
    expected: { outcome: "refused", code: "request_unreadable" },
  },
  {
    title: "speech: what comes out is sound, at the only price of output there is (O9)",
    provider: "google",
    url: "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash-preview-tts:generateContent",
    request: {
      contents: [{ parts: [{ text: "Hi" }] }],
      generationConfig: { responseModalities: ["AUDIO"], maxOutputTokens: 500 },
    },
    options: { prices: priceBook },
    answer: {
      body: {
        candidates: [
          { content: { parts: [{ inlineData: { data: "AAAA" } }] }, finishReason: "STOP" },
        ],
        usageMetadata: {
          promptTokenCount: 11,
          candidatesTokenCount: 111,
          totalTokenCount: 122,
          candidatesTokensDetails: [{ modality: "AUDIO", tokenCount: 111 }],
        },
      },
    },
    expected: { outcome: "used", input: 11, output: 111, usd: 0.001_115_5 },
  },
];
