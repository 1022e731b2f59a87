// Processes that spend from one budget and are killed at random, and what must be true afterwards.

import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

import type { BudgetStore, LedgerEntry, StoredBudgetPool } from "../../src/stores/index.ts";
import { temporaryFile } from "./temporary-file.ts";

const SPENDER = fileURLToPath(new URL("spender.ts", import.meta.url));
const CAP = 100_000_000;
/** So low that the spenders run into it, and reset it under each other's reservations. */
const CAP_BELOW = 300;
/** Longer than the leases of the spenders. */
const LEASES_OVER_MS = 700;

/** What the processes wrote down: tokens by id. */
interface Bill {
  readonly asked: Map<string, number>;
  readonly acknowledged: Map<string, number>;
}

/** Budgets that processes spend from. */
export class Torture {
  readonly #store: BudgetStore;
  readonly #address: string;
  readonly #root: StoredBudgetPool;
  readonly #pool: StoredBudgetPool;
  readonly #journals: string[] = [];

  private constructor(
    store: BudgetStore,
    address: string,
    root: StoredBudgetPool,
    pool: StoredBudgetPool,
  ) {
    this.#store = store;
    this.#address = address;
    this.#root = root;
    this.#pool = pool;
  }

  /** Makes the pools, in a store that processes open by `address`. */
  static async begin(store: BudgetStore, address: string): Promise<Torture> {
    const root = await store.pool("acme", { caps: { tokens: CAP } });
    const pool = await store.pool("acme/search", { caps: { tokens: CAP_BELOW } });
    return new Torture(store, address, root, pool);
  }

  /** Starts a process that spends; resolves when it does. */
  async startSpender(): Promise<ChildProcess> {
    const journal = temporaryFile("acknowledged");
    this.#journals.push(journal);
    const child = fork(SPENDER, [this.#address, journal]);
    await once(child, "message");
    return child;
  }

  /** Has `processes` spend, and kills one after another until `kills` are dead. */
  async kill(kills: number, processes: number): Promise<void> {
    let left = kills;
    const keepKilling = async (): Promise<void> => {
      while (left-- > 0) {
        const spender = await this.startSpender();
        await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 150));
        await killSpender(spender);
        const { used, reserved } = await this.#root.snapshot();
        expect(used.tokens + reserved.tokens).toBeLessThanOrEqual(CAP);
      }
    };
    await Promise.all(Array.from({ length: processes }, keepKilling));
  }

  #bill(): Bill {
    const bill = { asked: new Map<string, number>(), acknowledged: new Map<string, number>() };
    for (const journal of this.#journals) readJournal(journal, bill);
    return bill;
  }

  /**
   * I1 to I5: used is the sum of the ledger, nothing is held, and what was acknowledged is in it,
   * once, and nothing else than what was asked. Answers how much was acknowledged.
   */
  async expectConserved(): Promise<number> {
    await new Promise((resolve) => setTimeout(resolve, LEASES_OVER_MS));
    const lines = await ledgerOf(this.#root);
    const booked = new Map(lines.map(({ id, amount }) => [id, amount.tokens]));
    expect(booked.size).toBe(lines.length);
    const { asked, acknowledged } = this.#bill();
    for (const [id, tokens] of acknowledged) expect(booked.get(id)).toBe(tokens);
    for (const { id, kind, amount } of lines)
      if (kind === "record" || kind === "commit") expect(amount.tokens).toBe(asked.get(id));
    const lastReset = lines.findLast(({ kind }) => kind === "reset")?.seq ?? 0;
    const { used, reserved, openReservations } = await this.#root.snapshot();
    expect([used.tokens, reserved.tokens, openReservations]).toEqual([sumOf(lines), 0, 0]);
    expect((await this.#pool.snapshot()).used.tokens).toBe(
      sumOf(lines.filter(({ seq }) => seq > lastReset)),
    );
    await this.#store.close();
    process.stdout.write(
      `  ${this.#journals.length} processes, ${asked.size} asked, ${acknowledged.size} acknowledged, ${lines.length} lines\n`,
    );
    return acknowledged.size;
  }
}

/** Adds what a journal says to what was asked and what was acknowledged. */
function readJournal(journal: string, bill: Bill): void {
  if (!existsSync(journal)) return;
  for (const line of readFileSync(journal, "utf8").split("\n")) {
    const [what, id = "", tokens = ""] = line.split(" ");
    if (what === "asked" || what === "acknowledged") bill[what].set(id, Number(tokens));
  }
}

/** Ends a process as a crash does. */
export async function killSpender(spender: ChildProcess): Promise<void> {
  const exited = once(spender, "exit");
  spender.kill("SIGKILL");
  await exited;
}

/** Every line of a pool's ledger, page by page. */
async function ledgerOf(pool: StoredBudgetPool): Promise<LedgerEntry[]> {
  const lines: LedgerEntry[] = [];
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- the next page begins where this one ends
    const page = await pool.ledger({ after: lines.at(-1)?.seq ?? 0, limit: 10_000 });
    if (page.length === 0) return lines;
    lines.push(...page);
  }
}

function sumOf(lines: readonly LedgerEntry[]): number {
  return lines.reduce((total, { amount }) => total + amount.tokens, 0);
}
