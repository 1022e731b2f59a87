// Exchanges with providers, in the shapes that they document and with invented values, and what the
// books have to say of each. Ids such as "B1" or "A07" count the kinds of faults that were found in
// recorded traffic (B, U, O, R, W), in public reports (A) and by attacks (m).

import { expect } from "vitest";

import type { ExchangeOutcome, MeterOptions } from "../../../src/meter/index.ts";
import type { Override } from "../../../src/prices/index.ts";

/** An exchange, and what is booked for it. */
export interface ExchangeFixture {
  readonly title: string;
  /** The id of the provider that serves it. */
  readonly provider: string;
  readonly url: string;
  /** JSON, its text, or a form. */
  readonly request: object | string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly options?: MeterOptions;
  /** The dollars that there are. Default: $1,000. */
  readonly capUsd?: number;
  /** Models with prices of their own besides that of the request. */
  readonly prices?: Readonly<Record<string, Override>>;
  readonly answer: {
    /** Default: 200. */
    readonly status?: number;
    /** Default: by the body. */
    readonly type?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body: object | string | Uint8Array;
    /** Whether the connection breaks behind the body. */
    readonly isCut?: boolean;
  };
  readonly expected: Expected;
}

/** What is expected; what is left out may be anything. */
interface Expected {
  readonly outcome: ExchangeOutcome;
  readonly input?: number;
  readonly output?: number;
  readonly usd?: number;
  /** At least this much. */
  readonly usdMin?: number;
  readonly outputMin?: number;
  /** At most this much. */
  readonly usdMax?: number;
  /** Parts of the doubts; none unless they are named. */
  readonly doubts?: readonly string[];
  readonly heldInputMin?: number;
  readonly heldOutput?: number;
  readonly heldUsdMin?: number;
  /** The body as it is forwarded. Default: as it was sent. */
  readonly forwarded?: object;
  /** Of a refusal: its reason. */
  readonly code?: string;
}

/**
 * The price of all models of fixtures: $1 a million tokens in and $10 out, so that dollars can be
 * worked out by hand.
 */
export const RATES: Override = {
  inputTokens: 1,
  cacheReadTokens: 0.1,
  cacheWriteTokens: 1.25,
  cacheWrite1hTokens: 2,
  outputTokens: 10,
  webSearches: 10,
  context: 200_000,
  outputMax: 32_000,
  multipliers: { flex: 0.5, priority: 2, fast: 6 },
};

/** Any number, in a body as it is forwarded. */
export const ANY_NUMBER: unknown = expect.any(Number);

/** Events as they go over the wire, without names. */
export function events(...data: readonly unknown[]): string {
  return data
    .map((each) => `data: ${typeof each === "string" ? each : JSON.stringify(each)}\n\n`)
    .join("");
}

/** Events with the names that their type gives them. */
export function named(...data: readonly { readonly type: string }[]): string {
  return data.map((each) => `event: ${each.type}\ndata: ${JSON.stringify(each)}\n\n`).join("");
}

/** A chunk of a chat completion with some text. */
export function delta(content: string, finish: string | null = null): object {
  return { choices: [{ index: 0, delta: { content }, finish_reason: finish }] };
}

/** A whole chat completion with usage. */
export function completion(usage: object | undefined, more: object = {}): object {
  return {
    object: "chat.completion",
    choices: [
      { index: 0, message: { role: "assistant", content: "Hello!" }, finish_reason: "stop" },
    ],
    ...(usage !== undefined && { usage }),
    ...more,
  };
}

/** Counts of a chat completion. */
export function counts(input: number, output: number, more: object = {}): object {
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    ...more,
  };
}

/** A stream of a chat completion, with its usage in a last chunk. */
export function chunks(usage: object, more: object = {}): string {
  return events(
    { ...delta("Hello"), ...more },
    { ...delta("!", "stop"), ...more },
    { choices: [], usage, ...more },
    "[DONE]",
  );
}

/** A request for a chat completion. */
export function chat(model: string, more: object = {}): object {
  return { model, messages: [{ role: "user", content: "Hi" }], ...more };
}
