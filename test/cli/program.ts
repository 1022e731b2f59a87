// The program as people run it: a process of its own, of what is built.

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";

import { toNanoUsd } from "../../src/core/nano-usd.ts";
import { temporaryFile } from "../support/temporary-file.ts";

/** The program, as it is built. */
export const MAIN: string = join(import.meta.dirname, "../../dist/cli/main.js");

/** What runs the program: another version of Node.js where `TOKEN_BUDGET_TEST_NODE` names one. */
const NODE: string = process.env["TOKEN_BUDGET_TEST_NODE"] ?? process.execPath;

/** A program that asks a model again and again. */
export const AGENT: readonly string[] = [process.execPath, join(import.meta.dirname, "agent.ts")];

/** What a program has ended with. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder for the state of the programs of one test. */
export function stateFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "token-budget-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** Starts the program, in a folder. */
export function start(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd: string = process.cwd(),
): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const { OPENAI_BASE_URL: _one, ANTHROPIC_BASE_URL: _other, ...inherited } = process.env;
  const child = spawn(NODE, [MAIN, ...args], {
    // What one test has had counted is nothing to the next, nor to the user whose machine it is.
    env: { ...inherited, XDG_STATE_HOME: dirname(temporaryFile("state")), ...env },
    stdio: ["ignore", "pipe", "pipe"],
    cwd,
  });
  const { stdout, stderr } = child;
  return { child, ended: endedOf(child, text(stdout), text(stderr)) };
}

async function endedOf(
  child: ChildProcess,
  stdout: Promise<string>,
  stderr: Promise<string>,
): Promise<Ended> {
  await once(child, "exit");
  const { exitCode: code, signalCode: signal } = child;
  return { code, signal, stdout: await stdout, stderr: await stderr };
}

/** Runs the program to its end. */
export function tokenBudget(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return start(args, env).ended;
}

/** Runs the program in a folder to its end. */
export function tokenBudgetIn(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return start(args, env, folder).ended;
}

/** What a pool has used, by `status`. */
export async function usedOf(
  pool: string,
  env: Readonly<Record<string, string>>,
): Promise<{
  readonly nanoUsd: bigint;
  readonly calls: number;
  readonly found: { readonly openReservations: number };
}> {
  const { stdout } = await tokenBudget(["status", pool, "--json"], env);
  const [found] = JSON.parse(stdout);
  return { nanoUsd: BigInt(toNanoUsd(found.used.usd)), calls: found.used.calls, found };
}
