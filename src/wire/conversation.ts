// A request as a conversation: its settings, and its messages one by one, so that a request that
// continues an earlier one is recognized.

import { fieldOf } from "./json/untrusted.ts";

/** A conversation that a request carries. */
export interface Conversation {
  /**
   * Everything that may change how the messages are counted: instructions, tools, reasoning
   * settings. Requests with equal settings differ only in their messages.
   */
  readonly settings: readonly (readonly [name: string, value: unknown])[];
  /** The messages as they were sent, the oldest first. */
  readonly messages: readonly unknown[];
  /** Returns a message as it is counted: without cache markers, and a single text as itself. */
  readonly counted: (message: unknown) => unknown;
  /** Whether a message refers to content by an address, where it may change. */
  readonly isFetched: (message: unknown) => boolean;
  /** Whether a message has citations, whose first one makes the provider add a prompt. */
  readonly cites: (message: unknown) => boolean;
  /** Returns the body of a request to the same model with only these messages. */
  readonly bodyOf: (messages: readonly unknown[]) => object;
}

/** How an earlier answer is identified, if the provider stores the conversation. */
export interface Continuation {
  /** The id of the answer, or of the conversation that it belongs to. */
  readonly id: string;
  /** The settings that must be equal; everything else is repeated in this request. */
  readonly settings: readonly (readonly [name: string, value: unknown])[];
  /** The body without the id. */
  readonly body: object;
}

/** Returns the members of a body that are set, without those with the given names. */
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
 * Returns a copy of an object without some members, or the object itself if it has none of them.
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
