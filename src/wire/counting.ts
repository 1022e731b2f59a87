// Endpoints at which providers count the input of a request for free.

import { countAt, fieldOf } from "./json/untrusted.ts";

/** A request for a count. */
interface CountRequest {
  readonly url: URL;
  readonly body: string;
}

/** How a provider counts the input of requests in one format. */
export interface Counting {
  /** Returns the request that counts a call; undefined if its count would not match the bill. */
  request(call: {
    readonly url: URL;
    readonly body: object;
    readonly hasMedia: boolean;
  }): CountRequest | undefined;
  /** Returns the count in an answer; undefined if there is none. */
  tokensOf(answer: unknown): number | undefined;
}

/** Returns the fields of a request that are counted, or affect the count; others are rejected. */
export function countedFields(body: object, names: readonly string[]): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const name of names) {
    const value = fieldOf(body, name);
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}

/** Returns the count in OpenAI's and Anthropic's answers. */
export function inputTokensIn(answer: unknown): number | undefined {
  return countAt(answer, "input_tokens");
}
