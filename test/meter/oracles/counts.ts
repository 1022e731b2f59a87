// What others read of the same answers: the converters of the AI SDK's packages, and the extraction
// of genai-prices.

import { createAnthropic } from "@ai-sdk/anthropic";
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { createOpenAI } from "@ai-sdk/openai";
import { extractUsage, findProvider } from "@pydantic/genai-prices";

import { INPUT_CLASSES, OUTPUT_CLASSES, readUsage, sumOf } from "../../../src/core/usage.ts";
import type { Usage } from "../../../src/core/usage.ts";

/** Counts that all readers have a word for; what one of them does not read is left out. */
export interface Counts {
  readonly input?: number | undefined;
  readonly cacheRead?: number | undefined;
  readonly cacheWrite?: number | undefined;
  readonly output?: number | undefined;
  readonly reasoning?: number | undefined;
}

/** The format of an answer. */
export type Format = "chat" | "responses" | "messages" | "gemini";

/** The format that an address answers in; undefined where none of the oracles reads it. */
export function formatAt(url: string): Format | undefined {
  if (/\/chat\/completions(?:\?|$)/.test(url)) return "chat";
  if (/\/responses(?:\?|$)/.test(url)) return "responses";
  if (/\/messages(?:\?|$)/.test(url)) return "messages";
  return /enerateContent(?:\?|$)/.test(url) ? "gemini" : undefined;
}

/** Our own classes, in the words of the oracles. */
export function countsOf(usage: Usage): Counts {
  const whole = readUsage(usage);
  return {
    input: sumOf(whole, INPUT_CLASSES),
    cacheRead: whole.cacheReadTokens + whole.cacheReadAudioTokens + whole.cacheReadImageTokens,
    cacheWrite: whole.cacheWriteTokens + whole.cacheWrite1hTokens,
    output: sumOf(whole, OUTPUT_CLASSES),
    reasoning: whole.reasoningTokens,
  };
}

/** The names of the counts that differ, of those that both have. */
export function differing(ours: Counts, theirs: Counts): readonly (keyof Counts)[] {
  const names = ["input", "cacheRead", "cacheWrite", "output", "reasoning"] as const;
  return names.filter((name) => theirs[name] !== undefined && ours[name] !== theirs[name]);
}

const APIS = { chat: "chat", responses: "responses", messages: "default", gemini: "default" };

/** What genai-prices takes from a whole answer; undefined where it has no rule or finds nothing. */
export function countsByGenaiPrices(
  providerId: string,
  format: Format,
  body: unknown,
): Counts | undefined {
  const provider = findProvider({ providerId });
  if (provider === undefined) return undefined;
  try {
    const { usage } = extractUsage(provider, body, APIS[format]);
    return {
      input: usage["input_tokens"],
      cacheRead: usage["cache_read_tokens"],
      cacheWrite: usage["cache_write_tokens"],
      output: usage["output_tokens"],
    };
  } catch {
    return undefined;
  }
}

type Model = ReturnType<ReturnType<typeof createOpenAI>["chat"]>;
type SdkUsage = Awaited<ReturnType<Model["doGenerate"]>>["usage"];

function modelOf(format: Format, fetch: typeof globalThis.fetch): Model {
  const settings = { apiKey: "key", fetch };
  switch (format) {
    case "chat":
      return createOpenAI(settings).chat("gpt-4o");
    case "responses":
      return createOpenAI(settings).responses("gpt-4o");
    case "messages":
      return createAnthropic(settings)("claude-sonnet-4-5");
    default:
      return createGoogleGenerativeAI(settings)("gemini-2.5-flash");
  }
}

const CALL = {
  prompt: [{ role: "user" as const, content: [{ type: "text" as const, text: "Hi" }] }],
};

/** What the AI SDK reports of an answer; undefined where it does not take it for one. */
export async function countsByAiSdk(format: Format, body: string): Promise<Counts | undefined> {
  const isWhole = body.startsWith("{");
  const type = isWhole ? "application/json" : "text/event-stream";
  const model = modelOf(format, () =>
    Promise.resolve(new Response(body, { headers: { "content-type": type } })),
  );
  try {
    if (isWhole) return countsOfSdk((await model.doGenerate(CALL)).usage);
    const { stream } = await model.doStream(CALL);
    let found: Counts | undefined;
    for await (const part of stream) {
      if (part.type === "error") return undefined;
      if (part.type === "finish") found = countsOfSdk(part.usage);
    }
    return found;
  } catch {
    return undefined;
  }
}

function countsOfSdk({ inputTokens, outputTokens }: SdkUsage): Counts | undefined {
  if (inputTokens.total === undefined && outputTokens.total === undefined) return undefined;
  return {
    input: inputTokens.total,
    cacheRead: inputTokens.cacheRead,
    cacheWrite: inputTokens.cacheWrite,
    output: outputTokens.total,
    reasoning: outputTokens.reasoning,
  };
}
