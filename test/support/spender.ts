// A process that spends from a budget until it is killed. What was acknowledged to it, it writes
// down before it asks again.

import { openSync, writeSync } from "node:fs";
import process from "node:process";

import { BudgetExceeded } from "../../src/index.ts";
import { openStore } from "./open-store.ts";

const [address = "", journal = ""] = process.argv.slice(2);
const acknowledged = openSync(journal, "a");
const store = openStore(address);
const pool = await store.pool("acme/search", { leaseMs: 300 });

async function spend(name: string): Promise<void> {
  for (let count = 0; ; count++) {
    const id = `${process.pid}-${Date.now()}-${name}-${count}`;
    try {
      if (count % 3 === 0) {
        await pool.record({ tokens: 3 }, { id });
        writeSync(acknowledged, `${id} 3\n`);
        continue;
      }
      const hold = await pool.reserve({ tokens: 10 }, { id });
      const tokens = count % 11;
      if (count % 7 === 0) {
        await hold.release();
      } else {
        await hold.commit({ tokens });
        writeSync(acknowledged, `${id} ${tokens}\n`);
      }
    } catch (error) {
      if (!BudgetExceeded.is(error)) throw error;
      await pool.reset();
    }
  }
}

process.send?.("spending");
await Promise.all(["a", "b", "c"].map(spend));
