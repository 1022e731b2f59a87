// Endpoints at which providers count the input of a request for nothing.

import { countAt, fieldOf } from "./json/untrusted.ts";

/** A request for a count. */
interface CountRequest {
  readonly url: URL;
  readonly body: string;
}

/** How a provider counts the input of requests in one format. */
export interface Counting {
  /** The request that has a call counted; undefined where its count would not be the bill. */
  request(call: {
    readonly url: URL;
    readonly body: object;
    readonly hasMedia: boolean;
  }): CountRequest | undefined;
  /** The count in the answer; undefined where there is none. */
  tokensOf(answer: unknown): number | undefined;
}

/** Returns the fields of a request that are counted, or change what is; others are rejected. */
export function countedFields(body: object, names: readonly string[]): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const name of names) {
    const value = fieldOf(body, name);
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}

/** Returns the count that OpenAI and Anthropic answer. */
export function inputTokensIn(answer: unknown): number | undefined {
  return countAt(answer, "input_tokens");
}
