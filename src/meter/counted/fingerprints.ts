// What is remembered of a request instead of its text: numbers that only an equal request has.

import type { Continuation, Conversation } from "../../wire/conversation.ts";
import { KeyedHash } from "./keyed-hash.ts";
import type { Digest, HashKey } from "./keyed-hash.ts";

/** Where a request is counted: words that must all be equal, such as host, model and account. */
export type MessagePosition = readonly string[];

/**
 * Returns the fingerprint of a request after each of its messages; the last one covers the whole
 * request.
 */
export function fingerprintsOf(
  key: HashKey,
  place: MessagePosition,
  { settings, messages, counted }: Conversation,
): readonly Digest[] {
  const hash = new KeyedHash(key);
  addPlace(hash, "messages", place);
  addValue(hash, settings);
  return messages.map((message) => {
    addValue(hash, counted(message));
    return hash.digest();
  });
}

/** Returns the fingerprint of an answer's id. */
export function fingerprintOfAnswer(
  key: HashKey,
  place: MessagePosition,
  { id, settings }: Pick<Continuation, "id" | "settings">,
): Digest {
  const hash = new KeyedHash(key);
  addPlace(hash, "answer", place);
  addValue(hash, settings);
  hash.text(id);
  return hash.digest();
}

/** Returns the fingerprint of a place. */
export function fingerprintOfPlace(key: HashKey, place: MessagePosition): Digest {
  const hash = new KeyedHash(key);
  addPlace(hash, "place", place);
  return hash.digest();
}

function addPlace(hash: KeyedHash, kind: string, place: MessagePosition): void {
  hash.text(kind);
  hash.word(place.length);
  for (const word of place) hash.text(word);
}

/** Kinds of values. A list or an object is followed by its size. */
const TEXT = 1;
const LITERAL = 2;
const LIST = 3;
const OBJECT = 4;

/** Adds a JSON value, however deep: no two values give the same series of words. */
function addValue(hash: KeyedHash, whole: unknown): void {
  const open: unknown[] = [whole];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === "string") {
      hash.word(TEXT);
      hash.text(value);
    } else if (Array.isArray(value)) {
      hash.word(LIST);
      hash.word(value.length);
      for (const inner of value) open.push(inner);
    } else if (typeof value === "object" && value !== null) {
      const names = Object.keys(value);
      hash.word(OBJECT);
      hash.word(names.length);
      for (const name of names) {
        hash.text(name);
        open.push(Reflect.get(value, name));
      }
    } else {
      hash.word(LITERAL);
      hash.text(String(value));
    }
  }
}
