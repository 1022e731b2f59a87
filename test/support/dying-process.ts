// A process that is killed the hard way: after it has crossed a threshold, or while it handles the
// event of it. Arguments: the file of the budgets, and "crossing" or "handling".

import process from "node:process";

import { sqliteStore } from "../../src/sqlite/index.ts";

const [file = "", part] = process.argv.slice(2);
const store = sqliteStore(file);
if (part === "crossing") {
  await (await store.pool("acme")).record({ usd: 9 });
} else {
  const events = store.events({ consumer: "alerts", thresholds: [0.8], pollMs: 5, leaseMs: 100 });
  for await (const event of events) {
    process.stdout.write(event.id);
    process.kill(process.pid, "SIGKILL");
  }
}
process.kill(process.pid, "SIGKILL");
