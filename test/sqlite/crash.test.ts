import type { ChildProcess } from "node:child_process";
import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

import { sqliteStore } from "../../src/sqlite/index.ts";
import type { LedgerEntry } from "../../src/stores/index.ts";
import type { StoredBudgetPool } from "../../src/stores/index.ts";
import { temporaryFile } from "../support/temporary-file.ts";

const SPENDER = fileURLToPath(new URL("spender.ts", import.meta.url));
/** `KILLS=500` for the long run. */
const kills = Number(process.env["KILLS"] ?? 12);
const PROCESSES = 4;
const CAP = 1_000_000;

/** Every line of a pool's ledger, page by page. */
async function ledgerOf(pool: StoredBudgetPool): Promise<LedgerEntry[]> {
  const lines: LedgerEntry[] = [];
  for (;;) {
    const page = await pool.ledger({ after: lines.at(-1)?.seq ?? 0, limit: 10_000 });
    if (page.length === 0) return lines;
    lines.push(...page);
  }
}

async function killAtRandom(spender: ChildProcess): Promise<void> {
  await once(spender, "message");
  await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 150));
  const exited = once(spender, "exit");
  spender.kill("SIGKILL");
  await exited;
}

for (const durability of ["process crash", "power loss"] as const) {
  it(
    `F22 I1–I5 after ${kills} kill -9 of ${PROCESSES} processes the books hold what was acknowledged, once (${durability})`,
    { timeout: 1_800_000 },
    async () => {
      const file = temporaryFile("budgets.db");
      const store = sqliteStore(file, { durability });
      const root = await store.pool("acme", { caps: { tokens: CAP } });
      // So low that the spenders run into it, and reset it under each other's reservations.
      const pool = await store.pool("acme/search", { caps: { tokens: 300 } });
      let left = kills;
      const journals: string[] = [];
      const keepKilling = async (): Promise<void> => {
        while (left-- > 0) {
          const journal = `${file}.${journals.length}`;
          journals.push(journal);
          await killAtRandom(fork(SPENDER, [file, journal, durability]));
          const { used, reserved } = await root.snapshot();
          expect(used.tokens + reserved.tokens).toBeLessThanOrEqual(CAP);
        }
      };
      await Promise.all(Array.from({ length: PROCESSES }, keepKilling));
      await new Promise((resolve) => setTimeout(resolve, 400));

      const lines = await ledgerOf(root);
      const booked = new Map(lines.map(({ id, amount }) => [id, amount.tokens]));
      expect(booked.size).toBe(lines.length);
      const acknowledged = journals
        .filter((journal) => existsSync(journal))
        .flatMap((journal) => readFileSync(journal, "utf8").split("\n"))
        .filter((line) => line !== "")
        .map((line) => line.split(" "));
      expect(acknowledged.length).toBeGreaterThan(0);
      for (const [id = "", tokens] of acknowledged) expect(booked.get(id)).toBe(Number(tokens));
      const lastReset = lines.findLast(({ kind }) => kind === "reset")?.seq ?? 0;
      const sum = lines.reduce((total, { amount }) => total + amount.tokens, 0);
      const sumSince = lines
        .filter(({ seq }) => seq > lastReset)
        .reduce((total, { amount }) => total + amount.tokens, 0);
      const { used, reserved, openReservations } = await root.snapshot();
      expect([used.tokens, reserved.tokens, openReservations]).toEqual([sum, 0, 0]);
      expect((await pool.snapshot()).used.tokens).toBe(sumSince);
      await store.close();
    },
  );
}
