// Option objects are read with a table that has a reader for each option, so that the allowed,
// checked and defaulted options cannot differ.

import { checkKeys } from "./check-keys.ts";
import { describe } from "./describe.ts";
import { readWhole } from "./whole.ts";

/** Reads one option, which is undefined if it was omitted. The name is for errors. */
export type OptionReader<Given, Read> = (given: Given, name: string) => Read;

/**
 * A reader for each option of an interface. A table with a missing or an extra option does not
 * compile.
 */
export type OptionTable<Options, Read extends { readonly [Name in keyof Options]?: unknown }> = {
  readonly [Name in keyof Required<Options>]: OptionReader<Options[Name], Read[Name]>;
};

/** The same, with the result types inferred: `{ … } satisfies TableFor<Options>`. */
export type TableFor<Options> = OptionTable<Options, Record<keyof Options, unknown>>;

type Readers = Readonly<Record<string, (given: never, name: string) => unknown>>;
type GivenTo<Table extends Readers> = {
  readonly [Name in keyof Table]?: Parameters<Table[Name]>[0];
};
type ReadBy<Table extends Readers> = {
  readonly [Name in keyof Table]: ReturnType<Table[Name]>;
};

/**
 * Reads an options object.
 *
 * @throws {TypeError | RangeError} if it is not an object, has an unknown key, or has a value that
 * its reader rejects.
 */
export function readOptions<Table extends Readers>(
  options: GivenTo<Table>,
  table: Table,
  argument: string = "options",
): ReadBy<Table> {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new TypeError(`Expected \`${argument}\` to be an object, got ${describe(options)}`);
  }
  checkKeys(options, Object.keys(table), argument);
  const read: Record<string, unknown> = {};
  const prefix = argument === "options" ? "" : `${argument}.`;
  // oxlint-disable typescript/no-unsafe-type-assertion -- as each reader takes and returns them
  for (const name in table) read[name] = table[name]?.(options[name] as never, prefix + name);
  return read as ReadBy<Table>;
}

/** Returns an option unread: it is read later, together with other options. */
export function asGiven<Given>(given: Given | undefined): Given | undefined {
  return given;
}

/** Returns a reader that skips an omitted option. */
export function optional<Given, Read>(
  read: (given: Given, name: string) => Read,
): OptionReader<Given | undefined, Read | undefined> {
  return (given, name) => (given === undefined ? undefined : read(given, name));
}

/** Reads an integer of a range. */
export function whole(
  min: number,
  max: number,
  initial: number,
): OptionReader<number | undefined, number> {
  return (given = initial, name) => {
    readWhole(name, given, min, max);
    return given;
  };
}

/** Reads one of several words, of which the first is the default. */
export function oneOf<Word extends string>(
  ...words: readonly [Word, ...Word[]]
): OptionReader<Word | undefined, Word> {
  return (given = words[0], name) => {
    if (words.includes(given)) return given;
    const listed = words.map((word) => JSON.stringify(word)).join(" or ");
    throw new RangeError(`Expected \`${name}\` to be ${listed}, got ${describe(given)}`);
  };
}

/** Reads a boolean. */
export function flag(initial: boolean): OptionReader<boolean | undefined, boolean> {
  return (given = initial, name) => {
    if (typeof given === "boolean") return given;
    throw new TypeError(`Expected \`${name}\` to be true or false, got ${describe(given)}`);
  };
}

/** Reads a function. */
export function optionalFunction<Given>(given: Given | undefined, name: string): Given | undefined {
  if (given === undefined || typeof given === "function") return given;
  throw new TypeError(`Expected \`${name}\` to be a function, got ${describe(given)}`);
}
