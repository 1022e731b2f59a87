// Exchanges with tools that the provider runs, and takes a fee for besides the tokens.

import { RATES } from "./fixture.ts";
import type { ExchangeFixture } from "./fixture.ts";

const RESPONSES = "https://api.openai.com/v1/responses";
const MESSAGES = "https://api.anthropic.com/v1/messages";
const OPENAI = { "openai/a-model": { ...RATES, codeSessions: 30 } };
const IMAGES = {
  "openai/a-model": RATES,
  "openai/gpt-image-1": { inputTokens: 5, outputTokens: 40, outputImageTokens: 40 },
};
const ANTHROPIC = { "anthropic/a-model": { ...RATES, codeSessions: 4 } };
const COUNTS = { input_tokens: 100, output_tokens: 20, total_tokens: 120 };

function respond(container: unknown): object {
  const tools = [{ type: "code_interpreter", container }];
  return { model: "a-model", input: "Hi", max_output_tokens: 50, max_tool_calls: 1, tools };
}

function draw(more: object): object {
  const tools = [{ type: "image_generation", model: "gpt-image-1", ...more }];
  return { model: "a-model", input: "A cat", max_output_tokens: 50, max_tool_calls: 1, tools };
}

function drawn(reported: object | undefined): object {
  const call = { type: "image_generation_call", size: "1024x1024", quality: "low", result: "" };
  const tools = [{ type: "image_generation", model: "gpt-image-1" }];
  const used = reported && { tool_usage: { image_gen: reported } };
  return { ...responded(call), tools, ...used };
}

function responded(...output: readonly object[]): object {
  return { object: "response", status: "completed", model: "a-model", output, usage: COUNTS };
}

function ask(...types: readonly string[]): object {
  const tools = types.map((type) => ({ type, name: type.replace(/_\d+$/, ""), max_uses: 1 }));
  return { model: "a-model", max_tokens: 50, messages: [{ role: "user", content: "Hi" }], tools };
}

const RAN = { type: "code_interpreter_call", id: "ci", container_id: "cntr", code: "1" };
const MESSAGE = {
  type: "message",
  role: "assistant",
  model: "a-model",
  content: [
    { type: "server_tool_use", id: "t", name: "bash_code_execution", input: {} },
    { type: "bash_code_execution_tool_result", tool_use_id: "t", content: {} },
    { type: "text", text: "Hello!" },
  ],
  stop_reason: "end_turn",
  usage: { input_tokens: 100, output_tokens: 20 },
};
/** $1 a million tokens in and $10 out. */
const TOKENS_USD = 0.0003;

export const feeExchanges: readonly ExchangeFixture[] = [
  {
    title: "a container of OpenAI's is held, and booked where code ran in it",
    provider: "openai",
    url: RESPONSES,
    request: respond({ type: "auto", memory_limit: "4g" }),
    prices: OPENAI,
    answer: { body: responded(RAN) },
    expected: { outcome: "used", input: 100, usd: TOKENS_USD + 0.12, heldUsdMin: 0.12 },
  },
  {
    title: "a container that was not used costs nothing",
    provider: "openai",
    url: RESPONSES,
    request: respond({ type: "auto" }),
    prices: OPENAI,
    answer: { body: responded() },
    expected: { outcome: "used", usd: TOKENS_USD, heldUsdMin: 0.03 },
  },
  {
    title: "a container in a word that is not known is held as the largest",
    provider: "openai",
    url: RESPONSES,
    request: respond({ type: "auto", memory_limit: "1t" }),
    prices: OPENAI,
    answer: { body: responded() },
    expected: { outcome: "used", usd: TOKENS_USD, heldUsdMin: 1.92 },
  },
  {
    title: "a container that was made before is booked as unsure",
    provider: "openai",
    url: RESPONSES,
    request: respond("cntr"),
    prices: OPENAI,
    answer: { body: responded(RAN) },
    expected: { outcome: "bounded", usd: TOKENS_USD, doubts: ["a container"] },
  },
  {
    title: "an image of Responses is held by size and quality, and booked as it is reported",
    provider: "openai",
    url: RESPONSES,
    request: draw({ size: "1024x1024", quality: "low" }),
    prices: IMAGES,
    answer: { body: drawn({ input_tokens: 50, output_tokens: 272, total_tokens: 322 }) },
    // $5 a million tokens in, $40 for those of images that come out.
    expected: {
      outcome: "used",
      input: 150,
      output: 292,
      usd: TOKENS_USD + 0.011_13,
      // 32,000 tokens of a prompt, 272 of the image, and two windows of the model that answers.
      heldUsdMin: 0.170_88,
    },
  },
  {
    title: "an image that is not reported is booked by its size, as unsure",
    provider: "openai",
    url: RESPONSES,
    request: draw({}),
    prices: IMAGES,
    answer: { body: drawn(undefined) },
    expected: {
      outcome: "bounded",
      output: 292,
      usd: TOKENS_USD + 0.010_88,
      doubts: ["by their size"],
    },
  },
  {
    title: "images are limited where the request does not",
    provider: "openai",
    url: RESPONSES,
    request: { ...draw({}), max_tool_calls: null },
    prices: IMAGES,
    answer: { body: drawn(undefined) },
    expected: {
      outcome: "bounded",
      doubts: ["by their size"],
      forwarded: { ...draw({}), max_tool_calls: 4 },
    },
  },
  {
    title: "Anthropic's code is held for an hour, and booked for the least that is billed",
    provider: "anthropic",
    url: MESSAGES,
    request: ask("code_execution_20250825"),
    prices: ANTHROPIC,
    answer: { body: MESSAGE },
    expected: {
      outcome: "bounded",
      usd: TOKENS_USD + 0.004,
      heldUsdMin: 0.048,
      doubts: ["five minutes"],
    },
  },
  {
    title: "Anthropic's code costs nothing beside its newer searches",
    provider: "anthropic",
    url: MESSAGES,
    request: ask("code_execution_20260120", "web_fetch_20260209"),
    prices: ANTHROPIC,
    answer: { body: MESSAGE },
    expected: { outcome: "used", usd: TOKENS_USD },
  },
];
