// The command `run`.

import { basename, join } from "node:path";

import type { BudgetSnapshot } from "../core/snapshot.ts";
import { readWord, wordOf } from "../core/word.ts";
import type { Amount } from "../core/amount.ts";
import { toNanoUsd } from "../core/nano-usd.ts";
import { startProxy } from "../proxy/index.ts";
import { bypassesIn, bypassOfCommand } from "./bypasses.ts";
import { CAP_FLAGS, WINDOW_FLAGS } from "./caps.ts";
import type { RunningCommand } from "./child.ts";
import { UsageError } from "./command-line.ts";
import type { Command, Given, Surroundings } from "./command-line.ts";
import { PRICES_FLAG, readConfiguration } from "./configuration.ts";
import { upstreamsOf } from "./environment.ts";
import { EXIT } from "./exit-codes.ts";
import { explainerFor } from "./explain.ts";
import { counted, exactDollars } from "./figures.ts";
import { launch } from "./launch.ts";
import { pricesFor } from "./own-prices.ts";
import { stateFolder } from "./private-files.ts";
import { openPool, readBudget } from "./run-budget.ts";
import type { OpenPool, RunBudget } from "./run-budget.ts";
import { openSharedCounts } from "./shared-counts.ts";
import { STORE_FLAG } from "./state.ts";
import { PriceGuesses } from "./price-guesses.ts";
import { Tally } from "./tally.ts";
import { Undelivered } from "./undelivered.ts";

/** A shorter answer of an agent breaks the call of a tool in it (docs/decisions/0053). */
const OUTPUT_TOKENS_MIN = 2048;
/** Less than the time after which SDKs give up on an answer. */
const WAIT_MS = 120_000;

/** `token-budget run`. */
export const run: Command = {
  name: "run",
  operands: "[flags] -- COMMAND [ARGUMENTS]",
  operandsMax: Number.POSITIVE_INFINITY,
  summary:
    "Runs a command whose calls to language models draw from a budget. A call that does not fit is refused before it is made. Works for programs that read a base URL from the environment.",
  flags: {
    ...CAP_FLAGS,
    pool: { value: "NAME", help: "a pool that is kept, and shared with other runs (a new one)" },
    ...WINDOW_FLAGS,
    ...STORE_FLAG,
    label: { value: "TEXT", help: "what the ledger says that it was for (the command's name)" },
    ...PRICES_FLAG,
    upstream: {
      value: "NAME=URL",
      isMany: true,
      help: "where openai, anthropic, google or another name leads",
    },
    model: {
      value: "NAME=MODEL",
      isMany: true,
      help: "which model a deployment or an alias is, such as my-gpt=gpt-4o",
    },
    route: {
      value: "PATH=DOLLARS",
      isMany: true,
      help: "what a request costs that cannot be read, such as /v1/audio/speech=0.01",
    },
    leave: {
      value: "VARIABLE",
      isMany: true,
      help: "leaves a variable such as OPENAI_BASE_URL as it is; its calls go past the budget",
    },
    "free-local": { help: "models without a price on this machine cost nothing" },
    guard: {
      help: "refuses connections to known providers that go past the budget (by HTTPS_PROXY)",
    },
    kill: { help: `ends the command when the budget is gone, with exit code ${EXIT.budget}` },
    unmetered: { help: "lets requests through that may cost something and cannot be read" },
    strict: {
      help: "refuses calls with tools that the provider runs, such as web search, trusts no cache, and refuses to start where calls would go past the budget",
    },
    quiet: { help: "no summary at the end" },
    json: { help: "the summary as one line of JSON" },
  },
  examples: [
    "token-budget run --usd 5 -- claude",
    "token-budget run --usd 0.50 -- python agent.py",
    "token-budget run --pool daily --usd 20 --per day -- node agents.js",
  ],
  async run(given, surroundings) {
    const [command, ...args] = given.rest;
    if (given.operands.length > 0)
      throw new UsageError(
        `Write the command behind --: token-budget run … -- ${given.operands.join(" ")}`,
      );
    if (command === undefined)
      throw new UsageError("Which command? Write it behind --: token-budget run --usd 5 -- claude");
    const budget = readBudget(given, surroundings);
    const label = labelFor(budget, command);
    reportBypasses([command, ...args], given, surroundings);
    const open = await openPool(budget, given, surroundings);
    try {
      return await runIn(open, label, given, surroundings, [command, ...args]);
    } finally {
      await open.close();
    }
  },
};

/** Says which calls will not be seen. @throws {UsageError} with `--strict`. */
function reportBypasses(
  [command = "", ...args]: readonly string[],
  given: Given,
  { env, err }: Surroundings,
): void {
  const ofCommand = bypassOfCommand(command, args, env);
  for (const bypass of [...bypassesIn(env), ...(ofCommand === undefined ? [] : [ofCommand])]) {
    if (given.isOn("strict"))
      throw new UsageError(`With --strict nothing may go past the budget: ${bypass}`);
    err(`token-budget: ${bypass}`);
  }
}

async function runIn(
  open: OpenPool,
  label: string,
  given: Given,
  surroundings: Surroundings,
  [command = "", ...args]: readonly string[],
): Promise<number> {
  const { env, err } = surroundings;
  const explain = explainerFor(open.kept !== undefined);
  const tally = new Tally(explain);
  const undelivered = new Undelivered(label);
  const prices = pricesFor(given, surroundings);
  const guesses = new PriceGuesses(prices.asOf);
  const state: { isGone: boolean; command?: RunningCommand } = { isGone: false };
  const proxy = await startProxy(open.pool, {
    prices,
    upstreams: {
      ...readConfiguration(surroundings).own.upstreams,
      ...upstreamsOf(env),
      ...pairsOf(given, "upstream", "URL"),
    },
    // Agents offer tools that the provider runs with every call. A window for each would be
    // dollars.
    unbounded: given.isOn("strict") ? "refuse" : "overage",
    // What Anthropic has cached a moment ago is held at the price of reading it: a risk, and small.
    cacheReads: given.isOn("strict") ? "bounded" : "expected",
    sharedCounts: () => openSharedCounts(join(stateFolder(env), "counts")),
    outputTokensMin: OUTPUT_TOKENS_MIN,
    // A newer model than the prices know must not stop every call.
    unknownModel: "dearest",
    models: { ...readConfiguration(surroundings).own.models, ...pairsOf(given, "model", "MODEL") },
    routes: routeFlags(given),
    localModels: given.isOn("free-local") ? "free" : "priced",
    unmetered: given.isOn("unmetered") ? "pass" : "refuse",
    // Calls side by side wait for what the others hold and will not use.
    wait: { timeoutMs: WAIT_MS },
    explain,
    label,
    ...(given.isOn("guard") && {
      onTunnelRefused(host) {
        err(`token-budget: a connection to ${host} was refused: it goes past the budget`);
      },
    }),
    onExchange(report) {
      tally.add(report);
      guesses.report(report, err);
      undelivered.add(report);
      const reason: unknown = report.error && Reflect.get(report.error, "reason");
      if (report.outcome !== "refused" || (reason !== "spent" && reason !== "never")) return;
      state.isGone = true;
      if (given.isOn("kill")) state.command?.kill();
    },
  });
  const running = launch(proxy, {
    command,
    args,
    env,
    left: given.texts("leave"),
    isGuarded: given.isOn("guard"),
  });
  state.command = running;
  const { code, failure } = await running.ended;
  await proxy.close();
  if (failure !== undefined) err(`token-budget: ${failure}`);
  await deliver(undelivered, open, err);
  const snapshot = await lastFiguresOf(open, err);
  if (given.isOn("json")) err(JSON.stringify(tally.toJSON(snapshot)));
  else if (!given.isOn("quiet")) for (const line of tally.lines(snapshot)) err(line);
  return state.isGone && given.isOn("kill") ? EXIT.budget : code;
}

/** Brings to the books what the store has not taken before, and tells what it does not take. */
async function deliver(
  undelivered: Undelivered,
  { kept }: OpenPool,
  err: Surroundings["err"],
): Promise<void> {
  if (kept === undefined || undelivered.isEmpty) return;
  const { calls, usd } = await undelivered.deliver(kept);
  if (calls === 0) return;
  err(
    `token-budget: ${exactDollars(usd)} of ${counted(calls, "call")} is not in the books of pool "${kept.path}": its store does not take it`,
  );
}

/** The figures at the end; undefined when the store does not answer. */
async function lastFiguresOf(
  { pool }: OpenPool,
  err: Surroundings["err"],
): Promise<BudgetSnapshot | undefined> {
  try {
    return await pool.snapshot();
  } catch (error) {
    err(`token-budget: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

/** What the ledger says that it was for. */
function labelFor({ label }: RunBudget, command: string): string {
  return label === undefined ? wordOf(basename(command)) || "run" : readWord("--label", label);
}

/** What flags of the form NAME=VALUE say. @throws {UsageError} on what has no such form. */
function pairsOf(given: Given, flag: string, value: string): Record<string, string> {
  return Object.fromEntries(
    given.texts(flag).map((text) => {
      const at = text.indexOf("=");
      if (at < 1 || at === text.length - 1)
        throw new UsageError(
          `Expected --${flag} to be a name and a value, NAME=${value}, got "${text}"`,
        );
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

function routeFlags(given: Given): Record<string, Amount> {
  const routes = Object.entries(pairsOf(given, "route", "DOLLARS"));
  for (const [path, usd] of routes) {
    toNanoUsd(usd, "--route");
    if (!path.startsWith("/"))
      throw new UsageError(`Expected the path of --route to begin with "/", got "${path}"`);
  }
  return Object.fromEntries(routes.map(([path, usd]) => [path, { usd }]));
}
