// The official clients, each asked in the same words: a whole answer, a stream, and tools.

import Anthropic from "@anthropic-ai/sdk";
import { createAnthropic } from "@ai-sdk/anthropic";
import { createGoogle } from "@ai-sdk/google";
import { createOpenAI } from "@ai-sdk/openai";
import { GoogleGenAI } from "@google/genai";
import { ChatOpenAI } from "@langchain/openai";
import { generateText, jsonSchema, stepCountIs, streamText, tool } from "ai";
import type { LanguageModel } from "ai";
import OpenAI from "openai";

import { ANTHROPIC_URL, GOOGLE_URL, OPENAI_URL } from "./metered.ts";

/** How a client is asked. */
interface AskOptions {
  readonly maxTokens?: number;
  readonly signal?: AbortSignal;
}

/** A client of some SDK. */
interface Client {
  /** Answers the text. */
  whole(prompt: string, options?: AskOptions): Promise<string>;
  /** Answers the text in pieces. */
  stream(prompt: string, options?: AskOptions): AsyncIterable<string>;
  /** Lets the model call a tool, and answers its last text. */
  withTool?(prompt: string): Promise<string>;
}

/** Makes a client that sends its requests to its provider through a `fetch`. */
export type MakeClient = (fetch: typeof globalThis.fetch, retries?: number) => Client;

const SCHEMA = {
  type: "object" as const,
  properties: { place: { type: "string" as const } },
  required: ["place"],
  additionalProperties: false,
};

const openaiChat: MakeClient = (fetch, maxRetries = 0) => {
  const client = new OpenAI({ apiKey: "key", baseURL: `${OPENAI_URL}/v1`, fetch, maxRetries });
  const model = "gpt-4o-mini";
  const request = (content: string, { maxTokens }: AskOptions = {}) => ({
    model,
    messages: [{ role: "user" as const, content }],
    ...(maxTokens !== undefined && { max_completion_tokens: maxTokens }),
  });
  return {
    async whole(prompt, options = {}) {
      const { signal = null } = options;
      const answer = await client.chat.completions.create(request(prompt, options), { signal });
      return answer.choices[0]?.message.content ?? "";
    },
    async *stream(prompt, options = {}) {
      const { signal = null } = options;
      const asked = { ...request(prompt, options), stream: true as const };
      const chunks = await client.chat.completions.create(asked, { signal });
      for await (const chunk of chunks) {
        if (chunk.choices.length === 0) throw new Error("A chunk that nobody has asked for");
        yield chunk.choices[0]?.delta.content ?? "";
      }
    },
    async withTool(prompt) {
      const runner = client.chat.completions.runTools({
        ...request(prompt),
        tools: [
          {
            type: "function",
            function: {
              name: "weather",
              description: "Weather at a place",
              parameters: SCHEMA,
              parse: JSON.parse,
              function: () => "sunny",
            },
          },
        ],
      });
      return (await runner.finalContent()) ?? "";
    },
  };
};

const openaiResponses: MakeClient = (fetch, maxRetries = 0) => {
  const client = new OpenAI({ apiKey: "key", baseURL: `${OPENAI_URL}/v1`, fetch, maxRetries });
  const request = (input: string, { maxTokens }: AskOptions = {}) => ({
    model: "gpt-4o",
    input,
    ...(maxTokens !== undefined && { max_output_tokens: maxTokens }),
  });
  return {
    async whole(prompt, options = {}) {
      const { signal = null } = options;
      return (await client.responses.create(request(prompt, options), { signal })).output_text;
    },
    async *stream(prompt, options = {}) {
      const { signal = null } = options;
      const asked = { ...request(prompt, options), stream: true as const };
      for await (const event of await client.responses.create(asked, { signal }))
        if (event.type === "response.output_text.delta") yield event.delta;
    },
  };
};

const anthropic: MakeClient = (fetch, maxRetries = 0) => {
  const client = new Anthropic({ apiKey: "key", baseURL: ANTHROPIC_URL, fetch, maxRetries });
  const request = (content: string, { maxTokens = 1000 }: AskOptions = {}) => ({
    model: "claude-haiku-4-5",
    max_tokens: maxTokens,
    messages: [{ role: "user" as const, content }],
  });
  return {
    async whole(prompt, options = {}) {
      const { signal = null } = options;
      const { content } = await client.messages.create(request(prompt, options), { signal });
      return content[0]?.type === "text" ? content[0].text : "";
    },
    async *stream(prompt, options = {}) {
      const { signal = null } = options;
      const asked = { ...request(prompt, options), stream: true as const };
      for await (const event of await client.messages.create(asked, { signal }))
        if (event.type === "content_block_delta" && event.delta.type === "text_delta")
          yield event.delta.text;
    },
    async withTool(prompt) {
      const tools = [{ name: "weather", description: "Weather", input_schema: SCHEMA }];
      const asked = { ...request(prompt), tools };
      const first = await client.messages.create(asked);
      const call = first.content.find((block) => block.type === "tool_use");
      const last = await client.messages.create({
        ...asked,
        messages: [
          ...asked.messages,
          { role: "assistant", content: first.content },
          {
            role: "user",
            content: [{ type: "tool_result", tool_use_id: call?.id ?? "", content: "sunny" }],
          },
        ],
      });
      return last.content[0]?.type === "text" ? last.content[0].text : "";
    },
  };
};

const google: MakeClient = (fetch) => {
  const client = new GoogleGenAI({ apiKey: "key", httpOptions: { baseUrl: GOOGLE_URL, fetch } });
  const request = (contents: string, { maxTokens, signal }: AskOptions = {}) => ({
    model: "gemini-2.5-flash",
    contents,
    config: {
      ...(maxTokens !== undefined && { maxOutputTokens: maxTokens }),
      ...(signal !== undefined && { abortSignal: signal }),
    },
  });
  return {
    async whole(prompt, options) {
      return (await client.models.generateContent(request(prompt, options))).text ?? "";
    },
    async *stream(prompt, options) {
      const chunks = await client.models.generateContentStream(request(prompt, options));
      for await (const chunk of chunks) yield chunk.text ?? "";
    },
  };
};

/** A client of the AI SDK, for a model of any of its providers. */
function aiSdk(model: LanguageModel, maxRetries: number): Client {
  const request = (prompt: string, { maxTokens, signal }: AskOptions = {}) => ({
    model,
    prompt,
    maxRetries,
    ...(maxTokens !== undefined && { maxOutputTokens: maxTokens }),
    ...(signal !== undefined && { abortSignal: signal }),
  });
  return {
    async whole(prompt, options) {
      return (await generateText(request(prompt, options))).text;
    },
    async *stream(prompt, options) {
      let failure: unknown;
      const onError = ({ error }: { error: unknown }): void => {
        failure = error;
      };
      yield* streamText({ ...request(prompt, options), onError }).textStream;
      if (failure !== undefined) throw failure;
    },
    async withTool(prompt) {
      const weather = tool({
        description: "Weather at a place",
        inputSchema: jsonSchema<{ place: string }>(SCHEMA),
        execute: () => Promise.resolve("sunny"),
      });
      const { text } = await generateText({
        ...request(prompt),
        tools: { weather },
        stopWhen: stepCountIs(3),
      });
      return text;
    },
  };
}

const aiSdkOpenai: MakeClient = (fetch, retries = 0) =>
  aiSdk(
    createOpenAI({ apiKey: "key", baseURL: `${OPENAI_URL}/v1`, fetch })("gpt-4o-mini"),
    retries,
  );
const aiSdkOpenaiChat: MakeClient = (fetch, retries = 0) =>
  aiSdk(
    createOpenAI({ apiKey: "key", baseURL: `${OPENAI_URL}/v1`, fetch }).chat("gpt-4o"),
    retries,
  );
const aiSdkAnthropic: MakeClient = (fetch, retries = 0) =>
  aiSdk(
    createAnthropic({ apiKey: "key", baseURL: `${ANTHROPIC_URL}/v1`, fetch })("claude-sonnet-4-5"),
    retries,
  );
const aiSdkGoogle: MakeClient = (fetch, retries = 0) =>
  aiSdk(
    createGoogle({ apiKey: "key", baseURL: `${GOOGLE_URL}/v1beta`, fetch })("gemini-2.5-pro"),
    retries,
  );

const langchain: MakeClient = (fetch, maxRetries = 0) => {
  const make = ({ maxTokens }: AskOptions = {}) =>
    new ChatOpenAI({
      model: "gpt-4o-mini",
      apiKey: "key",
      maxRetries,
      ...(maxTokens !== undefined && { maxTokens }),
      configuration: { baseURL: `${OPENAI_URL}/v1`, fetch },
    });
  const optionsOf = ({ signal }: AskOptions = {}) => (signal === undefined ? {} : { signal });
  return {
    async whole(prompt, options) {
      return (await make(options).invoke(prompt, optionsOf(options))).text;
    },
    async *stream(prompt, options) {
      for await (const chunk of await make(options).stream(prompt, optionsOf(options)))
        yield chunk.text;
    },
  };
};

/** All of them, by what they are called. */
export const CLIENTS: readonly (readonly [name: string, make: MakeClient])[] = [
  ["openai, chat completions", openaiChat],
  ["openai, responses", openaiResponses],
  ["@anthropic-ai/sdk", anthropic],
  ["@google/genai", google],
  ["ai with @ai-sdk/openai", aiSdkOpenai],
  ["ai with @ai-sdk/openai, chat", aiSdkOpenaiChat],
  ["ai with @ai-sdk/anthropic", aiSdkAnthropic],
  ["ai with @ai-sdk/google", aiSdkGoogle],
  ["@langchain/openai", langchain],
];
