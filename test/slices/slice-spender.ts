// A process that spends from a slice until it is killed, or is asked to stop. What its provider
// bills, it writes down before it settles: the bill is kept outside the books.

import { openSync, writeSync } from "node:fs";
import process from "node:process";

import { BudgetExceeded } from "../../src/index.ts";
import { StoreUnavailable } from "../../src/stores/index.ts";
import type { SlicedBudgetPool } from "../../src/stores/index.ts";
import { openStore } from "../support/open-store.ts";

const TASKS = 8;
const ASK = 10;
const CALL_MS_MAX = 8;

const [address = "", journal = "", timeoutMs = "20000", leaseMs = "400"] = process.argv.slice(2);
const bill = openSync(journal, "a");
const store = openStore(address, { timeoutMs: Number(timeoutMs) });
const pool = await opened();
const state = { isStopping: false };

async function opened(): Promise<SlicedBudgetPool> {
  for (;;) {
    try {
      const slices = { reportMs: 40, leaseMs: Number(leaseMs) };
      // oxlint-disable-next-line no-await-in-loop -- a loaded machine may not answer at once
      return await store.pool("acme/search", { slices });
    } catch (error) {
      if (!StoreUnavailable.is(error)) throw error;
    }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

async function spend(): Promise<void> {
  while (!state.isStopping) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- one call of a task after another
      const hold = await pool.reserve({ tokens: ASK });
      // oxlint-disable-next-line no-await-in-loop -- the call takes its time
      await pause(Math.random() * CALL_MS_MAX);
      const tokens = Math.floor(Math.random() * (ASK + 1));
      writeSync(bill, `${tokens}\n`);
      hold.commit({ tokens });
    } catch (error) {
      if (!BudgetExceeded.is(error) && !StoreUnavailable.is(error)) throw error;
      // oxlint-disable-next-line no-await-in-loop -- nothing is left, perhaps, or out of reach
      await pause(CALL_MS_MAX);
    }
  }
}

process.once("message", () => {
  state.isStopping = true;
});
process.send?.("spending");
await Promise.all(Array.from({ length: TASKS }, spend));
await pool.flush();
await store.close();
process.send?.("stopped");
process.exit(0);
