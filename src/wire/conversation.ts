// A request as a conversation: what stands beside the messages, and the messages one by one, so
// that a request which goes on where an earlier one ended is seen to do so.

import { fieldOf } from "./json/untrusted.ts";

/** A conversation that a request carries. */
export interface Conversation {
  /**
   * Everything that may change how the messages are counted: instructions, tools, how the model is
   * to think. Requests whose settings are equal differ in their messages alone.
   */
  readonly settings: readonly (readonly [name: string, value: unknown])[];
  /** The messages as they were sent, the oldest first. */
  readonly messages: readonly unknown[];
  /** A message as it is counted: without markers of caches, and a single text as itself. */
  readonly counted: (message: unknown) => unknown;
  /** Whether a message names content by an address, where it may be another one the next time. */
  readonly isFetched: (message: unknown) => boolean;
  /** Whether a message has citations, whose first one makes the provider add a prompt. */
  readonly cites: (message: unknown) => boolean;
  /** The body of a request to the same model with these messages and nothing besides. */
  readonly bodyOf: (messages: readonly unknown[]) => object;
}

/** What an earlier answer is known by, where the provider keeps what was said before. */
export interface Continuation {
  /** The id of the answer, or of the conversation that it belongs to. */
  readonly id: string;
  /** The settings that have to be equal; everything else is in this request once more. */
  readonly settings: readonly (readonly [name: string, value: unknown])[];
  /** The body without the id. */
  readonly body: object;
}

/** Returns the members of a body that are set and that none of the names leaves out. */
export function conversationSettings(
  body: object,
  without: ReadonlySet<string>,
): (readonly [string, unknown])[] {
  return Object.keys(body).flatMap((name) => {
    const value = fieldOf(body, name) ?? undefined;
    return value === undefined || without.has(name) ? [] : [[name, value] as const];
  });
}

/** Returns the model of a body, as a member. */
export function modelIn(body: object): { readonly model?: unknown } {
  const model = fieldOf(body, "model");
  return model === undefined ? {} : { model };
}

/**
 * Returns a copy of an object without some members; the object itself where it has none of them.
 */
export function withoutMembers(value: object, names: readonly string[]): object {
  if (!names.some((name) => Object.hasOwn(value, name))) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
}

/** Returns whether an object has exactly these members. */
export function hasOnly(value: object, names: readonly string[]): boolean {
  const found = Object.keys(value);
  return found.length === names.length && found.every((name) => names.includes(name));
}
