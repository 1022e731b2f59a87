// A run without --pool has a budget of its own, in memory. Its spend is also written to the user's
// store, so that status, top and history show it.

import { randomBytes } from "node:crypto";

import { aboutOf } from "../../meter/metered-pool.ts";
import type { ExchangeReport } from "../../meter/report.ts";
import type { StoredBudgetPool } from "../../stores/index.ts";
import type { ParsedArguments, CliContext } from "../command-line.ts";
import type { RunBudget } from "./budget.ts";
import { openStore } from "../store/open-store.ts";
import type { OpenStore } from "../store/open-store.ts";

/** The parent of all runs' pools: its ledger has the spend of all of them. */
const RUNS = "runs";
/** How long the end of a run waits for its store. */
const CLOSE_MS = 2000;
const SECONDS = "2026-11-24T10:20:30".length;

/** Returns the path of the pool that shows a run. */
export function journalPath(label: string, now: Date): string {
  const time = now.toISOString().slice(0, SECONDS).replaceAll(":", "").replace("T", "-");
  return `${RUNS}/${label.replaceAll("/", "-")}-${time}-${randomBytes(2).toString("hex")}`;
}

interface OpenJournal {
  readonly store: OpenStore;
  readonly pool: StoredBudgetPool;
}

/**
 * Shows the spend of a run in the user's store, from its first call on. A failing store never stops
 * a run.
 */
export class RunJournal {
  readonly #label: string;
  readonly #open: () => Promise<OpenJournal>;
  #opened: Promise<OpenJournal> | undefined;
  #written: Promise<unknown> = Promise.resolve();

  constructor(
    path: string,
    label: string,
    { limits }: RunBudget,
    given: ParsedArguments,
    context: CliContext,
  ) {
    this.#label = label;
    this.#open = () => opened(path, limits, given, context);
  }

  /** Writes the cost of a call. */
  add({ booked, unbooked, model = "" }: ExchangeReport): void {
    const spent = booked ?? unbooked;
    if (spent === undefined) return;
    const about = aboutOf(model, this.#label);
    const write = async (): Promise<void> => {
      this.#opened ??= this.#open();
      const { pool } = await this.#opened;
      await pool.record(spent, { overage: "allow", ...about });
    };
    this.#written = this.#written.then(write).catch(() => undefined);
  }

  /** Waits briefly for pending writes. */
  async close(): Promise<void> {
    const end = async (): Promise<void> => {
      await this.#written;
      await (await this.#opened)?.store.close();
    };
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_MS);
    });
    await Promise.race([end().catch(() => undefined), late]);
    clearTimeout(timer);
  }
}

async function opened(
  path: string,
  { caps, window }: RunBudget["limits"],
  given: ParsedArguments,
  context: CliContext,
): Promise<OpenJournal> {
  const store = await openStore(given, context);
  await store.store.pool(RUNS);
  return { store, pool: await store.store.pool(path, { caps, ...window, overage: "allow" }) };
}
