// One of the processes of contention.ts: records as fast as it can for two seconds.

import process from "node:process";

import { sqliteStore } from "../dist/sqlite/index.js";
import type { Told } from "./contention.ts";

const RUN_MS = 2000;
const [file = "", durability = ""] = process.argv.slice(2);
const store = sqliteStore(file, {
  durability: durability === "power loss" ? "power loss" : "process crash",
});
const pool = await store.pool("bench");

const told = new Promise((resolve) => {
  process.once("message", resolve);
}).then(recordForAWhile);
process.send?.("ready");
process.send?.(await told);
await store.close();
process.disconnect();

async function recordForAWhile(): Promise<Told> {
  const endsAt = performance.now() + RUN_MS;
  let records = 0;
  let worstMs = 0;
  for (let startedAt = performance.now(); startedAt < endsAt; records++) {
    // oxlint-disable-next-line no-await-in-loop -- one after another is what is measured
    await pool.record({ tokens: 10, usd: 0.000_012 });
    const now = performance.now();
    worstMs = Math.max(worstMs, now - startedAt);
    startedAt = now;
  }
  return { records, worstMs };
}
