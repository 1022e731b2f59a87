// Pools that a command finds, made and spent by the test.

import { join } from "node:path";

import { sqliteStore } from "../../src/sqlite/index.ts";
import { stateFolder } from "./program.ts";

/** An environment with pools that were made and spent by `prepare`. */
export async function envWith(
  prepare: (store: ReturnType<typeof sqliteStore>) => Promise<void>,
): Promise<{ readonly XDG_STATE_HOME: string; readonly TOKEN_BUDGET_STORE: string }> {
  const folder = stateFolder();
  const file = join(folder, "budgets.db");
  const store = sqliteStore(file);
  await prepare(store);
  await store.close();
  return { XDG_STATE_HOME: folder, TOKEN_BUDGET_STORE: file };
}

/** An environment with the pools `daily` and `other`. */
export const env = (): Promise<Record<string, string>> =>
  envWith(async (store) => {
    const daily = await store.pool("daily", {
      caps: { usd: 20, tokens: 1000 },
      window: "day",
      timeZone: "Europe/Berlin",
    });
    await daily.record({ usd: 15, tokens: 500 }, { model: "=gpt", label: 'a "b"' });
    const other = await store.pool("other", { caps: { usd: 1 } });
    await other.record({ usd: "0.000000001", tokens: 5 }, { model: "m1", label: "team" });
  });
