// Hundreds of calls through the official SDKs, over HTTP, on one budget in a file that is too small for
// them; and a provider's bill to compare the books with.
// Run it: node examples/metered/main.ts

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { styleText } from "node:util";
import { meteredFetch } from "token-budget/meter";
import type { ExchangeReport } from "token-budget/meter";
import { sqliteStore } from "token-budget/sqlite";
import { LiveLine } from "../fan-out/live-line.ts";
import { Random } from "../fan-out/random.ts";
import { readTexts } from "../fan-out/texts.ts";
import { SimulatedProvider } from "token-budget/testing/provider";
import { moodOf } from "./mood.ts";
import { HELP, readOptions, UsageError } from "./options.ts";
import type { Options } from "./options.ts";
import { findFaults, reportText } from "./report.ts";
import { Summaries } from "./summaries.ts";

const TICK_MS = 125;
const WAIT_MS = 60_000;

async function run({ seed, tasks, usd }: Options): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), "token-budget-"));
  const store = sqliteStore(join(folder, "budgets.db"));
  const provider = await SimulatedProvider.start({ behave: moodOf(seed) });
  const startedAt = performance.now();
  try {
    const pool = await store.pool("metered", { caps: { usd } });
    const reports: ExchangeReport[] = [];
    // The simulated provider is at no address that says whose it is.
    const fetchFor = (name: string): typeof fetch =>
      meteredFetch(pool, {
        provider: name,
        wait: { timeoutMs: WAIT_MS },
        onExchange: (report) => reports.push(report),
      });
    const summaries = new Summaries(provider.url, fetchFor("openai"), fetchFor("anthropic"));

    print(
      `${tasks} calls of two official SDKs, a simulated provider, one budget of $${usd}:\n` +
        `enough for about half of them (--seed ${seed}).\n\n`,
    );
    const live = new LiveLine(process.stdout, 1000);
    const tick = async (): Promise<void> => {
      live.show(await pool.snapshot());
    };
    const ticking = setInterval(() => {
      void tick();
    }, TICK_MS);
    const texts = await readTexts(tasks, new Random(`${seed}/texts`));
    await Promise.all(texts.map((text, index) => summaries.add(text.content, index)));
    clearInterval(ticking);
    const snapshot = await pool.snapshot();
    live.show(snapshot);
    live.end();

    await provider.idle();
    const account = { snapshot, provider, reports, summaries };
    const faults = findFaults(account);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    print(`\n${reportText(account)}\n\n`);
    for (const fault of faults) print(`${styleText("red", "WRONG")} ${fault}.\n`);
    if (faults.length === 0)
      print(`${styleText("green", "OK")} The books equal the bill, after ${seconds} s.\n`);
    return faults.length === 0;
  } finally {
    await provider.close();
    await store.close();
    await rm(folder, { recursive: true });
  }
}

function print(text: string): void {
  process.stdout.write(text);
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) print(HELP);
  else if (!(await run(options))) process.exitCode = 1;
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\nSee --help.\n`);
  process.exitCode = 2;
}
