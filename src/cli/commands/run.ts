// The command `run`.

import { basename } from "node:path";

import type { BudgetSnapshot } from "../../core/snapshot.ts";
import { readWord, wordOf } from "../../core/word.ts";
import { startProxy } from "../../proxy/index.ts";
import { bypassBesideAzure, bypassesIn, bypassOfCommand } from "../run/bypasses.ts";
import { troubleForAzure } from "../run/clouds.ts";
import { CAP_FLAGS, WINDOW_FLAGS } from "../settings/caps.ts";
import type { RunningCommand } from "../run/child-process.ts";
import { UsageError } from "../command-line.ts";
import type { CliCommand, ParsedArguments, CliContext } from "../command-line.ts";
import { PRICES_FLAG } from "../settings/configuration.ts";
import { EXIT } from "../exit-codes.ts";
import { explainerFor } from "../output/explain-refusal.ts";
import { counted, exactDollars } from "../output/figures.ts";
import { journalPath, RunJournal } from "../run/journal.ts";
import { NOTICE_FLAGS, percentsOf, RunNotices } from "../run/notices.ts";
import { launch } from "../run/launch.ts";
import { KnownPlan, PLAN_FLAG, planLimits, planText } from "../run/plan-windows.ts";
import { pricesFor } from "../prices/own-prices.ts";
import { METER_FLAGS, meterFor } from "../run/meter-settings.ts";
import { openRunPool, readBudget, SLICES_FLAG } from "../run/budget.ts";
import type { OpenRunPool, RunBudget } from "../run/budget.ts";
import { STORE_FLAG } from "../store/open-store.ts";
import { PriceGuesses } from "../prices/price-guesses.ts";
import { RunSummary } from "../output/run-summary.ts";
import { UnbookedSpend } from "../run/unbooked-spend.ts";

/** `token-budget run`. */
export const run: CliCommand = {
  name: "run",
  operands: "[flags] -- COMMAND [ARGUMENTS]",
  operandsMax: Number.POSITIVE_INFINITY,
  summary:
    "Runs a command whose LLM calls draw from a budget. A call that does not fit is refused before it is made. Works for programs that read a base URL from the environment.",
  flags: {
    ...CAP_FLAGS,
    pool: {
      value: "NAME",
      help: "named pool to draw from, shared between runs (default: a new pool for this run)",
    },
    ...WINDOW_FLAGS,
    ...STORE_FLAG,
    ...SLICES_FLAG,
    label: {
      value: "TEXT",
      help: "label of this run's ledger entries (default: the command's name)",
    },
    ...NOTICE_FLAGS,
    ...PRICES_FLAG,
    ...METER_FLAGS,
    leave: {
      value: "VARIABLE",
      isMany: true,
      help: "leave a variable such as OPENAI_BASE_URL unchanged; its calls bypass the budget",
    },
    ...PLAN_FLAG,
    guard: {
      help: "refuse connections to known providers that bypass the budget (sets HTTPS_PROXY)",
    },
    kill: { help: `end the command when the budget runs out, with exit code ${EXIT.budget}` },
    strict: {
      help: "refuse calls with provider-run tools, such as web search, trust no cache, and do not start if calls would bypass the budget",
    },
    quiet: { help: "print no warnings and no summary" },
    json: { help: "print the summary as one line of JSON" },
  },
  examples: [
    "token-budget run --usd 5 -- claude",
    "token-budget run --usd 0.50 -- python agent.py",
    "token-budget run --pool daily --usd 20 --per day -- node agents.js",
  ],
  async run(given, context) {
    const [command, ...args] = given.rest;
    if (given.operands.length > 0)
      throw new UsageError(
        `Put the command after --: token-budget run … -- ${given.operands.join(" ")}`,
      );
    if (command === undefined)
      throw new UsageError(
        "Missing command: put it after --, as in token-budget run --usd 5 -- claude",
      );
    const budget = readBudget(given, context);
    const label = labelFor(budget, command);
    percentsOf(given);
    planLimits(given);
    reportBypasses([command, ...args], given, context);
    const open = await openRunPool(budget, given, context);
    const path = open.kept?.path ?? journalPath(label, new Date());
    const journal =
      open.kept === undefined ? new RunJournal(path, label, budget, given, context) : undefined;
    try {
      return await runIn({ open, label, path, journal }, given, context, [command, ...args]);
    } finally {
      await journal?.close();
      await open.close();
    }
  },
};

/**
 * Reports which calls will not be metered.
 * @throws {UsageError} with `--strict`.
 */
function reportBypasses(
  [command = "", ...args]: readonly string[],
  given: ParsedArguments,
  { env, err }: CliContext,
): void {
  const trouble = troubleForAzure(env, [command, ...args]);
  if (trouble !== undefined && !given.texts("leave").includes("OPENAI_BASE_URL"))
    err(`token-budget: ${trouble}`);
  const found = [bypassBesideAzure(env, [command, ...args]), bypassOfCommand(command, args, env)];
  for (const bypass of [...bypassesIn(env), ...found]) {
    if (bypass === undefined) continue;
    if (given.isOn("strict"))
      throw new UsageError(`--strict allows no call outside the budget: ${bypass}`);
    err(`token-budget: ${bypass}`);
  }
}

/** The budget of a run, and where it can be seen. */
interface AllBooks {
  readonly open: OpenRunPool;
  readonly label: string;
  /** The path of the pool in the user's store. */
  readonly path: string;
  /** The pool that shows a run without a pool of its own. */
  readonly journal: RunJournal | undefined;
}

async function runIn(
  { open, label, path, journal }: AllBooks,
  given: ParsedArguments,
  context: CliContext,
  [command = "", ...args]: readonly string[],
): Promise<number> {
  const { env, err } = context;
  const explain = explainerFor(open.kept !== undefined);
  const runSummary = new RunSummary(explain);
  const unbookedSpend = new UnbookedSpend(label);
  const prices = pricesFor(given, context);
  const guesses = new PriceGuesses(prices.asOf);
  const notices = new RunNotices(given, context, () => open.pool.snapshot());
  const plan = new KnownPlan(env);
  const state: { isGone: boolean; command?: RunningCommand } = { isGone: false };
  const proxy = await startProxy(open.source, {
    ...meterFor(given, context, prices),
    explain,
    label,
    plan: planLimits(given),
    onPlan: (windows) => plan.see(windows),
    onExchange(report) {
      runSummary.add(report);
      journal?.add(report);
      notices.add(report);
      guesses.report(report, err);
      unbookedSpend.add(report);
      const reason: unknown = report.error && Reflect.get(report.error, "reason");
      if (report.outcome !== "refused") return;
      if (reason !== "spent" && reason !== "never" && reason !== "frozen") return;
      state.isGone = true;
      if (given.isOn("kill")) state.command?.kill();
    },
  });
  const running = launch(proxy, {
    command,
    args,
    env,
    pool: path,
    left: given.texts("leave"),
    isGuarded: given.isOn("guard"),
  });
  state.command = running;
  const { code, failure } = await running.ended;
  await proxy.close();
  if (failure !== undefined) err(`token-budget: ${failure}`);
  await deliver(unbookedSpend, open, err);
  await open.flush();
  const snapshot = await lastFiguresOf(open, err);
  if (given.isOn("json")) err(JSON.stringify(runSummary.toJSON(snapshot, plan.windows)));
  else if (!given.isOn("quiet") && failure === undefined)
    for (const line of runSummary.lines(snapshot)) err(line);
  const shown = planText(plan.windows, Date.now());
  if (shown !== "" && !given.isOn("json") && !given.isOn("quiet")) err(`  plan: ${shown}`);
  return state.isGone && given.isOn("kill") ? EXIT.budget : code;
}

/** Books what the store did not accept before, and reports what remains. */
async function deliver(
  unbookedSpend: UnbookedSpend,
  { kept }: OpenRunPool,
  err: CliContext["err"],
): Promise<void> {
  if (kept === undefined || unbookedSpend.isEmpty) return;
  const { calls, usd } = await unbookedSpend.deliver(kept);
  if (calls === 0) return;
  err(
    `token-budget: ${exactDollars(usd)} of ${counted(calls, "call")} could not be booked to pool "${kept.path}": its store is not accepting writes`,
  );
}

/** The figures at the end; undefined if the store does not answer. */
async function lastFiguresOf(
  { pool }: OpenRunPool,
  err: CliContext["err"],
): Promise<BudgetSnapshot | undefined> {
  try {
    return await pool.snapshot();
  } catch (error) {
    err(`token-budget: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

/** The label for the ledger. */
function labelFor({ label }: RunBudget, command: string): string {
  return label === undefined ? wordOf(basename(command)) || "run" : readWord("--label", label);
}
