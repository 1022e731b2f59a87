// Commands that work only on a store, and the alternatives with a server.

import { UsageError } from "../command-line.ts";
import type { CliContext } from "../command-line.ts";

const BY_ITSELF =
  "holds budgets by itself, in a store; with a server, give your program its address and your key, such as OPENAI_BASE_URL and OPENAI_API_KEY";
const WHY: Readonly<Record<string, string>> = {
  run: BY_ITSELF,
  proxy: BY_ITSELF,
  serve: "is the server: it needs a store",
  console: "shows a store; a server has its console at its own address, under /console",
  archive: "moves entries out of a store: run it with --store, where the server runs",
  doctor: "checks the setup of this machine",
  allow: "is about the folder that you are in",
  prices: "shows prices of this machine",
};
/** Commands that would silently show or change something else. */
const NOT_ELSEWHERE: ReadonlySet<string> = new Set(["console", "archive"]);

/** Commands that use a local store, and say so. */
const ELSEWHERE: ReadonlySet<string> = new Set(["run", "proxy"]);

/** @throws {UsageError} if a command points at a server, and works only on a store. */
export function checkServer(name: string, args: readonly string[], { env, err }: CliContext): void {
  const why = WHY[name];
  if (why === undefined) return;
  const end = args.indexOf("--");
  const own = end === -1 ? args : args.slice(0, end);
  const isNamed = (flag: string): boolean =>
    own.some((arg) => arg === flag || arg.startsWith(`${flag}=`));
  const isMeant =
    (env["TOKEN_BUDGET_SERVER"] ?? "") !== "" && !isNamed("--store") && !isNamed("--help");
  if (isNamed("--server") || (isMeant && NOT_ELSEWHERE.has(name)))
    throw new UsageError(`${name} does not work over a server: it ${why}`);
  if (isMeant && ELSEWHERE.has(name))
    err(`token-budget: TOKEN_BUDGET_SERVER is not used: ${name} ${why}`);
}
