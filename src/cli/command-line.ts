// Parses command lines: known flags, or an error that names the nearest.

import { parseArgs } from "node:util";

import { changesBetween, nearestTo } from "../prices/nearest.ts";

const COLUMNS = 80;
const FLAG_WIDTH = 21;
const NEGATIVE = /^-\$?\.?\d/;
/** A name is near if at most a third of it must be changed. */
const NEAR_PART = 3;

/** The style of a text on a terminal. */
export type Style = "green" | "yellow" | "red";

/** A part of a line, colored if colors are enabled. */
export interface Painted {
  readonly style: Style;
  readonly text: string;
}

/** The context of a command. */
export interface CliContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Writes one line to stdout, with visible control characters. */
  readonly out: (...parts: readonly (string | Painted)[]) => void;
  /** Writes one line to stderr, with visible control characters. */
  readonly err: (line: string) => void;
}

/** A flag of a command. */
export interface Flag {
  /** The name of its value; a switch has none. */
  readonly value?: string;
  readonly isMany?: boolean;
  readonly help: string;
}

/** A command of the program. */
export interface CliCommand {
  readonly name: string;
  /** The operands after the name, such as `POOL`. */
  readonly operands: string;
  /** The maximum number of operands. */
  readonly operandsMax: number;
  readonly summary: string;
  readonly flags: Readonly<Record<string, Flag>>;
  readonly examples: readonly string[];
  /** Runs the command, and returns the exit code. */
  run(given: ParsedArguments, context: CliContext): Promise<number>;
}

/** The parsed arguments of a command. */
export interface ParsedArguments {
  readonly operands: readonly string[];
  /** The arguments after `--`. */
  readonly rest: readonly string[];
  text(flag: string): string | undefined;
  texts(flag: string): readonly string[];
  isOn(flag: string): boolean;
}

/** Thrown for a mistyped command line. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  /** The message, line by line. */
  readonly lines: readonly string[];

  constructor(...lines: readonly string[]) {
    super(lines.join("\n"));
    this.lines = lines;
  }
}

/** Thrown when a command fails, with a message for people. */
export class Failure extends Error {
  override readonly name = "Failure";
}

/**
 * Parses a command line.
 * @throws {UsageError} if a flag or command is unknown.
 */
export function readCommandLine(command: CliCommand, args: readonly string[]): ParsedArguments {
  const end = args.indexOf("--");
  const own = joinNegative(end === -1 ? args : args.slice(0, end));
  const rest = end === -1 ? [] : args.slice(end + 1);
  const names = [...Object.keys(command.flags), "help"];
  const options = Object.fromEntries(
    names.map((name) => {
      const flag = command.flags[name];
      const type = flag?.value === undefined ? "boolean" : "string";
      return [name, { type, multiple: flag?.isMany === true }] as const;
    }),
  );
  checkNames(own, names);
  try {
    const { values, positionals } = parseArgs({ args: [...own], options, allowPositionals: true });
    checkOperands(positionals, command);
    return givenOf(values, positionals, rest);
  } catch (error) {
    throw error instanceof Error ? new UsageError(error.message) : error;
  }
}

/** Joins a negative number with its flag, because it would be parsed as a flag. */
function joinNegative(args: readonly string[]): readonly string[] {
  return args.flatMap((arg, index) => {
    const next = args[index + 1];
    if (/^--[^=]+$/.test(arg) && next !== undefined && NEGATIVE.test(next))
      return [`${arg}=${next}`];
    return index > 0 && NEGATIVE.test(arg) && /^--[^=]+$/.test(args[index - 1] ?? "") ? [] : [arg];
  });
}

/** Returns the arguments from the values of flags. */
export function givenOf(
  values: Readonly<Record<string, unknown>>,
  operands: readonly string[],
  rest: readonly string[],
): ParsedArguments {
  return {
    operands,
    rest,
    text(flag) {
      const value = values[flag];
      return typeof value === "string" ? value : undefined;
    },
    texts(flag) {
      const value = values[flag];
      return Array.isArray(value) ? value.map(String) : [];
    },
    isOn: (flag) => values[flag] === true,
  };
}

function checkOperands(operands: readonly string[], { operandsMax }: CliCommand): void {
  const extra = operands[operandsMax];
  if (extra !== undefined) throw new UsageError(`Unexpected argument: ${extra}`);
}

function checkNames(args: readonly string[], names: readonly string[]): void {
  for (const arg of args) {
    const name = /^--([^=]+)/.exec(arg)?.[1];
    if (name === undefined || names.includes(name)) continue;
    throw new UsageError(`Unknown flag --${name}${suggestion(name, names, "--")}`);
  }
}

/** Returns ", did you mean …?" if a name is near. */
export function suggestion(given: string, known: readonly string[], before = ""): string {
  const [nearest] = nearestTo(given, known);
  const isNear =
    nearest !== undefined &&
    changesBetween(given.toLowerCase(), nearest.toLowerCase()) <=
      Math.ceil(Math.min(given.length, nearest.length) / NEAR_PART);
  return !isNear ? "" : `; did you mean ${before}${nearest}?`;
}

/** Returns a text wrapped for a terminal, with an indent after its first line. */
export function wrapped(before: string, text: string): readonly string[] {
  const lines = [before];
  for (const word of text.split(" ")) {
    const line = lines.at(-1) ?? "";
    const isFirst = line.length === before.length;
    const longer = isFirst ? line + word : `${line} ${word}`;
    if (longer.length <= COLUMNS || isFirst) lines[lines.length - 1] = longer;
    else lines.push(" ".repeat(before.length) + word);
  }
  return lines;
}

/** Returns the help of a command. */
export function helpOf(command: CliCommand): readonly string[] {
  const flags = Object.entries(command.flags).flatMap(([name, { value, help }]) => {
    const shown = `--${name}${value === undefined ? "" : ` ${value}`}`;
    return wrapped(`  ${shown.padEnd(FLAG_WIDTH)}`, help);
  });
  return [
    `token-budget ${command.name} ${command.operands}`.trimEnd(),
    "",
    ...wrapped("", command.summary),
    ...(flags.length === 0 ? [] : ["", ...flags]),
    "",
    "Examples:",
    ...command.examples.map((example) => `  ${example}`),
  ];
}
