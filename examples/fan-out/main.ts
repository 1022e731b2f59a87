// Hundreds of tasks at once, one budget that is too small for them, and a bill to compare the books with.
// Run it: node examples/fan-out/main.ts

import { setTimeout as delay } from "node:timers/promises";
import { styleText } from "node:util";
import { BudgetPool } from "token-budget";
import { LiveLine } from "./live-line.ts";
import { HELP, readOptions, UsageError } from "./options.ts";
import type { Options } from "./options.ts";
import { countTokens, OUTPUT_TOKENS_MAX, Provider } from "./provider.ts";
import { Random } from "./random.ts";
import { accountOf, findBreach, findFaults, reportText } from "./report.ts";
import { Tally, WAYS } from "./tally.ts";
import { amountOf, Tasks } from "./tasks.ts";
import type { Task } from "./tasks.ts";
import { readTexts } from "./texts.ts";

const INSTRUCTIONS =
  "Summarize the text in a few sentences. Say what it is for, and leave nothing out.";
const SUMMARY_TOKENS_MAX = 400;
const FORGETS_LIMIT = 0.03;
const ARRIVES_EVERY_MS = 14;
const TICK_MS = 125;

async function fanOut({ seed, tasks: count, concurrency, tokens, usd }: Options): Promise<boolean> {
  const pool = new BudgetPool({ name: "fan-out", caps: { tokens, usd }, overage: "allow" });
  const provider = new Provider(seed, concurrency);
  const tally = new Tally();
  const tasks = new Tasks(pool, provider, tally);

  print(`${count} tasks race for ${tokens.toLocaleString("en-US")} tokens and $${usd}; `);
  print(`${concurrency} calls at a time, --seed ${seed}\n`);

  const breaches = new Set<string>();
  const live = new LiveLine(process.stdout, 1000);
  const tick = (): void => {
    const snapshot = pool.snapshot();
    live.show(snapshot);
    const breach = findBreach(snapshot, tally.overage);
    if (breach !== undefined) breaches.add(breach);
  };
  const ticking = setInterval(tick, TICK_MS);
  const startedAt = performance.now();
  try {
    // A cost that is known exactly needs no reservation: book it, then spend it.
    const cost = amountOf({ inputTokens: countTokens(INSTRUCTIONS), outputTokens: 0 });
    if (pool.tryRecord(cost)) {
      tally.recorded(cost);
      provider.cache(INSTRUCTIONS);
    }
    const arrivals = await planTasks(count, seed);
    await Promise.all(
      arrivals.map(async ({ task, atMs }) => {
        await delay(atMs);
        await tasks.do(task);
      }),
    );
  } finally {
    clearInterval(ticking);
    tick();
    live.end();
  }

  const account = accountOf(pool.snapshot(), provider.bill, tally);
  const faults = [...breaches, ...findFaults(account)];
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  print(`\n${reportText(tally, account)}\n\n`);
  for (const fault of faults) print(`${styleText("red", "WRONG")} ${fault}.\n`);
  if (faults.length === 0) {
    print(
      `${styleText("green", "OK")} The books equal the bill to the nano-dollar, token and call, `,
    );
    print(`after ${seconds} s.\n`);
  }
  return faults.length === 0;
}

/** One task for each text, one after the other a few milliseconds apart, each asking in its own way. */
async function planTasks(count: number, seed: number): Promise<{ task: Task; atMs: number }[]> {
  const random = new Random(`${seed}/tasks`);
  const texts = await readTexts(count, random);
  return texts.map(({ source, content }, index) => {
    const way = random.pick(WAYS);
    // Without a limit the worst case is all that the model can write: more than the default caps hold, so never admitted.
    const forgetsLimit = random.chance(FORGETS_LIMIT) && way !== "reserveUpTo";
    const maxTokens = forgetsLimit ? OUTPUT_TOKENS_MAX : SUMMARY_TOKENS_MAX;
    const task = { id: `${index} ${source}`, way, prompt: content, maxTokens };
    return { task, atMs: (index + random.next()) * ARRIVES_EVERY_MS };
  });
}

function print(text: string): void {
  process.stdout.write(text);
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) print(HELP);
  else process.exitCode = (await fanOut(options)) ? 0 : 1;
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\nSee --help.\n`);
  process.exitCode = 2;
}
