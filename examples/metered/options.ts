import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { toNanoUsd } from "token-budget";

export interface Options {
  readonly seed: number;
  readonly tasks: number;
  /** Dollars, as typed: pools read decimal strings exactly. */
  readonly usd: string;
}

// The defaults are enough for somewhat more than half of the tasks.
const NANO_USD_A_TASK = 300_000;
const TASKS = 480;

export const HELP: string = `Usage: node examples/metered/main.ts [options]

Many tasks summarize this repository through the official OpenAI and Anthropic SDKs, over HTTP,
with a simulated provider, all from one budget in a SQLite file that is too small for them. At the
end the books are compared with the provider's own bill.

  --tasks N  how many tasks there are          (${TASKS})
  --usd N    the cap on dollars, such as 1.25  (0.0003 a task)
  --seed N   repeats a run: texts and failures (random)
  --help     shows this
`;

/** Says what is wrong with the command line. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Reads the command line; undefined when it asks for help. */
export function readOptions(args: readonly string[]): Options | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        help: { type: "boolean" },
        tasks: { type: "string" },
        seed: { type: "string" },
        usd: { type: "string" },
      },
    });
    if (values.help === true) return undefined;
    const tasks = readCount("tasks", values.tasks, TASKS, 1);
    const usd = values.usd ?? String((NANO_USD_A_TASK * tasks) / 1e9);
    toNanoUsd(usd, "--usd");
    return { tasks, usd, seed: readCount("seed", values.seed, randomInt(1_000_000), 0) };
  } catch (error) {
    throw error instanceof Error ? new UsageError(error.message) : error;
  }
}

function readCount(
  name: string,
  given: string | undefined,
  otherwise: number,
  least: number,
): number {
  if (given === undefined) return otherwise;
  const count = Number(given);
  if (/^\d+$/.test(given) && Number.isSafeInteger(count) && count >= least) return count;
  throw new UsageError(
    `Expected --${name} to be a whole number from ${least} up, got ${JSON.stringify(given)}`,
  );
}
