// The commands of the program, by name. Each is loaded on demand: the modules of `run`, above all
// the prices, would slow down `status` and `statusline`.

import type { CliCommand } from "./command-line.ts";

/** A command that is not loaded yet. */
export interface CommandEntry {
  readonly name: string;
  /** A short description. */
  readonly title: string;
  readonly load: () => Promise<CliCommand>;
}

/** All commands, in the order in which the help lists them. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: "run",
    title: "Runs a command whose LLM calls draw from a budget",
    load: async () => (await import("./commands/run.ts")).run,
  },
  {
    name: "proxy",
    title: "Runs the proxy alone, for editors and desktop apps",
    load: async () => (await import("./commands/proxy.ts")).proxy,
  },
  {
    name: "serve",
    title: "Runs a gateway for a team: a key and a budget for each",
    load: async () => (await import("./commands/serve.ts")).serve,
  },
  {
    name: "keys",
    title: "Creates, lists and revokes the keys of a gateway",
    load: async () => (await import("./commands/keys.ts")).keys,
  },
  {
    name: "status",
    title: "Shows what pools have used, hold and have left",
    load: async () => (await import("./commands/quick-commands.ts")).status,
  },
  {
    name: "statusline",
    title: "Shows one pool in one line, for status bars and shell prompts",
    load: async () => (await import("./commands/quick-commands.ts")).statusline,
  },
  {
    name: "top",
    title: "Watches all pools, live",
    load: async () => (await import("./commands/quick-commands.ts")).top,
  },
  {
    name: "console",
    title: "Serves a console for your browser",
    load: async () => (await import("./commands/console.ts")).consoleCommand,
  },
  {
    name: "set",
    title: "Raises or lowers the caps of a pool, live",
    load: async () => (await import("./commands/quick-commands.ts")).set,
  },
  {
    name: "reset",
    title: "Sets used to zero",
    load: async () => (await import("./commands/quick-commands.ts")).resetCommand,
  },
  {
    name: "freeze",
    title: "Refuses every new call that draws from a pool",
    load: async () => (await import("./commands/quick-commands.ts")).freeze,
  },
  {
    name: "thaw",
    title: "Ends a freeze",
    load: async () => (await import("./commands/quick-commands.ts")).thaw,
  },
  {
    name: "request",
    title: "Asks for more budget for a pool",
    load: async () => (await import("./commands/quick-commands.ts")).requestCommand,
  },
  {
    name: "requests",
    title: "Lists requests for more budget",
    load: async () => (await import("./commands/quick-commands.ts")).requestsCommand,
  },
  {
    name: "grant",
    title: "Grants a request for more budget",
    load: async () => (await import("./commands/quick-commands.ts")).grantCommand,
  },
  {
    name: "refuse",
    title: "Refuses a request for more budget",
    load: async () => (await import("./commands/quick-commands.ts")).refuseCommand,
  },
  {
    name: "holds",
    title: "Shows what is held for calls under way",
    load: async () => (await import("./commands/quick-commands.ts")).holdsCommand,
  },
  {
    name: "release",
    title: "Releases what a stuck reservation holds",
    load: async () => (await import("./commands/quick-commands.ts")).releaseCommand,
  },
  {
    name: "amend",
    title: "Corrects what a call has booked",
    load: async () => (await import("./commands/quick-commands.ts")).amendCommand,
  },
  {
    name: "delete",
    title: "Deletes a pool and all pools below it",
    load: async () => (await import("./commands/quick-commands.ts")).remove,
  },
  {
    name: "archive",
    title: "Moves old ledger entries to a file",
    load: async () => (await import("./commands/quick-commands.ts")).archive,
  },
  {
    name: "template",
    title: "Sets the caps of pools that do not exist yet",
    load: async () => (await import("./commands/quick-commands.ts")).template,
  },
  {
    name: "ledger",
    title: "Shows ledger entries, or totals",
    load: async () => (await import("./commands/quick-commands.ts")).ledger,
  },
  {
    name: "refusals",
    title: "Shows recent refusals, and how many there were",
    load: async () => (await import("./commands/quick-commands.ts")).refusals,
  },
  {
    name: "history",
    title: "Shows what past runs spent, by command, day and model",
    load: async () => (await import("./commands/quick-commands.ts")).history,
  },
  {
    name: "prices",
    title: "Shows a model's price and its source",
    load: async () => (await import("./commands/prices.ts")).prices,
  },
  {
    name: "doctor",
    title: "Checks your setup, and where calls from this shell would go",
    load: async () => (await import("./commands/doctor.ts")).doctor,
  },
  {
    name: "allow",
    title: "Allows the token-budget.json of this folder",
    load: async () => (await import("./commands/quick-commands.ts")).allow,
  },
  {
    name: "completion",
    title: "Prints a completion script for your shell",
    load: async () => (await import("./commands/quick-commands.ts")).completion,
  },
];

/** Loads a command; returns undefined if there is none of that name. */
export async function loadCommand(name: string): Promise<CliCommand | undefined> {
  return COMMANDS.find((each) => each.name === name)?.load();
}
