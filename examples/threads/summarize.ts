// What each worker does: the part to copy. It attaches to the budget that it was handed, and holds the
// worst case of every call before it makes it.

import { readFileSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { setTimeout as sleep } from "node:timers/promises";
import { BudgetExceeded } from "token-budget";
import { SharedBudgetPool } from "token-budget/threads";
import type { SharedBudgetHandle } from "token-budget/threads";

/** What a worker is given. */
export interface Job {
  readonly budget: SharedBudgetHandle;
  readonly pages: readonly string[];
}

/** What came of a page. */
export interface Report {
  readonly outcome: "summarized" | "refused";
  /** What it cost, in billionths of a dollar. */
  readonly nanoUsd: number;
}

/** Prices of the simulated model, in billionths of a dollar for a token. */
const PRICES = { input: 3000, output: 15_000 } as const;
const OUTPUT_TOKENS_MAX = 400;

const job: Job = workerData;
const pool = SharedBudgetPool.attach(job.budget);

await Promise.all(
  job.pages.map(async (page) => {
    const report = await summarize(readFileSync(page, "utf8"));
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port has no origin
    parentPort?.postMessage(report);
  }),
);

async function summarize(text: string): Promise<Report> {
  const inputTokens = Math.ceil(Buffer.byteLength(text) / 3);
  const worst = costOf(inputTokens, OUTPUT_TOKENS_MAX);
  try {
    // Waits while the other workers hold what is left, and is refused once it is spent.
    using hold = await pool.reserveWhenFree({
      inputTokens,
      outputTokens: OUTPUT_TOKENS_MAX,
      usd: worst / 1e9,
    });
    const outputTokens = await callModel(text);
    const nanoUsd = costOf(inputTokens, outputTokens);
    hold.commit({ inputTokens, outputTokens, usd: nanoUsd / 1e9 });
    return { outcome: "summarized", nanoUsd };
  } catch (error) {
    if (!BudgetExceeded.is(error)) throw error;
    return { outcome: "refused", nanoUsd: 0 };
  }
}

/** A model that takes its time and answers in 100 to 400 tokens. */
async function callModel(text: string): Promise<number> {
  await sleep(5 + (text.length % 20));
  return 100 + (text.length % 300);
}

function costOf(inputTokens: number, outputTokens: number): number {
  return inputTokens * PRICES.input + outputTokens * PRICES.output;
}
