// A process that spends from a budget until it is killed. What it is about to book it writes down
// before it asks, and what was acknowledged before it asks again: the bill that the books must equal.

import { openSync, writeSync } from "node:fs";
import process from "node:process";

import { BudgetExceeded } from "../../src/index.ts";
import { openStore } from "./open-store.ts";

const [address = "", path = ""] = process.argv.slice(2);
const journal = openSync(path, "a");
const store = openStore(address);
const pool = await store.pool("acme/search", { leaseMs: 300 });

function write(what: "asked" | "acknowledged", id: string, tokens: number): void {
  writeSync(journal, `${what} ${id} ${tokens}\n`);
}

async function spend(name: string): Promise<void> {
  for (let count = 0; ; count++) {
    const id = `${process.pid}-${Date.now()}-${name}-${count}`;
    try {
      if (count % 3 === 0) {
        write("asked", id, 3);
        await pool.record({ tokens: 3 }, { id });
        write("acknowledged", id, 3);
        continue;
      }
      const hold = await pool.reserve({ tokens: 10 }, { id });
      const tokens = count % 11;
      if (count % 7 === 0) {
        await hold.release();
      } else {
        write("asked", id, tokens);
        await hold.commit({ tokens });
        write("acknowledged", id, tokens);
      }
    } catch (error) {
      if (!BudgetExceeded.is(error)) throw error;
      await pool.reset();
    }
  }
}

process.send?.("spending");
await Promise.all(["a", "b", "c"].map(spend));
