// A process that spends a cent at a time until it is killed; what is refused it asks for again.

import process from "node:process";

import { openStore } from "../../support/open-store.ts";

const [address = "", path = ""] = process.argv.slice(2);
const EVERY_MS = 30;
const store = openStore(address);
const pool = await store.pool(path);

for (let calls = 0; ; calls++) {
  const hold = await pool.tryReserve({ usd: 0.02, tokens: 200 });
  await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  await hold?.commit({ usd: 0.01, tokens: 100, model: "gpt-5.5", label: `job-${calls % 3}` });
  if (calls === 3) process.send?.("spending");
}
