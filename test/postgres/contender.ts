// A process that spends from a pool as fast as it can, for some time, and says how it went.

import process from "node:process";

import { openStore } from "../support/open-store.ts";

const [address = "", spendingMs = ""] = process.argv.slice(2);
const store = openStore(address);
const pool = await store.pool("acme");
process.send?.("ready");
process.once("message", () => void spend());

async function spend(): Promise<void> {
  const endsAt = performance.now() + Number(spendingMs);
  let count = 0;
  let longestMs = 0;
  while (performance.now() < endsAt) {
    const startedAt = performance.now();
    // oxlint-disable-next-line no-await-in-loop -- one after another
    await pool.record({ tokens: 1 });
    longestMs = Math.max(longestMs, performance.now() - startedAt);
    count++;
  }
  process.send?.({ count, longestMs });
}
