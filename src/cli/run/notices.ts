// The notices of a run: that little is left, and that a call was refused. Both can run a hook of
// the user.

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import process from "node:process";

import { BudgetExceeded } from "../../core/errors.ts";
import type { BudgetSnapshot } from "../../core/snapshot.ts";
import type { ExchangeReport } from "../../meter/report.ts";
import { UsageError } from "../command-line.ts";
import type { Flag, ParsedArguments, CliContext } from "../command-line.ts";
import { usedOf, usedPart } from "../output/figures.ts";

const WARN_AT = "50,80,95";
const PERCENT = 100;
/** A hook is ended after this long. */
const HOOK_MS = 10_000;

/** The flags of notices. */
export const NOTICE_FLAGS: Readonly<Record<string, Flag>> = {
  warn: { value: "PERCENTS", help: `percentages at which to warn, or none (default: ${WARN_AT})` },
  "on-warn": {
    value: "COMMAND",
    help: "shell command to run at each warning, with TOKEN_BUDGET_USED_PERCENT",
  },
  "on-refuse": {
    value: "COMMAND",
    help: "shell command to run at the first refusal, with TOKEN_BUDGET_REFUSAL",
  },
};

/**
 * Reads the percentages of --warn.
 * @throws {UsageError} if one is invalid.
 */
export function percentsOf(given: ParsedArguments): readonly number[] {
  const text = given.text("warn") ?? WARN_AT;
  if (text === "none") return [];
  const percents = text.split(",").map(Number);
  if (percents.every((each) => each > 0 && each <= PERCENT))
    return percents.toSorted((a, b) => a - b);
  throw new UsageError(
    `Expected --warn to be percentages such as ${WARN_AT}, or none, got "${text}"`,
  );
}

/** Reports changes of a budget. Never throws, and never waits. */
export class RunNotices {
  readonly #given: ParsedArguments;
  readonly #context: CliContext;
  readonly #snapshot: () => BudgetSnapshot | PromiseLike<BudgetSnapshot>;
  #ahead: readonly number[];
  #hasRefused = false;
  #isLooking = false;

  constructor(
    given: ParsedArguments,
    context: CliContext,
    snapshot: () => BudgetSnapshot | PromiseLike<BudgetSnapshot>,
  ) {
    this.#given = given;
    this.#context = context;
    this.#snapshot = snapshot;
    this.#ahead = percentsOf(given);
  }

  /** Called when a call was settled or refused. */
  add(report: ExchangeReport): void {
    if (report.outcome === "refused") this.#refused(report.error);
    else if (this.#ahead.length > 0 && !this.#isLooking) void this.#look();
  }

  #refused(error: Error | undefined): void {
    if (this.#hasRefused || !BudgetExceeded.is(error)) return;
    this.#hasRefused = true;
    this.#call("on-refuse", { TOKEN_BUDGET_REFUSAL: error.message });
  }

  async #look(): Promise<void> {
    this.#isLooking = true;
    try {
      const snapshot = await this.#snapshot();
      const percent = usedPart(snapshot) * PERCENT;
      const passed = this.#ahead.filter((each) => percent >= each);
      const latest = passed.at(-1);
      if (latest === undefined) return;
      this.#ahead = this.#ahead.filter((each) => percent < each);
      if (!this.#given.isOn("quiet"))
        this.#context.err(
          `token-budget: ${Math.floor(percent)} % of the budget is used: ${usedOf(snapshot)}`,
        );
      this.#call("on-warn", { TOKEN_BUDGET_USED_PERCENT: String(Math.floor(percent)) });
    } catch {
      // A failing store is reported with the next call.
    } finally {
      this.#isLooking = false;
    }
  }

  /** Runs the user's hook, if any. */
  #call(flag: "on-warn" | "on-refuse", facts: Readonly<Record<string, string>>): void {
    const command = this.#given.text(flag);
    if (command === undefined) return;
    const { env, err } = this.#context;
    const child = spawn(command, {
      shell: true,
      // A process group of its own, so that everything the shell started ends with it.
      detached: true,
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...env, ...facts },
    });
    // Keeps the run until the hook has ended, or is killed.
    const timer = setTimeout(() => endGroup(child), HOOK_MS);
    child.once("error", (error) => {
      clearTimeout(timer);
      err(`token-budget: --${flag} cannot be executed: ${error.message}`);
    });
    child.once("exit", (code) => {
      clearTimeout(timer);
      const how = code === null ? `was ended after ${HOOK_MS / 1000} s` : `ended with ${code}`;
      if (code !== 0) err(`token-budget: --${flag} ${how}`);
    });
  }
}

/** Ends a command with everything it started. */
function endGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  } catch {
    child.kill("SIGKILL");
  }
}
