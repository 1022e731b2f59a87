// M2: the effect of request fields on the bill. An unknown field may have any effect.

import { has, fieldOf } from "./json/untrusted.ts";
import { plainName } from "./json/set-members.ts";
import type { InputTally } from "./input-bound.ts";

/**
 * What a field may do.
 *
 * - `"content"`: it goes in, and its bytes bound it.
 * - `"steers"`: it changes neither how much goes in nor how much comes out.
 * - `"read"`: the format reads it.
 * - `"setting"`: the format reads it, and it steers.
 * - `{ window }`: what it refers to is kept by the provider, and only the context window bounds it.
 * - `{ unbounded }`: nothing bounds what it makes the provider do.
 */
export type FieldRule =
  | "content"
  | "steers"
  | "read"
  | "setting"
  | { readonly window: string }
  | { readonly unbounded: string };

/** The fields of a request by name. */
export type Fields = Readonly<Record<string, FieldRule>>;

/** Returns fields of names with one rule. */
export function fieldsOf(rule: FieldRule, names: readonly string[]): Fields {
  return Object.fromEntries(names.map((name) => [name, rule]));
}

/**
 * Names of values that steer or label, for any provider. An id is a label only if its name says of
 * what: a `vector_store_id` or a `knowledge_base_id` brings in stored content.
 */
const STEERING_NAME =
  /^(?:(?:request|session|user|trace|span|run|client|tenant|project|organization|workspace|correlation|customer|end_user|app|experiment)_ids?|id|user|metadata|tags?|seed|temperature|top_[a-z]|(?:\w+_)?penalty|(?:\w+_)?bias|(?:\w+_)?logprobs|(?:\w+_)?labels?|trace|(?:\w+_)?version)$/i;
const STEERING_MAX = 2;

/** Checks every field of a request, and reports to the tally what is not bounded. */
export function tallyFields(
  body: object,
  format: Fields,
  provider: Fields | undefined,
  tally: InputTally,
): void {
  for (const name of Object.keys(body)) {
    if (!has(body, name)) continue;
    const rule = ruleFor(name, provider) ?? ruleFor(name, format);
    if (rule === undefined) tallyUnknown(name, fieldOf(body, name), format, tally);
    else if (rule === "steers" || rule === "setting") tally.leaveOut(body, name);
    else if (typeof rule !== "string") {
      if (isOff(fieldOf(body, name))) continue;
      if ("window" in rule) tally.upToWindow(rule.window);
      else tally.unbounded(rule.unbounded);
    }
  }
}

function ruleFor(name: string, fields: Fields | undefined): FieldRule | undefined {
  return fields !== undefined && Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** The names of a table as the least strict readers compare them: looked up for every field. */
const plainNames = new WeakMap<Fields, ReadonlyMap<string, string>>();

function plainNamesOf(known: Fields): ReadonlyMap<string, string> {
  let found = plainNames.get(known);
  if (found === undefined) {
    found = new Map(Object.keys(known).map((name) => [plainName(name), name]));
    plainNames.set(known, found);
  }
  return found;
}

function tallyUnknown(name: string, value: unknown, known: Fields, tally: InputTally): void {
  const meant = plainNamesOf(known).get(plainName(name));
  if (meant !== undefined) tally.unclear(`the field ${shown(name)}, which may be read as ${meant}`);
  else if (!isOff(value) && !steersOnly(name, value))
    tally.unbounded(`the field ${shown(name)}, which is not known`);
}

/** Whether a field is switched off, so that it has no effect. */
function isOff(value: unknown): boolean {
  return value === false || value === "" || (Array.isArray(value) && value.length === 0);
}

/** Whether the name and type of an unknown field show that it only steers. */
function steersOnly(name: string, value: unknown): boolean {
  if (typeof value === "number") return value >= 0 && value <= STEERING_MAX;
  return STEERING_NAME.test(name);
}

const SHOWN_LENGTH_MAX = 40;

/** A name as a message shows it. */
function shown(name: string): string {
  return name.length <= SHOWN_LENGTH_MAX ? name : `${name.slice(0, SHOWN_LENGTH_MAX)}…`;
}
