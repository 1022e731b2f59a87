// Wrapper commands, first in the path, for an agent whose base URL can only be set by arguments:
// whatever starts it by its name, such as a shell, a script or npx, gets the arguments too.

import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import process from "node:process";

import type { CliContext } from "../command-line.ts";

/** The folder of the commands, and its removal. */
export interface AgentShims {
  /** The folder; undefined if there is none. */
  readonly folder: string | undefined;
  /** The path with the folder first. */
  readonly path: string | undefined;
  /** Removes the folder. */
  remove(): void;
}

/** An agent, and the arguments it needs. */
export interface AgentSettings {
  readonly name: string;
  /** Its npm package. */
  readonly package: string;
  readonly args: readonly string[];
}

const NONE: AgentShims = { folder: undefined, path: undefined, remove: () => undefined };
const OWNER_ONLY = 0o700;
/** Package runners, which put their own folders of commands before ours. */
const STARTERS = ["npx", "bunx", "pnpx", "pnpm", "yarn", "bun"] as const;
/** Their subcommands that run a package. */
const START_WORDS: Readonly<Record<string, string>> = { pnpm: "dlx|exec", yarn: "dlx", bun: "x" };
const CURRENT_DIRECTORY = "";

/** Creates such a command for each installed agent; none on Windows. */
export function makeShims(agent: AgentSettings, env: CliContext["env"]): AgentShims {
  if (process.platform === "win32") return NONE;
  const path = env["PATH"] ?? "";
  const scripts = [agent.name, ...STARTERS].flatMap((name) => {
    const found = commandIn(path, name);
    if (found === undefined) return [];
    return [
      [
        name,
        name === agent.name
          ? agentScript(found, agent)
          : starterScript(found, agent, START_WORDS[name]),
      ],
    ];
  });
  if (scripts.length === 0) return NONE;
  // Created with mode 0700, for this user only.
  const folder = mkdtempSync(join(tmpdir(), "token-budget-run-"));
  for (const [name = "", script = ""] of scripts)
    writeFileSync(join(folder, name), script, { mode: OWNER_ONLY });
  return {
    folder,
    path: `${folder}${delimiter}${path}`,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function agentScript(found: string, { args }: AgentSettings): string {
  return `#!/bin/sh\nexec ${[found, ...args].map(quoted).join(" ")} "$@"\n`;
}

/** Inserts the arguments after the name of the agent, if it is being started. */
function starterScript(found: string, agent: AgentSettings, startWords?: string): string {
  const names = [agent.name, agent.package].flatMap((name) => [name, `${name}@*`]).join("|");
  return `#!/bin/sh
is_known= is_value= is_starter=${startWords === undefined ? 1 : ""} left=$#
while [ "$left" -gt 0 ]; do
  word=$1
  shift
  left=$((left - 1))
  set -- "$@" "$word"
  if [ -n "$is_known" ]; then continue; fi
  if [ -n "$is_value" ]; then is_value=; continue; fi
  if [ -z "$is_starter" ]; then
    case $word in
      ${startWords ?? "''"}) is_starter=1 ;;
      -*) ;;
      *) is_known=1 ;;
    esac
    continue
  fi
  case $word in
    -p|--package|-c|--call|-w|--workspace) is_value=1 ;;
    -*) ;;
    ${names}) set -- "$@" ${agent.args.map(quoted).join(" ")}; is_known=1 ;;
    *) is_known=1 ;;
  esac
done
exec ${quoted(found)} "$@"
`;
}

/** Returns the path of a command of that name; undefined if there is none. */
export function commandIn(path: string, name: string): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => folder !== CURRENT_DIRECTORY)
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A word as a shell reads it unchanged. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
