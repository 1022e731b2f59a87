// Finds the command of a command line.

import { readFileSync } from "node:fs";

import { COMMANDS, loadCommand } from "./commands.ts";
import {
  Failure,
  helpOf,
  readCommandLine,
  suggestion,
  UsageError,
  wrapped,
} from "./command-line.ts";
import type { CliCommand, CliContext } from "./command-line.ts";
import { EXIT } from "./exit-codes.ts";
import { checkServer } from "./server/without-server.ts";

function help(): readonly string[] {
  return [
    "token-budget: a hard cap on what programs spend on LLM calls",
    "",
    ...COMMANDS.flatMap(({ name, title }) => wrapped(`  ${name.padEnd(11)}`, title)),
    "",
    "token-budget run --usd 5 -- claude",
    "Run token-budget COMMAND --help for the flags of a command.",
    "",
    ...wrapped(
      "",
      `Exit codes: the command's own; ${EXIT.usage} usage error; ${EXIT.failure} token-budget failed; ${EXIT.budget} ended by --kill; ${EXIT.notExecutable} not executable; ${EXIT.notFound} not found; ${EXIT.signal} plus the number of the signal that ended the command.`,
    ),
  ];
}

export { lineFor } from "./output/terminal-text.ts";

/** Runs a command line, and returns the exit code. */
export async function runCli(args: readonly string[], context: CliContext): Promise<number> {
  const [first, ...behind] = args;
  const isHelp = first === "help" && behind.length > 0;
  const [name, ...more] = isHelp ? [...behind.slice(0, 1), "--help"] : args;
  if (name === undefined || name === "--help" || name === "help" || name === "-h") {
    for (const line of help()) context.out(line);
    return EXIT.success;
  }
  if (name === "--version" || name === "-v") {
    context.out(versionOf());
    return EXIT.success;
  }
  let command: CliCommand | undefined;
  try {
    command = await loadCommand(name);
    if (command === undefined) {
      const known = COMMANDS.map((each) => each.name);
      throw new UsageError(`Unknown command "${name}"${suggestion(name, known)}`);
    }
    checkServer(command.name, more, context);
    const given = readCommandLine(command, more);
    if (given.isOn("help")) {
      for (const line of helpOf(command)) context.out(line);
      return EXIT.success;
    }
    return await command.run(given, context);
  } catch (error) {
    // An error of the library about an option is an error of what was typed.
    if (error instanceof UsageError || error instanceof RangeError) {
      const about = command === undefined ? "" : ` ${command.name}`;
      const lines = error instanceof UsageError ? error.lines : [error.message];
      for (const line of [`token-budget: ${lines[0] ?? ""}`, ...lines.slice(1)])
        context.err(line.replaceAll("`", ""));
      context.err(`See token-budget${about} --help`);
      return EXIT.usage;
    }
    if (!(error instanceof Error)) throw error;
    if (error instanceof Failure) {
      context.err(`token-budget: ${error.message}`);
      return EXIT.failure;
    }
    // The module that explains errors of the library loads the prices, which most commands never
    // need.
    const [{ explainerFor }, { BudgetError }] = await Promise.all([
      import("./output/explain-refusal.ts"),
      import("../core/errors.ts"),
    ]);
    if (!BudgetError.is(error) && !("syscall" in error)) throw error;
    context.err(`token-budget: ${explainerFor(true)(error)}`);
    return EXIT.failure;
  }
}

/** The version of this package. */
function versionOf(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
  );
  return String(Reflect.get(Object(manifest), "version"));
}
