// An exchange of 100 tokens in and 20 out, in each format that has tokens.

import type { WireName } from "../../src/wire/wire-name.ts";
import { chat, chunks, completion, counts, events, named } from "../meter/exchanges/fixture.ts";

/** The model that all of them name. */
export const MODEL = "a-model";

interface Sample {
  readonly request: object;
  readonly whole: object;
  readonly stream?: string;
  readonly output: number;
}

const message = {
  type: "message",
  role: "assistant",
  content: [{ type: "text", text: "Hello!" }],
  stop_reason: "end_turn",
};
const response = { object: "response", status: "completed", output: [] };
const responseUsage = { input_tokens: 100, output_tokens: 20, total_tokens: 120 };

/** What has no tokens at all: test/meter/exchanges/media.ts. */
const WITHOUT_TOKENS = new Set<WireName>([
  "bedrock-rerank",
  "gemini-file-search",
  "mistral-ocr",
  "openai-videos",
] as const);
/** What is made of files or in sessions: test/meter/openai-batches.test.ts, test/proxy/web-socket. */
const OF_FILES = new Set<WireName>(["openai-batches", "openai-realtime"]);
export type TokenWire = Exclude<
  WireName,
  | "bedrock-rerank"
  | "gemini-file-search"
  | "mistral-ocr"
  | "openai-videos"
  | "openai-batches"
  | "openai-realtime"
>;

export function hasTokens(wire: WireName): wire is TokenWire {
  return !WITHOUT_TOKENS.has(wire) && !OF_FILES.has(wire);
}

/** An exchange of 100 tokens in and 20 out, in each format. */
export const SAMPLES: Readonly<Record<TokenWire, Sample>> = {
  "openai-chat": {
    request: chat(MODEL, { max_tokens: 50 }),
    whole: completion(counts(100, 20)),
    stream: chunks(counts(100, 20)),
    output: 20,
  },
  "openai-responses": {
    request: { model: MODEL, input: "Hi", max_output_tokens: 50 },
    whole: { ...response, usage: responseUsage },
    stream: named({
      type: "response.completed",
      response: { ...response, usage: responseUsage },
    } as { readonly type: string }),
    output: 20,
  },
  "openai-embeddings": {
    request: { model: MODEL, input: "Hi" },
    whole: { object: "list", data: [], usage: { prompt_tokens: 100, total_tokens: 100 } },
    output: 0,
  },
  "anthropic-messages": {
    request: chat(MODEL, { max_tokens: 50 }),
    whole: { ...message, usage: { input_tokens: 100, output_tokens: 20 } },
    stream: named(
      {
        type: "message_start",
        message: { ...message, content: [], usage: { input_tokens: 100, output_tokens: 1 } },
      } as { readonly type: string },
      {
        type: "message_delta",
        usage: { output_tokens: 20 },
        delta: { stop_reason: "end_turn" },
      } as {
        readonly type: string;
      },
      { type: "message_stop" },
    ),
    output: 20,
  },
  "anthropic-batches": {
    request: {
      requests: [{ custom_id: "one", params: chat(MODEL, { max_tokens: 50 }) }],
    },
    // Its results, as if they were there at once.
    whole: {
      custom_id: "one",
      result: {
        type: "succeeded",
        message: { ...message, usage: { input_tokens: 100, output_tokens: 20 } },
      },
    },
    output: 20,
  },
  "gemini-batches": {
    request: {
      batch: {
        inputConfig: {
          requests: {
            requests: [
              {
                request: {
                  contents: [{ role: "user", parts: [{ text: "Hi" }] }],
                  generationConfig: { maxOutputTokens: 50 },
                },
              },
            ],
          },
        },
      },
    },
    // Its operation, as if it were done at once.
    whole: {
      name: "batches/one",
      done: true,
      response: {
        inlinedResponses: {
          inlinedResponses: [
            {
              response: {
                candidates: [{ content: { parts: [{ text: "Hello!" }] }, finishReason: "STOP" }],
                usageMetadata: {
                  promptTokenCount: 100,
                  candidatesTokenCount: 20,
                  totalTokenCount: 120,
                },
              },
            },
          ],
        },
      },
    },
    output: 20,
  },
  gemini: {
    request: {
      contents: [{ role: "user", parts: [{ text: "Hi" }] }],
      generationConfig: { maxOutputTokens: 50 },
    },
    whole: {
      candidates: [{ content: { parts: [{ text: "Hello!" }] }, finishReason: "STOP" }],
      usageMetadata: { promptTokenCount: 100, candidatesTokenCount: 20, totalTokenCount: 120 },
    },
    stream: events({
      candidates: [{ content: { parts: [{ text: "Hello!" }] }, finishReason: "STOP" }],
      usageMetadata: { promptTokenCount: 100, candidatesTokenCount: 20, totalTokenCount: 120 },
    }),
    output: 20,
  },
  "openai-completions": {
    request: { model: MODEL, prompt: "Hi", max_tokens: 50 },
    whole: {
      choices: [{ index: 0, text: "Hello!", finish_reason: "stop" }],
      usage: counts(100, 20),
    },
    stream: chunks(counts(100, 20)),
    output: 20,
  },
  "cohere-chat": {
    request: chat(MODEL, { max_tokens: 50 }),
    whole: {
      message: { role: "assistant", content: [{ type: "text", text: "Hello!" }] },
      usage: { billed_units: { input_tokens: 100, output_tokens: 20 } },
    },
    stream: named({
      type: "message-end",
      delta: { usage: { billed_units: { input_tokens: 100, output_tokens: 20 } } },
    } as { readonly type: string }),
    output: 20,
  },
  "cohere-embeddings": {
    request: { model: MODEL, texts: ["Hi"] },
    whole: { embeddings: [[0.1]], meta: { billed_units: { input_tokens: 100 } } },
    output: 0,
  },
  "gemini-embeddings": {
    request: { content: { parts: [{ text: "Hi" }] } },
    whole: { embedding: { values: [0.1] }, usageMetadata: { promptTokenCount: 100 } },
    output: 0,
  },
  // Streams are framed: test/meter/exchanges/bedrock.ts.
  "bedrock-converse": {
    request: { messages: [{ role: "user", content: [{ text: "Hi" }] }] },
    whole: {
      output: { message: { role: "assistant", content: [{ text: "Hello!" }] } },
      usage: { inputTokens: 100, outputTokens: 20, totalTokens: 120 },
    },
    output: 20,
  },
  "bedrock-invoke": {
    request: { prompt: "Hi" },
    whole: { generation: "Hello!", prompt_token_count: 100, generation_token_count: 20 },
    output: 20,
  },
  "ollama-embeddings": {
    request: { model: MODEL, input: "Hi" },
    whole: { embeddings: [[0.1]], prompt_eval_count: 100 },
    output: 0,
  },
  "llama-completion": {
    request: { model: MODEL, prompt: "Hi", n_predict: 50 },
    whole: { content: "Hello!", stop: true, tokens_evaluated: 100, tokens_predicted: 20 },
    output: 20,
  },
  rerank: {
    request: { model: MODEL, query: "Hi", documents: ["Hello!"] },
    whole: { results: [], usage: { total_tokens: 100 } },
    output: 0,
  },
  "openai-images": {
    request: { model: MODEL, prompt: "A cat", size: "1024x1024", quality: "low" },
    whole: { data: [{}], usage: { input_tokens: 100, output_tokens: 20, total_tokens: 120 } },
    output: 20,
  },
  "openai-image-edits": {
    request: { model: MODEL, prompt: "A cat", images: [{ image_url: "https://a.example/cat" }] },
    whole: { data: [{}], usage: { input_tokens: 100, output_tokens: 20, total_tokens: 120 } },
    output: 20,
  },
  // Sound tells no usage, events do: test/meter/exchanges/media.ts.
  "openai-speech": {
    request: { model: MODEL, input: "Hi", stream_format: "sse" },
    whole: { type: "speech.audio.done", usage: { input_tokens: 100, output_tokens: 20 } },
    output: 20,
  },
  "openai-transcriptions": {
    request: { model: MODEL, prompt: "Hi" },
    whole: { text: "Hello!", usage: { type: "tokens", input_tokens: 100, output_tokens: 20 } },
    output: 20,
  },
  "mistral-conversations": {
    request: { model: MODEL, inputs: "Hi", completion_args: { max_tokens: 50 } },
    whole: { outputs: [], usage: counts(100, 20) },
    output: 20,
  },
  "watsonx-text": {
    request: { model_id: MODEL, input: "Hi", parameters: { max_new_tokens: 50 } },
    whole: {
      model_id: MODEL,
      results: [{ generated_text: "Hello!", input_token_count: 100, generated_token_count: 20 }],
    },
    output: 20,
  },
  "vercel-embeddings": {
    request: { values: ["Hi"] },
    whole: { embeddings: [[0.1]], usage: { tokens: 100 } },
    output: 0,
  },
  "vercel-language-model": {
    request: { prompt: [{ role: "user", content: [{ type: "text", text: "Hi" }] }] },
    whole: {
      content: [{ type: "text", text: "Hello!" }],
      usage: { inputTokens: { total: 100 }, outputTokens: { total: 20 } },
    },
    output: 20,
  },
  "google-predict": {
    request: { instances: [{ content: "Hi" }] },
    whole: { predictions: [{ embeddings: { statistics: { token_count: 100 } } }] },
    output: 0,
  },
  ollama: {
    request: chat(MODEL, { stream: false, options: { num_predict: 50 } }),
    whole: {
      message: { role: "assistant", content: "Hello!" },
      done: true,
      prompt_eval_count: 100,
      eval_count: 20,
    },
    output: 20,
  },
};
