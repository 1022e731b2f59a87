// Exchanges that are not about text: ranking, images, sound, videos and documents, with providers and
// with gateways' own protocols.

import type { Override } from "../../../src/prices/index.ts";
import { counts, events, named, RATES } from "./fixture.ts";
import type { ExchangeFixture } from "./fixture.ts";

const OPENAI = "https://api.openai.com/v1";
const GOOGLE = "https://generativelanguage.googleapis.com/v1beta/models";
/** $1 a million tokens in, $40 for those of images and sound that come out. */
const MAKES: Override = { ...RATES, outputImageTokens: 40, outputAudioTokens: 40 };
const GPT_IMAGE = { "openai/gpt-image-1": MAKES };
const DRAW = {
  model: "gpt-image-1",
  prompt: "a cat",
  n: 2,
  size: "1024x1024",
  quality: "medium",
};
const DRAWN = {
  input_tokens: 10,
  input_tokens_details: { text_tokens: 10, image_tokens: 0 },
  output_tokens: 2112,
  total_tokens: 2122,
};

/** A form with a file. */
function form(fields: Readonly<Record<string, string | Uint8Array<ArrayBuffer>>>): FormData {
  const made = new FormData();
  for (const [name, value] of Object.entries(fields))
    made.append(name, typeof value === "string" ? value : new Blob([value]), ...nameOf(value));
  return made;
}

function nameOf(value: unknown): [] | [string] {
  return typeof value === "string" ? [] : ["file.wav"];
}

/** So many seconds of silence: 8 kHz, 16 bits. */
function wav(seconds: number): Uint8Array<ArrayBuffer> {
  const length = seconds * 16_000;
  const bytes = new Uint8Array(44 + length);
  const view = new DataView(bytes.buffer);
  const say = (from: number, text: string): void => {
    bytes.set(new TextEncoder().encode(text), from);
  };
  say(0, "RIFF");
  view.setUint32(4, 36 + length, true);
  say(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, 8000, true);
  view.setUint32(28, 16_000, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  say(36, "data");
  view.setUint32(40, length, true);
  return bytes;
}

const VERCEL = "https://ai-gateway.vercel.sh/v4/ai/language-model";
const CALL = {
  prompt: [{ role: "user", content: [{ type: "text", text: "Hi" }] }],
  maxOutputTokens: 50,
};
const MODEL_HEADERS = { "ai-language-model-id": "a-model", "ai-language-model-streaming": "false" };
const SDK_USAGE = {
  inputTokens: { total: 100, noCache: 60, cacheRead: 40, cacheWrite: 0 },
  outputTokens: { total: 20, text: 15, reasoning: 5 },
};

export const mediaExchanges: readonly ExchangeFixture[] = [
  {
    title: "Cohere: a hundred and fifty short documents are two searches",
    provider: "cohere",
    url: "https://api.cohere.com/v2/rerank",
    request: {
      model: "rerank-v3.5",
      query: "The capital?",
      documents: Array.from({ length: 150 }, (_, at) => `City ${at}`),
    },
    prices: { "cohere/rerank-v3.5": { searchUnits: 2 } },
    answer: { body: { results: [], meta: { billed_units: { search_units: 2 } } } },
    expected: { outcome: "used", input: 0, output: 0, usd: 0.004, heldUsdMin: 0.004 },
  },
  {
    title: "Cohere: a long document counts as several",
    provider: "cohere",
    url: "https://api.cohere.com/v1/rerank",
    request: { model: "rerank-v3.5", query: "?", documents: ["word ".repeat(100_000)] },
    prices: { "cohere/rerank-v3.5": { searchUnits: 2 } },
    answer: { body: { results: [], meta: { billed_units: { search_units: 1 } } } },
    expected: { outcome: "used", usd: 0.002, heldUsdMin: 0.002 },
  },
  {
    title: "Voyage: the query is read with each document",
    provider: "voyage",
    url: "https://api.voyageai.com/v1/rerank",
    request: { model: "rerank-x", query: "q".repeat(500), documents: ["one", "two", "three"] },
    answer: { body: { data: [], usage: { total_tokens: 260 } } },
    expected: { outcome: "used", input: 260, output: 0, heldInputMin: 1500 },
  },
  {
    title: "a ranking without a price is refused by the name of what is missing",
    provider: "unknown",
    url: "https://ranks.example/v1/rerank",
    request: { model: "rerank-x", query: "q", documents: ["one"] },
    prices: { "rerank-x": { outputTokens: 1 } },
    answer: { body: {} },
    expected: { outcome: "refused", code: "price_unknown" },
  },
  {
    title: "images: size and quality bound what comes out",
    provider: "openai",
    url: `${OPENAI}/images/generations`,
    request: DRAW,
    prices: GPT_IMAGE,
    answer: { body: { data: [{ b64_json: "" }, { b64_json: "" }], usage: DRAWN } },
    expected: { outcome: "used", input: 10, output: 2112, heldOutput: 2112, usd: 0.084_49 },
  },
  {
    title: "images: a size and a quality that are not said are the largest",
    provider: "openai",
    url: `${OPENAI}/images/generations`,
    request: { model: "gpt-image-1", prompt: "a cat" },
    prices: GPT_IMAGE,
    answer: { body: { data: [{ b64_json: "" }], usage: DRAWN } },
    expected: { outcome: "used", heldOutput: 6240 },
  },
  {
    title: "images: without a report the bound is booked",
    provider: "openai",
    url: `${OPENAI}/images/generations`,
    request: DRAW,
    prices: GPT_IMAGE,
    answer: { body: { data: [{ b64_json: "" }, { b64_json: "" }] } },
    expected: { outcome: "bounded", output: 2112, usdMin: 0.084 },
  },
  {
    title: "images: a stream tells its usage with the finished image",
    provider: "openai",
    url: `${OPENAI}/images/generations`,
    request: { ...DRAW, n: 1, stream: true, partial_images: 2 },
    prices: GPT_IMAGE,
    answer: {
      body: named(
        { type: "image_generation.partial_image", b64_json: "" } as { readonly type: string },
        { type: "image_generation.completed", usage: { ...DRAWN, output_tokens: 1256 } } as {
          readonly type: string;
        },
      ),
      type: "text/event-stream",
    },
    expected: { outcome: "used", output: 1256, heldOutput: 1256 },
  },
  {
    title: "images: a model that is sold by the image costs as many as there are",
    provider: "together",
    url: "https://api.together.xyz/v1/images/generations",
    request: { model: "flux-x", prompt: "a cat", n: 3 },
    prices: { "together/flux-x": { images: 3 } },
    answer: { body: { data: [{ url: "" }, { url: "" }] } },
    expected: { outcome: "used", usd: 0.006, heldUsdMin: 0.009 },
  },
  {
    title: "images: an edit is a form with images",
    provider: "openai",
    url: `${OPENAI}/images/edits`,
    request: form({ model: "gpt-image-1", prompt: "a hat", image: wav(1), quality: "low" }),
    prices: GPT_IMAGE,
    answer: {
      body: {
        data: [{}],
        usage: {
          input_tokens: 400,
          input_tokens_details: { text_tokens: 10, image_tokens: 390 },
          output_tokens: 272,
        },
      },
    },
    expected: { outcome: "used", input: 400, output: 272, heldInputMin: 20_000, heldOutput: 408 },
  },
  {
    title: "speech: by the character, which the request shows",
    provider: "openai",
    url: `${OPENAI}/audio/speech`,
    request: { model: "tts-1", voice: "alloy", input: "Hello, world! Ça va?" },
    prices: { "openai/tts-1": { characters: 0.015 } },
    answer: { body: new Uint8Array([0xff, 0xfb, 0x90, 0x00]), type: "audio/mpeg" },
    expected: { outcome: "used", input: 0, output: 0, usd: 0.0003 },
  },
  {
    title: "speech: sound tells nothing of its tokens",
    provider: "openai",
    url: `${OPENAI}/audio/speech`,
    request: { model: "speech-x", voice: "alloy", input: "Hello" },
    prices: { "openai/speech-x": MAKES },
    answer: { body: new Uint8Array([0, 0, 0, 0, 0, 0, 0, 0]), type: "audio/pcm" },
    expected: { outcome: "bounded", usdMin: 0.02 },
  },
  {
    title: "speech: events tell their tokens",
    provider: "openai",
    url: `${OPENAI}/audio/speech`,
    request: { model: "speech-x", voice: "alloy", input: "Hello", stream_format: "sse" },
    prices: { "openai/speech-x": MAKES },
    answer: {
      body: events(
        { type: "speech.audio.delta", audio: "" },
        { type: "speech.audio.done", usage: { input_tokens: 14, output_tokens: 101 } },
      ),
      type: "text/event-stream",
    },
    expected: { outcome: "used", input: 14, output: 101, usd: 0.004_054 },
  },
  {
    title: "transcription: by the second that the file has",
    provider: "openai",
    url: `${OPENAI}/audio/transcriptions`,
    request: form({ model: "whisper-1", file: wav(90) }),
    prices: { "openai/whisper-1": { audioSeconds: 0.1 } },
    answer: { body: { text: "…", usage: { type: "duration", seconds: 90 } } },
    expected: { outcome: "used", input: 0, output: 0, usd: 0.009, heldUsdMin: 0.009 },
  },
  {
    title: "transcription: a text tells nothing, and the file bounds it",
    provider: "openai",
    url: `${OPENAI}/audio/translations`,
    request: form({ model: "whisper-1", file: wav(60), response_format: "text" }),
    prices: { "openai/whisper-1": { audioSeconds: 0.1 } },
    answer: { body: "Hello, world", type: "text/plain" },
    expected: { outcome: "bounded", usd: 0.006 },
  },
  {
    title: "transcription: by the token",
    provider: "openai",
    url: `${OPENAI}/audio/transcriptions`,
    request: form({ model: "transcribe-x", file: wav(10) }),
    prices: { "openai/transcribe-x": { ...RATES, inputAudioTokens: 6 } },
    answer: {
      body: {
        text: "…",
        usage: {
          type: "tokens",
          input_tokens: 105,
          input_token_details: { text_tokens: 5, audio_tokens: 100 },
          output_tokens: 30,
        },
      },
    },
    expected: { outcome: "used", input: 105, output: 30, usd: 0.000_905, heldInputMin: 320 },
  },
  {
    title: "transcription: Groq bills ten seconds at the least",
    provider: "groq",
    url: "https://api.groq.com/openai/v1/audio/transcriptions",
    request: form({ model: "whisper-x", file: wav(3), response_format: "verbose_json" }),
    prices: { "groq/whisper-x": { audioSeconds: 1 } },
    answer: { body: { text: "…", duration: 3.1 } },
    expected: { outcome: "used", usd: 0.01 },
  },
  {
    title: "transcription: sound at an address is not bounded",
    provider: "mistral",
    url: "https://api.mistral.ai/v1/audio/transcriptions",
    request: form({ model: "voxtral-x", file_url: "https://a.example/talk.mp3" }),
    answer: { body: {} },
    expected: { outcome: "refused", code: "input_unbounded" },
  },
  {
    title: "Sora: the request is the bill, by the second and the size",
    provider: "openai",
    url: `${OPENAI}/videos`,
    request: { model: "sora-x", prompt: "a cat", seconds: "8", size: "1792x1024" },
    prices: { "openai/sora-x": { videoSeconds: 300, multipliers: { "1024p": 2 } } },
    answer: { body: { id: "video_1", status: "queued" } },
    expected: { outcome: "bounded", usd: 4.8 },
  },
  {
    title: "Veo: the request is the bill",
    provider: "google",
    url: `${GOOGLE}/veo-x:predictLongRunning`,
    request: { instances: [{ prompt: "a cat" }], parameters: { durationSeconds: 6 } },
    prices: { "google/veo-x": { videoSeconds: 400 } },
    answer: { body: { name: "operations/1" } },
    expected: { outcome: "bounded", usd: 2.4 },
  },
  {
    title: "Imagen: images that were kept back are not billed",
    provider: "google",
    url: `${GOOGLE}/imagen-x:predict`,
    request: { instances: [{ prompt: "a cat" }], parameters: { sampleCount: 3 } },
    prices: { "google/imagen-x": { images: 40 } },
    answer: { body: { predictions: [{ bytesBase64Encoded: "" }, { bytesBase64Encoded: "" }] } },
    expected: { outcome: "used", usd: 0.08, heldUsdMin: 0.12 },
  },
  {
    title: "documents: by the page",
    provider: "mistral",
    url: "https://api.mistral.ai/v1/ocr",
    request: {
      model: "ocr-x",
      pages: [0, 1, 2],
      document: { type: "document_url", document_url: "https://a.example/paper.pdf" },
    },
    prices: { "mistral/ocr-x": { pages: 2 } },
    answer: { body: { pages: [], usage_info: { pages_processed: 3 } } },
    expected: { outcome: "used", usd: 0.006, heldUsdMin: 0.006 },
  },
  {
    title: "documents: uncounted pages are not bounded",
    provider: "mistral",
    url: "https://api.mistral.ai/v1/ocr",
    request: {
      model: "ocr-x",
      document: { type: "document_url", document_url: "https://a.example/paper.pdf" },
    },
    prices: { "mistral/ocr-x": { pages: 2 } },
    answer: { body: {} },
    expected: { outcome: "refused", code: "input_unbounded" },
  },
  {
    title: "Mistral: what connectors put in is billed as input",
    provider: "mistral",
    url: "https://api.mistral.ai/v1/conversations",
    request: {
      model: "mistral-x",
      inputs: [{ role: "user", content: "Hi", object: "entry", type: "message.input" }],
      completion_args: { max_tokens: 50 },
    },
    answer: { body: { outputs: [], usage: counts(100, 20, { connector_tokens: 7 }) } },
    expected: { outcome: "used", input: 107, output: 20, heldOutput: 50 },
  },
  {
    title: "Vercel's own protocol: the model is in a header",
    provider: "vercel",
    url: VERCEL,
    request: CALL,
    headers: MODEL_HEADERS,
    prices: { "vercel/a-model": RATES },
    answer: { body: { content: [{ type: "text", text: "Hello" }], usage: SDK_USAGE } },
    expected: { outcome: "used", input: 100, output: 20, usd: 0.000_264 },
  },
  {
    title: "Vercel's own protocol: a stream, and the gateway's own charge",
    provider: "vercel",
    url: VERCEL,
    request: CALL,
    headers: { ...MODEL_HEADERS, "ai-language-model-streaming": "true" },
    prices: { "vercel/a-model": RATES },
    answer: {
      body: events(
        { type: "text-delta", id: "0", delta: "Hello" },
        {
          type: "finish",
          usage: SDK_USAGE,
          providerMetadata: { gateway: { cost: "0.0007" } },
        },
      ),
      type: "text/event-stream",
    },
    expected: { outcome: "used", input: 100, output: 20, usd: 0.0007 },
  },
  {
    title: "Vercel's own protocol: a request without its header names no model",
    provider: "vercel",
    url: VERCEL,
    request: CALL,
    answer: { body: {} },
    expected: { outcome: "refused", code: "request_unreadable" },
  },
  {
    title: "llama.cpp: its own completions, a stream",
    provider: "unknown",
    url: "http://localhost:8080/completion",
    request: { prompt: "Once", n_predict: 50, stream: true },
    prices: { "llama.cpp": RATES },
    answer: {
      body: events(
        { content: "upon", stop: false },
        { content: "", stop: true, tokens_evaluated: 2, tokens_predicted: 20 },
      ),
      type: "text/event-stream",
    },
    expected: { outcome: "used", input: 2, output: 20, heldOutput: 50 },
  },
  {
    title: "Ollama: embeddings",
    provider: "ollama",
    url: "https://ollama.com/api/embed",
    request: { model: "embed-x", input: ["one", "two"] },
    answer: { body: { embeddings: [[0.1], [0.2]], prompt_eval_count: 4 } },
    expected: { outcome: "used", input: 4, output: 0 },
  },
];
