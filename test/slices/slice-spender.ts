// A process that spends from a slice until it is killed. What its provider bills, it writes down
// before it settles: the bill is kept outside the books.

import { openSync, writeSync } from "node:fs";
import process from "node:process";

import { BudgetExceeded } from "../../src/index.ts";
import { openStore } from "../support/open-store.ts";

const TASKS = 8;
const ASK = 10;
const CALL_MS_MAX = 8;

const [address = "", journal = ""] = process.argv.slice(2);
const bill = openSync(journal, "a");
const store = openStore(address);
const pool = await store.pool("acme/search", { slices: { reportMs: 40, leaseMs: 400 } });

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

async function spend(): Promise<void> {
  for (;;) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- one call of a task after another
      const hold = await pool.reserve({ tokens: ASK });
      // oxlint-disable-next-line no-await-in-loop -- the call takes its time
      await pause(Math.random() * CALL_MS_MAX);
      const tokens = Math.floor(Math.random() * (ASK + 1));
      writeSync(bill, `${tokens}\n`);
      hold.commit({ tokens });
    } catch (error) {
      if (!BudgetExceeded.is(error)) throw error;
      // oxlint-disable-next-line no-await-in-loop -- nothing is left, perhaps
      await pause(CALL_MS_MAX);
    }
  }
}

process.send?.("spending");
await Promise.all(Array.from({ length: TASKS }, spend));
