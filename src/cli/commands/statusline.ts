// `token-budget statusline`: one line for the status line of Claude Code, for tmux and for prompts.

import type { StoredSnapshot } from "../../stores/index.ts";
import { UsageError } from "../command-line.ts";
import type { CliCommand, ParsedArguments, CliContext } from "../command-line.ts";
import { readConfiguration } from "../settings/configuration.ts";
import { EXIT } from "../exit-codes.ts";
import { serverFor } from "../server/server-address.ts";
import { usedPart } from "../output/figures.ts";
import { JSON_FLAG } from "../store/kept-pool.ts";
import { paceOf } from "../output/pace.ts";
import { KnownPlan } from "../run/plan-windows.ts";
import type { ProviderWindow } from "../../proxy/index.ts";
import type { AllBooks, PoolBooks } from "../store/books.ts";
import { BOOKS_FLAGS, openBooks } from "../store/open-books.ts";
import { statusLineOf } from "../output/status-line.ts";

const WATCHED_MS = 10 * 60_000;
/** A prompt that hangs is worse than one without figures. */
const ANSWER_MS_MAX = 400;
/** A server needs three requests, over a new connection. */
const SERVER_ANSWER_MS_MAX = 1500;
const PERCENT = 100;

/** `token-budget statusline`. */
export const statusline: CliCommand = {
  name: "statusline",
  operands: "[POOL]",
  operandsMax: 1,
  summary:
    "Shows one pool in one line: used of its cap, the rate of the last ten minutes, when the pool runs out at that rate, and when it resets. For the status line of Claude Code, tmux and shell prompts: short while there is room, and never slow. Without POOL, it shows TOKEN_BUDGET_POOL, the pool of token-budget.json, or the pool nearest to its cap.",
  flags: {
    above: {
      value: "PERCENT",
      help: "print nothing until more than this of a cap is used (default: 0)",
    },
    ...BOOKS_FLAGS,
    ...JSON_FLAG,
  },
  examples: ["token-budget statusline", "token-budget statusline daily --above 50"],
  async run(given, context) {
    const above = percentOf(given);
    ignoreInput();
    const late = new Promise<"late">((resolve) => {
      const isStore = serverFor(given, context) === undefined;
      setTimeout(resolve, isStore ? ANSWER_MS_MAX : SERVER_ANSWER_MS_MAX, "late").unref();
    });
    const shown = show(given, context, above);
    if ((await Promise.race([shown, late])) === "late") {
      context.out("budget ?");
      // Open requests would delay the exit.
      process.exit(EXIT.success);
    }
    return EXIT.success;
  },
};

async function show(given: ParsedArguments, context: CliContext, above: number): Promise<void> {
  const { books, close } = await openBooks(given, context);
  try {
    const found = await poolFor(books, given, context);
    if (found === undefined) return;
    const { pool, snapshot } = found;
    if (usedPart(snapshot) * PERCENT < above) return;
    const pace = await paceOf(pool, snapshot, WATCHED_MS);
    const plan = new KnownPlan(context.env).kept(Date.now());
    if (given.isOn("json")) context.out(JSON.stringify({ ...snapshot, ...pace, plan }));
    else context.out([statusLineOf(snapshot, pace, new Date()), ...shortPlan(plan)].join(" | "));
  } finally {
    await close();
  }
}

/** Returns the fullest window of a plan, in a few words. */
function shortPlan(windows: readonly ProviderWindow[]): readonly string[] {
  const [fullest] = windows.toSorted((one, other) => other.usedPart - one.usedPart);
  if (fullest === undefined) return [];
  return [`${fullest.name} ${Math.floor(fullest.usedPart * PERCENT)} %`];
}

async function poolFor(
  books: AllBooks,
  given: ParsedArguments,
  context: CliContext,
): Promise<{ pool: PoolBooks; snapshot: StoredSnapshot } | undefined> {
  const { own, foreign } = readConfiguration(context);
  const named = given.operands[0] ?? context.env["TOKEN_BUDGET_POOL"] ?? own.pool ?? foreign.pool;
  const name = named ?? fullestOf(await books.pools())?.path;
  const pool = name === undefined ? undefined : await books.find(name);
  return pool && { pool, snapshot: await pool.snapshot() };
}

function fullestOf(pools: readonly StoredSnapshot[]): StoredSnapshot | undefined {
  return pools.reduce<StoredSnapshot | undefined>(
    (fullest, pool) =>
      fullest === undefined || usedPart(pool) > usedPart(fullest) ? pool : fullest,
    undefined,
  );
}

function percentOf(given: ParsedArguments): number {
  const text = given.text("above") ?? "0";
  const percent = Number(text.replace(/%$/, ""));
  if (text.trim() !== "" && percent >= 0 && percent <= PERCENT) return percent;
  throw new UsageError(`Expected --above to be a percentage from 0 to 100, got "${text}"`);
}

/** Reads what a status bar pipes in, so that it does not get an error. */
function ignoreInput(): void {
  const { stdin } = process;
  if (stdin.isTTY) return;
  stdin.on("error", () => undefined);
  stdin.resume();
  // A pipe that is never closed must not keep this command from ending.
  if ("unref" in stdin) stdin.unref();
}
