// What a request asks a model to do, and what the model does: the same for every format.

import type { Behavior } from "./behavior.ts";
import type { BilledUsage } from "./prices.ts";
import { randomOf } from "./random.ts";

/** What a format reads from a request. */
export interface Ask {
  readonly model: string;
  readonly streams: boolean;
  readonly limit: number | undefined;
  readonly choices: number;
  /** Everything that goes in as text. */
  readonly input: unknown;
  /** The first tool, unless the last message is the result of one. */
  readonly tool: { readonly name: string; readonly schema: unknown } | undefined;
  /** The schema of the answer that is asked for. */
  readonly schema: unknown;
}

/** What the model answers. */
export interface Answer {
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

const WORDS =
  "one budget for all calls holds what it promises until every last cent is spent".split(" ");
const BYTES_PER_TOKEN = 4;

/** Does the work. */
export function workOf(ask: Ask, behavior: Behavior, index: number): Answer {
  const random = randomOf(index);
  const inputTokens = tokensOf(ask.input);
  const wanted = behavior.outputTokens ?? Math.ceil(Math.exp(random() * 3 + 2));
  const told = behavior.text ?? jsonFor(ask.schema);
  const tool =
    behavior.tool === true && ask.tool !== undefined
      ? { name: ask.tool.name, input: jsonFor(ask.tool.schema) ?? "{}" }
      : undefined;
  const all =
    tool === undefined
      ? (pieces(told) ?? Array.from({ length: wanted }, () => `${wordBy(random)} `))
      : pieces(tool.input);
  const reasoning = behavior.reasoningTokens ?? 0;
  const room = Math.max(0, (ask.limit ?? Number.POSITIVE_INFINITY) - reasoning);
  const words = (all ?? []).slice(0, room);
  return {
    id: `sim-${index}`,
    model: ask.model,
    words,
    tool,
    choices: ask.choices,
    isCut: words.length < (all ?? []).length,
    reasoning: Math.min(reasoning, ask.limit ?? reasoning),
    usage: usageOf(inputTokens, (words.length + reasoning) * ask.choices, behavior),
    serviceTier: behavior.serviceTier,
  };
}

function usageOf(inputTokens: number, output: number, behavior: Behavior): BilledUsage {
  const { cachedTokens = 0, cacheWriteTokens = 0, cacheWrite1hTokens = 0 } = behavior;
  const cachedRead = Math.min(cachedTokens, inputTokens);
  const cacheWrite = Math.min(cacheWriteTokens, inputTokens - cachedRead);
  const cacheWrite1h = Math.min(cacheWrite1hTokens, inputTokens - cachedRead - cacheWrite);
  const input = inputTokens - cachedRead - cacheWrite - cacheWrite1h;
  return { input, cachedRead, cacheWrite, cacheWrite1h, output };
}

/** All input. */
export function inputOf({ usage }: Answer): number {
  return usage.input + usage.cachedRead + usage.cacheWrite + usage.cacheWrite1h;
}

function wordBy(random: () => number): string {
  return WORDS[Math.floor(random() * WORDS.length)] ?? "";
}

/** A text in pieces of one token each. */
function pieces(text: string | undefined): string[] | undefined {
  return text?.match(/[\s\S]{1,4}/g) ?? (text === undefined ? undefined : []);
}

/** Four bytes a token, and some tokens around every message. */
function tokensOf(input: unknown): number {
  if (typeof input === "string") return Math.ceil(Buffer.byteLength(input) / BYTES_PER_TOKEN);
  if (typeof input !== "object" || input === null) return 0;
  const inner = Object.values(input).reduce<number>((sum, each) => sum + tokensOf(each), 0);
  return inner + ("role" in input ? BYTES_PER_TOKEN : 0);
}

/** Some JSON that fits a schema of an object with texts and numbers. */
function jsonFor(schema: unknown): string | undefined {
  if (typeof schema !== "object" || schema === null) return undefined;
  const properties: unknown = Reflect.get(schema, "properties");
  if (typeof properties !== "object" || properties === null) return "{}";
  const filled = Object.entries(properties).map(([name, property]: [string, unknown]) => [
    name,
    valueFor(property),
  ]);
  return JSON.stringify(Object.fromEntries(filled));
}

function valueFor(schema: unknown): unknown {
  const type: unknown =
    typeof schema === "object" && schema !== null ? Reflect.get(schema, "type") : undefined;
  switch (String(type).toLowerCase()) {
    case "number":
    case "integer":
      return 7;
    case "boolean":
      return true;
    case "array":
      return [];
    default:
      return "some text";
  }
}
