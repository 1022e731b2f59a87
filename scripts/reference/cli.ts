// docs/reference/cli.md: the commands with their flags, from the tables that the program reads.

import { COMMANDS } from "../../src/cli/commands.ts";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { cell, GENERATED } from "./pages.ts";
import type { Page } from "./pages.ts";

const EXIT_CODES: Readonly<Record<string, string>> = {
  success: "success; `run` exits with the code of its command",
  failure: "the command failed: a store that does not answer, a pool that does not exist",
  usage: "usage error: a command, flag or value that is not valid",
  budget: "`run --kill` ended the command because the budget ran out",
  notExecutable: "the command of `run` cannot be executed",
  notFound: "the command of `run` was not found",
  signal: "plus the number of the signal that ended the command of `run`",
};

/** The reference of the command line. */
export async function cliPage(): Promise<Page> {
  const sections = await Promise.all(
    COMMANDS.map(async ({ name, title, load }) => {
      const { operands, summary, flags, examples } = await load();
      const rows = Object.entries(flags).map(([flag, { value, help, isMany }]) => {
        const shown = `--${flag}${value === undefined ? "" : ` ${value}`}`;
        return `| \`${shown}\` | ${cell(help)}${isMany === true ? " (repeatable)" : ""} |`;
      });
      const table = rows.length === 0 ? [] : ["| flag | |\n| --- | --- |", ...rows, ""];
      const usage = `token-budget ${name} ${operands}`.trimEnd();
      return [
        `## ${name}\n\n${title}.\n`,
        `\`\`\`sh\n${[usage, "", ...examples].join("\n")}\n\`\`\`\n`,
        `${summary}\n`,
        ...table,
      ].join("\n");
    }),
  );
  const exits = Object.entries(EXIT).map(
    ([name, code]) => `| ${code} | ${EXIT_CODES[name] ?? ""} |`,
  );
  const text = [
    "# Command line reference\n",
    `${GENERATED}\n`,
    "Every command takes `--help`. The [guide](../guides/command-line.md) explains what they are for;",
    "[configuration](config.md) lists variables and files.\n",
    ...sections,
    "## Exit codes\n",
    "| code | meaning |\n| --- | --- |",
    ...exits,
    "",
  ].join("\n");
  return {
    path: "docs/reference/cli.md",
    title: "Command line reference",
    summary: "Every command, flag and exit code.",
    text,
  };
}
