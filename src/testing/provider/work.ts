// What a request asks a model to do, and what the model does: the same for every format.

import type { Behavior } from "./behavior.ts";
import { jsonForSchema } from "./json-for-schema.ts";
import { outputMaxOf } from "./prices.ts";
import type { BilledUsage } from "./prices.ts";
import { randomOf } from "./random.ts";

/** A tool that may be called. */
export interface CallableTool {
  readonly name: string;
  readonly schema: unknown;
}

/** What a format reads from a request. */
export interface Ask {
  readonly model: string;
  readonly streams: boolean;
  readonly limit: number | undefined;
  readonly choices: number;
  /** Everything that goes in as text. */
  readonly input: unknown;
  /** Tokens of what the provider has kept of an earlier answer, which this one continues. */
  readonly keptTokens?: number;
  /** Inputs that have the context to themselves, where it is not the whole input that must fit. */
  readonly parts?: readonly unknown[];
  /** The tools that may be called, that which is chosen first. */
  readonly tools: readonly CallableTool[];
  /** Whether the last message is the result of a tool. */
  readonly isToolResult: boolean;
  /** Whether a tool has to be called. */
  readonly mustCall?: boolean;
  /** The schema of the answer that is asked for. */
  readonly schema: unknown;
}

/** What the model answers. */
export interface ModelAnswer {
  readonly id: string;
  readonly model: string;
  /** Each is one token. */
  readonly words: readonly string[];
  readonly tool: { readonly name: string; readonly input: string } | undefined;
  readonly choices: number;
  readonly isCut: boolean;
  readonly reasoning: number;
  readonly usage: BilledUsage;
  readonly serviceTier: string | undefined;
}

/** What becomes of a request: an answer, or a refusal. */
export type Work =
  | { readonly ask: Ask; readonly answer: ModelAnswer }
  | { readonly refusal: { readonly status: number; readonly message: string } };

const WORDS =
  "one budget for all calls holds what it promises until every last cent is spent".split(" ");
const BYTES_PER_TOKEN = 4;

function toolFor(ask: Ask, { tool = false }: Behavior): CallableTool | undefined {
  if (typeof tool === "string") return ask.tools.find(({ name }) => name === tool);
  return (tool || ask.mustCall === true) && !ask.isToolResult ? ask.tools[0] : undefined;
}

/** Does the work: the same for the same seed. */
export function workOf(ask: Ask, behavior: Behavior, id: string, seed: number): ModelAnswer {
  const called = toolFor(ask, behavior);
  const tool = called && { name: called.name, input: jsonForSchema(called.schema) ?? "{}" };
  const all = wordsOf(tool?.input ?? behavior.text ?? jsonForSchema(ask.schema), behavior, seed);
  const limit = Math.min(ask.limit ?? Number.POSITIVE_INFINITY, outputMaxOf(ask.model));
  const reasoning = Math.min(behavior.reasoningTokens ?? 0, limit);
  const words = all.slice(0, limit - reasoning);
  return {
    id,
    model: ask.model,
    words,
    tool,
    choices: ask.choices,
    isCut: words.length < all.length,
    reasoning,
    usage: usageOf(
      tokensOf(ask.input) + (ask.keptTokens ?? 0),
      (words.length + reasoning) * ask.choices,
      behavior,
    ),
    serviceTier: behavior.serviceTier,
  };
}

/** A text in pieces of one token each, or words that mean nothing. */
function wordsOf(text: string | undefined, behavior: Behavior, seed: number): readonly string[] {
  if (text !== undefined) return text.match(/[\s\S]{1,4}/g) ?? [];
  const random = randomOf(seed);
  const wanted = behavior.outputTokens ?? Math.ceil(Math.exp(random() * 3 + 2));
  return Array.from({ length: wanted }, () => `${wordBy(random)} `);
}

function wordBy(random: () => number): string {
  return WORDS[Math.floor(random() * WORDS.length)] ?? "";
}

function usageOf(inputTokens: number, output: number, behavior: Behavior): BilledUsage {
  const { cachedTokens = 0, cacheWriteTokens = 0, cacheWrite1hTokens = 0 } = behavior;
  const cachedRead = Math.min(cachedTokens, inputTokens);
  const cacheWrite = Math.min(cacheWriteTokens, inputTokens - cachedRead);
  const cacheWrite1h = Math.min(cacheWrite1hTokens, inputTokens - cachedRead - cacheWrite);
  const input = inputTokens - cachedRead - cacheWrite - cacheWrite1h;
  return { input, cachedRead, cacheWrite, cacheWrite1h, output };
}

/** Returns all input. */
export function inputOf({ usage }: ModelAnswer): number {
  return usage.input + usage.cachedRead + usage.cacheWrite + usage.cacheWrite1h;
}

/** Returns how much of the model's context a request takes, with all that it may answer. */
export function contextTakenBy({ input, keptTokens = 0, parts = [input], limit = 0 }: Ask): number {
  const most = parts.reduce<number>((found, part) => Math.max(found, tokensOf(part)), 0);
  return most + keptTokens + limit;
}

/** Four bytes a token, and some tokens around every message. */
export function tokensOf(input: unknown): number {
  if (typeof input === "string") return Math.ceil(Buffer.byteLength(input) / BYTES_PER_TOKEN);
  if (typeof input !== "object" || input === null) return 0;
  const inner = Object.values(input).reduce<number>((sum, each) => sum + tokensOf(each), 0);
  return inner + ("role" in input ? BYTES_PER_TOKEN : 0);
}
