// Objects of options are read by a table that has a reader for each option, so that what can be
// given, what is checked and what has a default cannot differ.

import { checkKeys } from "./check-keys.ts";
import { describe } from "./describe.ts";
import { readWhole } from "./whole.ts";

/** Reads one option, which is undefined if it was left out. The name is for errors. */
export type OptionReader<Given, Read> = (given: Given, name: string) => Read;

/**
 * A reader for each option of an interface. A table that lacks an option of the interface, or has
 * one more, does not compile.
 */
export type OptionTable<Options, Read extends { readonly [Name in keyof Options]?: unknown }> = {
  readonly [Name in keyof Required<Options>]: OptionReader<Options[Name], Read[Name]>;
};

/** The same where what is read is left to inference: `{ … } satisfies TableFor<Options>`. */
export type TableFor<Options> = OptionTable<Options, Record<keyof Options, unknown>>;

type Readers = Readonly<Record<string, (given: never, name: string) => unknown>>;
type GivenTo<Table extends Readers> = {
  readonly [Name in keyof Table]?: Parameters<Table[Name]>[0];
};
type ReadBy<Table extends Readers> = {
  readonly [Name in keyof Table]: ReturnType<Table[Name]>;
};

/**
 * Reads an object of options.
 *
 * @throws {TypeError | RangeError} if it is not an object, has a key that the table lacks, or has a
 * value that its reader refuses.
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

/** Takes an option as it is: its reader is elsewhere, where it meets other options. */
export function asGiven<Given>(given: Given | undefined): Given | undefined {
  return given;
}

/** Returns a reader that is not called for an option that is left out. */
export function optional<Given, Read>(
  read: (given: Given, name: string) => Read,
): OptionReader<Given | undefined, Read | undefined> {
  return (given, name) => (given === undefined ? undefined : read(given, name));
}

/** Reads a whole number of a range. */
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

/** Reads one of some words, of which the first is the default. */
export function oneOf<Word extends string>(
  ...words: readonly [Word, ...Word[]]
): OptionReader<Word | undefined, Word> {
  return (given = words[0], name) => {
    if (words.includes(given)) return given;
    const listed = words.map((word) => JSON.stringify(word)).join(" or ");
    throw new RangeError(`Expected \`${name}\` to be ${listed}, got ${describe(given)}`);
  };
}

/** Reads true or false. */
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
