// Google's APIs take every name in either spelling: maxOutputTokens and max_output_tokens.

import { fieldOf, has } from "../json/untrusted.ts";

/** Returns the other spelling of a name. */
export function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Returns the name of a member as it is spelled; as it is given when there is none. */
export function nameIn(value: unknown, name: string): string {
  const other = snakeCase(name);
  return fieldOf(value, name) === undefined && fieldOf(value, other) !== undefined ? other : name;
}

/** Returns a member in either spelling; undefined when it is missing or null. */
export function either(value: unknown, name: string): unknown {
  return fieldOf(value, nameIn(value, name)) ?? undefined;
}

/** Returns whether a member is there in both spellings, so that two readers may take two values. */
export function isSpelledTwice(value: unknown, name: string): boolean {
  return has(value, name) && name !== snakeCase(name) && has(value, snakeCase(name));
}
