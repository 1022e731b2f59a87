// Exchanges with Amazon Bedrock: Converse, and the formats of the models' makers.

import { priceBook } from "../../../src/prices/index.ts";
import { awsFrame } from "../../support/aws-frame.ts";
import { ANY_NUMBER } from "./fixture.ts";
import type { ExchangeFixture } from "./fixture.ts";

const HOST = "https://bedrock-runtime.us-east-1.amazonaws.com";
const NOVA = "us.amazon.nova-pro-v1%3A0";
const CLAUDE = "us.anthropic.claude-sonnet-4-5-20250929-v1%3A0";

/** An event of a model's own format, in base64. */
function chunk(payload: object): Uint8Array {
  return awsFrame("chunk", { bytes: btoa(JSON.stringify(payload)) });
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

const ASK = {
  messages: [{ role: "user", content: [{ text: "Hi" }] }],
  inferenceConfig: { maxTokens: 100 },
};
const ANSWER = { output: { message: { role: "assistant", content: [{ text: "Hello!" }] } } };
const STOPPED = { ...ANSWER, stopReason: "end_turn" };
const USAGE = { inputTokens: 100, outputTokens: 20, totalTokens: 120 };
const EVENTS = [
  awsFrame("messageStart", { role: "assistant" }),
  awsFrame("contentBlockDelta", { delta: { text: "Hello!" }, contentBlockIndex: 0 }),
  awsFrame("messageStop", { stopReason: "end_turn" }),
] as const;
const CACHED = { ...USAGE, cacheReadInputTokens: 1000, totalTokens: 1120 };
const HALF = Math.floor(joined(...EVENTS).length * 0.8);
const CLAUDE_ASK = {
  anthropic_version: "bedrock-2023-05-31",
  max_tokens: 100,
  messages: [{ role: "user", content: "Hi" }],
};
const TITAN = {
  inputText: "Hi",
  textGenerationConfig: { maxTokenCount: 100, temperature: 0.5 },
};

const AGENTS = "https://bedrock-agent-runtime.us-east-1.amazonaws.com";
const RERANK = "arn:aws:bedrock:us-east-1::foundation-model/cohere.rerank-v3-5:0";
const CITIES = Array.from({ length: 150 }, (_, at) => `City ${at}`);
const RANKED = { results: [{ index: 0, relevanceScore: 0.9 }] };

/** What no answer tells: by the names of their models, at the prices of the book. */
const countedExchanges: readonly ExchangeFixture[] = [
  {
    title: "InvokeModel: Titan's embedding tells its tokens",
    provider: "bedrock",
    url: `${HOST}/model/amazon.titan-embed-text-v2%3A0/invoke`,
    request: { inputText: "Hello, world!", dimensions: 256, normalize: true },
    options: { prices: priceBook },
    answer: { body: { embedding: [0.1], inputTextTokenCount: 100 } },
    expected: { outcome: "used", input: 100, output: 0, usd: 0.000002 },
  },
  {
    title: "InvokeModel: Cohere's embeddings tell their tokens in a header",
    provider: "bedrock",
    url: `${HOST}/model/us.cohere.embed-v4%3A0/invoke`,
    request: { texts: ["hello", "world"], input_type: "search_document", truncate: "NONE" },
    options: { prices: priceBook },
    answer: {
      body: { embeddings: { float: [[0.1], [0.2]] } },
      headers: { "x-amzn-bedrock-input-token-count": "100" },
    },
    expected: { outcome: "used", input: 100, output: 0, usd: 0.000012 },
  },
  {
    title: "InvokeModel: Nova embeds text at the price of text, and nothing else",
    provider: "bedrock",
    url: `${HOST}/model/amazon.nova-2-multimodal-embeddings-v1%3A0/invoke`,
    request: {
      taskType: "SINGLE_EMBEDDING",
      singleEmbeddingParams: { embeddingPurpose: "GENERIC_RETRIEVAL", video: { format: "mp4" } },
    },
    options: { prices: priceBook },
    answer: { body: {} },
    expected: { outcome: "refused", code: "input_unbounded" },
  },
  {
    title: "InvokeModel: a ranking is billed by the query of a hundred documents",
    provider: "bedrock",
    url: `${HOST}/model/cohere.rerank-v3-5%3A0/invoke`,
    request: { query: "The capital?", documents: CITIES, top_n: 3, api_version: 2 },
    options: { prices: priceBook },
    answer: { body: RANKED },
    expected: { outcome: "used", input: 0, output: 0, usd: 0.004, heldUsdMin: 0.004 },
  },
  {
    title:
      "Rerank: a ranking by the runtime for agents is billed by the query of a hundred documents",
    provider: "bedrock",
    url: `${AGENTS}/rerank`,
    request: {
      queries: [{ type: "TEXT", textQuery: { text: "The capital?" } }],
      sources: CITIES.map((text) => ({
        type: "INLINE",
        inlineDocumentSource: { type: "TEXT", textDocument: { text } },
      })),
      rerankingConfiguration: {
        type: "BEDROCK_RERANKING_MODEL",
        bedrockRerankingConfiguration: {
          modelConfiguration: { modelArn: RERANK },
          numberOfResults: 3,
        },
      },
    },
    options: { prices: priceBook },
    answer: { body: RANKED },
    expected: { outcome: "used", input: 0, output: 0, usd: 0.004, heldUsdMin: 0.004 },
  },
];

export const bedrockExchanges: readonly ExchangeFixture[] = [
  ...countedExchanges,
  {
    title: "Converse: a whole answer",
    provider: "bedrock",
    url: `${HOST}/model/${NOVA}/converse`,
    request: ASK,
    answer: { body: { ...STOPPED, usage: USAGE } },
    expected: { outcome: "used", input: 100, output: 20, usd: 0.0003, heldOutput: 100 },
  },
  {
    title: "Converse: what a cache was read from stands beside the input",
    provider: "bedrock",
    url: `${HOST}/model/${NOVA}/converse`,
    request: ASK,
    answer: { body: { ...STOPPED, usage: CACHED } },
    expected: { outcome: "used", input: 1100, output: 20, usd: 0.0004 },
  },
  {
    title: "Converse: a write to a cache for an hour",
    provider: "bedrock",
    url: `${HOST}/model/${CLAUDE}/converse`,
    request: { ...ASK, system: [{ text: "S" }, { cachePoint: { type: "default", ttl: "1h" } }] },
    answer: {
      body: {
        ...STOPPED,
        usage: {
          ...USAGE,
          cacheWriteInputTokens: 1000,
          cacheDetails: [{ inputTokens: 1000, ttl: "1h" }],
          totalTokens: 1120,
        },
      },
    },
    expected: { outcome: "used", input: 1100, usd: 0.0001 + 0.002 + 0.0002 },
  },
  {
    title: "Converse: flex is half the price, as it was served",
    provider: "bedrock",
    url: `${HOST}/model/${NOVA}/converse`,
    request: { ...ASK, serviceTier: { type: "flex" } },
    answer: { body: { ...STOPPED, usage: USAGE, serviceTier: { type: "flex" } } },
    expected: { outcome: "used", usd: 0.000_15 },
  },
  {
    title: "Converse: an unknown count makes the booking unsure",
    provider: "bedrock",
    url: `${HOST}/model/${NOVA}/converse`,
    request: ASK,
    answer: { body: { ...STOPPED, usage: { ...USAGE, groundingTokens: 7 } } },
    expected: { outcome: "bounded", input: 100, output: 20, doubts: ["groundingTokens"] },
  },
  {
    title: "Converse: the fee of a guardrail is not in the price",
    provider: "bedrock",
    url: `${HOST}/model/${NOVA}/converse`,
    request: { ...ASK, guardrailConfig: { guardrailIdentifier: "g", guardrailVersion: "1" } },
    answer: { body: { ...STOPPED, usage: USAGE, trace: { guardrail: { inputAssessment: {} } } } },
    expected: { outcome: "bounded", input: 100, doubts: ["guardrail"] },
  },
  {
    title: "Converse: a tool that the provider runs is not bounded",
    provider: "bedrock",
    url: `${HOST}/model/${NOVA}/converse`,
    request: { ...ASK, toolConfig: { tools: [{ systemTool: { name: "nova_grounding" } }] } },
    answer: { body: { ...STOPPED, usage: USAGE } },
    expected: { outcome: "refused", code: "input_unbounded" },
  },
  {
    title: "Converse: an unknown field of the model is not bounded",
    provider: "bedrock",
    url: `${HOST}/model/${NOVA}/converse`,
    request: { ...ASK, additionalModelRequestFields: { max_new_tokens: 9000 } },
    answer: { body: { ...STOPPED, usage: USAGE } },
    expected: { outcome: "refused", code: "input_unbounded" },
  },
  {
    title: "Converse: Nova that is to think hard passes its limit",
    provider: "bedrock",
    url: `${HOST}/model/${NOVA}/converse`,
    request: {
      ...ASK,
      additionalModelRequestFields: {
        reasoningConfig: { type: "enabled", maxReasoningEffort: "high" },
      },
    },
    answer: { body: { ...STOPPED, usage: USAGE } },
    expected: { outcome: "used", output: 20, heldOutput: 32_000 },
  },
  {
    title: "Converse: a limit is written where the room is short",
    provider: "bedrock",
    url: `${HOST}/model/${NOVA}/converse`,
    request: { messages: ASK.messages },
    capUsd: 0.1,
    answer: { body: { ...STOPPED, usage: USAGE } },
    expected: {
      outcome: "used",
      output: 20,
      forwarded: { inferenceConfig: { maxTokens: ANY_NUMBER } },
    },
  },
  {
    title: "Converse: an error costs nothing",
    provider: "bedrock",
    url: `${HOST}/model/${NOVA}/converse`,
    request: ASK,
    answer: { status: 400, body: { message: "Malformed input request" } },
    expected: { outcome: "released" },
  },
  {
    title: "Converse: a stream",
    provider: "bedrock",
    url: `${HOST}/model/${NOVA}/converse-stream`,
    request: ASK,
    answer: { body: joined(...EVENTS, awsFrame("metadata", { usage: USAGE, metrics: {} })) },
    expected: { outcome: "used", input: 100, output: 20, usd: 0.0003 },
  },
  {
    title: "Converse: a stream that is cut books what was seen, at least",
    provider: "bedrock",
    url: `${HOST}/model/${NOVA}/converse-stream`,
    request: ASK,
    answer: { body: joined(...EVENTS).slice(0, HALF), isCut: true },
    expected: { outcome: "bounded", usdMin: 0.000_01 },
  },
  {
    title: "Converse: an exception before any output costs nothing",
    provider: "bedrock",
    url: `${HOST}/model/${NOVA}/converse-stream`,
    request: ASK,
    answer: { body: awsFrame("throttlingException", { message: "Slow down" }, "exception") },
    expected: { outcome: "released" },
  },
  {
    title: "Converse: a stream with a wrong checksum is booked at its bound",
    provider: "bedrock",
    url: `${HOST}/model/${NOVA}/converse-stream`,
    request: ASK,
    answer: {
      body: joined(...EVENTS, awsFrame("metadata", { usage: USAGE })).map((byte, at, all) =>
        at === all.length - 1 ? byte ^ 1 : byte,
      ),
    },
    expected: { outcome: "bounded", outputMin: 100 },
  },
  {
    title: "InvokeModel: Claude in its own format",
    provider: "bedrock",
    url: `${HOST}/model/${CLAUDE}/invoke`,
    request: CLAUDE_ASK,
    answer: {
      body: {
        type: "message",
        role: "assistant",
        content: [{ type: "text", text: "Hello!" }],
        stop_reason: "end_turn",
        usage: { input_tokens: 100, output_tokens: 20 },
      },
    },
    expected: { outcome: "used", input: 100, output: 20, usd: 0.0003, heldOutput: 100 },
  },
  {
    title: "InvokeModel: a stream of Claude's, with the metrics of the service",
    provider: "bedrock",
    url: `${HOST}/model/${CLAUDE}/invoke-with-response-stream`,
    request: CLAUDE_ASK,
    answer: {
      body: joined(
        chunk({
          type: "message_start",
          message: { content: [], usage: { input_tokens: 100, output_tokens: 1 } },
        }),
        chunk({ type: "content_block_delta", delta: { type: "text_delta", text: "Hello!" } }),
        chunk({
          type: "message_delta",
          delta: { stop_reason: "end_turn" },
          usage: { output_tokens: 20 },
        }),
        chunk({
          type: "message_stop",
          "amazon-bedrock-invocationMetrics": { inputTokenCount: 100, outputTokenCount: 20 },
        }),
      ),
    },
    expected: { outcome: "used", input: 100, output: 20, usd: 0.0003 },
  },
  {
    title: "InvokeModel: Titan reports its tokens with its results",
    provider: "bedrock",
    url: `${HOST}/model/amazon.titan-text-express-v1/invoke`,
    request: TITAN,
    answer: {
      body: {
        inputTextTokenCount: 100,
        results: [{ tokenCount: 20, outputText: "Hello!", completionReason: "FINISH" }],
      },
    },
    expected: { outcome: "used", input: 100, output: 20, usd: 0.0003, heldOutput: 100 },
  },
  {
    title: "InvokeModel: Llama",
    provider: "bedrock",
    url: `${HOST}/model/meta.llama3-70b-instruct-v1%3A0/invoke`,
    request: { prompt: "Hi", max_gen_len: 100, temperature: 0.5 },
    answer: { body: { generation: "Hello!", prompt_token_count: 100, generation_token_count: 20 } },
    expected: { outcome: "used", input: 100, output: 20, heldOutput: 100 },
  },
  {
    title: "InvokeModel: Nova",
    provider: "bedrock",
    url: `${HOST}/model/${NOVA}/invoke`,
    request: { schemaVersion: "messages-v1", ...ASK },
    answer: { body: { ...STOPPED, usage: USAGE } },
    expected: { outcome: "used", input: 100, output: 20, heldOutput: 100 },
  },
  {
    title: "InvokeModel: a model that speaks OpenAI's chat format",
    provider: "bedrock",
    url: `${HOST}/model/openai.gpt-oss-120b-1%3A0/invoke`,
    request: { messages: [{ role: "user", content: "Hi" }], max_completion_tokens: 100 },
    answer: {
      body: {
        choices: [{ index: 0, message: { content: "Hello!" }, finish_reason: "stop" }],
        usage: { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 },
      },
    },
    expected: { outcome: "used", input: 100, output: 20, heldOutput: 100 },
  },
  {
    title: "InvokeModel: embeddings",
    provider: "bedrock",
    url: `${HOST}/model/amazon.titan-embed-text-v2%3A0/invoke`,
    request: { inputText: "Hi", dimensions: 256, normalize: true },
    answer: { body: { embedding: [0.1], inputTextTokenCount: 5 } },
    expected: { outcome: "used", input: 5, output: 0, heldOutput: 0 },
  },
  {
    title: "InvokeModel: an unknown field is not bounded",
    provider: "bedrock",
    url: `${HOST}/model/amazon.titan-text-express-v1/invoke`,
    request: { ...TITAN, agents: 9 },
    answer: { body: {} },
    expected: { outcome: "refused", code: "input_unbounded" },
  },
  {
    title: "InvokeModel: an answer without any count is booked at its bound",
    provider: "bedrock",
    url: `${HOST}/model/amazon.titan-text-express-v1/invoke`,
    request: TITAN,
    answer: { body: { results: [{ outputText: "Hello!" }] } },
    expected: { outcome: "bounded", outputMin: 100 },
  },
];
