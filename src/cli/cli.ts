// Which command a command line asks for.

import { readFileSync } from "node:fs";

import { BudgetError } from "../core/errors.ts";
import {
  Failure,
  helpOf,
  readCommandLine,
  suggestion,
  UsageError,
  wrapped,
} from "./command-line.ts";
import type { Command, Surroundings } from "./command-line.ts";
import { allow } from "./allow-command.ts";
import { completionOf } from "./completion.ts";
import { explainerFor } from "./explain.ts";
import { EXIT } from "./exit-codes.ts";
import { ledger } from "./ledger-command.ts";
import { reset, set, status } from "./pool-commands.ts";
import { prices } from "./prices-command.ts";
import { run } from "./run.ts";
import { top } from "./top.ts";

const WORKING: readonly Command[] = [run, status, top, set, reset, ledger, prices, allow];
const COMMANDS: readonly Command[] = [...WORKING, completionOf(WORKING)];

const HELP = [
  "token-budget: a hard cap on what programs spend on language models",
  "",
  ...COMMANDS.flatMap(({ name, summary }) =>
    wrapped(`  ${name.padEnd(11)}`, summary.split(/[.:;]/)[0] ?? ""),
  ),
  "",
  "token-budget run --usd 5 -- claude",
  "token-budget COMMAND --help shows the flags of a command.",
  "",
  ...wrapped(
    "",
    `Exit codes: that of the command that was run; ${EXIT.usage} mistyped, ${EXIT.failure} failed, ${EXIT.budget} ended by --kill, ${EXIT.notExecutable} not executable, ${EXIT.notFound} not found, ${EXIT.signal} and the number of the signal that ended it.`,
  ),
];

/** Does what a command line asks for, and answers the exit code. */
export async function runCli(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const [name, ...more] = args;
  if (name === undefined || name === "--help" || name === "help" || name === "-h") {
    for (const line of HELP) surroundings.out(line);
    return EXIT.success;
  }
  if (name === "--version" || name === "-v") {
    surroundings.out(versionOf());
    return EXIT.success;
  }
  const command = COMMANDS.find((each) => each.name === name);
  try {
    if (command === undefined) {
      const known = COMMANDS.map((each) => each.name);
      throw new UsageError(`There is no command "${name}"${suggestion(name, known)}`);
    }
    const given = readCommandLine(command, more);
    if (given.isOn("help")) {
      for (const line of helpOf(command)) surroundings.out(line);
      return EXIT.success;
    }
    return await command.run(given, surroundings);
  } catch (error) {
    // What the library says of an option is about what was typed.
    if (error instanceof UsageError || error instanceof RangeError) {
      const about = command === undefined ? "" : ` ${command.name}`;
      const lines = error instanceof UsageError ? error.lines : [error.message];
      for (const line of [`token-budget: ${lines[0] ?? ""}`, ...lines.slice(1)])
        surroundings.err(line.replaceAll("`", ""));
      surroundings.err(`See token-budget${about} --help`);
      return EXIT.usage;
    }
    if (!(error instanceof Error) || !isExpected(error)) throw error;
    surroundings.err(`token-budget: ${explainerFor(true)(error)}`);
    return EXIT.failure;
  }
}

/** The version of the package that this file is in. */
function versionOf(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
  );
  return String(Reflect.get(Object(manifest), "version"));
}

/** What a user can do something about; anything else is a mistake of this program. */
function isExpected(error: Error): boolean {
  return BudgetError.is(error) || error instanceof Failure || "syscall" in error;
}
