import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { toNanoUsd } from "token-budget";

export interface Options {
  readonly seed: number;
  readonly tasks: number;
  readonly concurrency: number;
  readonly tokens: number;
  /** Dollars, as typed: the pool reads decimal strings exactly. */
  readonly usd: string;
}

// The defaults are enough for somewhat more than half of the tasks.
const TOKENS_A_TASK = 360;
const NANO_USD_A_TASK = 2_400_000;

export const HELP = `Usage: node examples/fan-out/main.ts [options]

Many tasks summarize this repository with a simulated model, all from one budget that is too
small for them. At the end the books are compared with the provider's own bill.

  --tasks N        how many tasks there are                      (480)
  --concurrency N  how many calls the provider serves at a time  (12)
  --tokens N       the cap on tokens                             (360 a task)
  --usd N          the cap on dollars, such as 1.25              (0.0024 a task)
  --seed N         repeats a run: texts, failures, token counts  (random)
  --help           shows this
`;

/** Says what is wrong with the command line. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Reads the command line; undefined when it asks for help. */
export function readOptions(args: readonly string[]): Options | undefined {
  const flags = parse(args);
  if (flags.help === true) return undefined;
  const tasks = readCount("tasks", flags.tasks, 480, 1);
  return {
    tasks,
    seed: readCount("seed", flags.seed, randomInt(1_000_000), 0),
    concurrency: readCount("concurrency", flags.concurrency, 12, 1),
    tokens: readCount("tokens", flags.tokens, TOKENS_A_TASK * tasks, 0),
    usd: readUsd(flags.usd ?? String((NANO_USD_A_TASK * tasks) / 1e9)),
  };
}

interface Flags {
  help?: boolean | undefined;
  tasks?: string | undefined;
  seed?: string | undefined;
  concurrency?: string | undefined;
  tokens?: string | undefined;
  usd?: string | undefined;
}

function parse(args: readonly string[]): Flags {
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { type: "boolean", short: "h" },
        tasks: { type: "string" },
        seed: { type: "string" },
        concurrency: { type: "string" },
        tokens: { type: "string" },
        usd: { type: "string" },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function readCount(name: string, text: string | undefined, byDefault: number, min: number): number {
  if (text === undefined) return byDefault;
  const count = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(count) && count >= min) return count;
  throw new UsageError(`Expected --${name} to be a whole number from ${min} up, got "${text}"`);
}

function readUsd(text: string): string {
  try {
    toNanoUsd(text, "--usd");
    return text;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
