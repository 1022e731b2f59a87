// Kills processes that spend in slices, and compares a bill kept outside with the books:
//   node test/slices/kills.ts --store sqlite|redis|postgres --kills 500 [--port 6379|5432]
// At every look: what is used and reserved is not below the bill that was read before it. At the end, when
// all leases are over: bill ≤ used, used − unknown ≤ bill, used ≤ cap.

import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { openStore } from "../support/open-store.ts";

const SPENDER = fileURLToPath(new URL("slice-spender.ts", import.meta.url));
const PROCESSES = 4;
const LEASES_OVER_MS = 1500;
const PAUSE_MS_MAX = 150;

const { values } = parseArgs({
  options: {
    store: { type: "string", default: "sqlite" },
    kills: { type: "string", default: "500" },
    port: { type: "string" },
    database: { type: "string", default: "postgres" },
    cap: { type: "string", default: "1000000" },
  },
});
const kills = Number(values.kills);
const cap = Number(values.cap);
const folder = mkdtempSync(join(tmpdir(), "slice-kills-"));
const address = addressOf(values.store);
const store = openStore(address);
const root = await store.pool("acme", { caps: { tokens: cap } });
const before = (await root.snapshot()).used.tokens;
await store.pool("acme/search");
const journals: string[] = [];

function addressOf(kind: string): string {
  if (kind === "redis") return `redis:${values.port ?? "6379"}`;
  if (kind === "postgres") return `postgres:${values.port ?? "5432"}:${values.database}`;
  return `sqlite:process crash:${join(folder, "budgets.db")}`;
}

function billed(): number {
  let sum = 0;
  for (const journal of journals) {
    try {
      for (const line of readFileSync(journal, "utf8").split("\n")) sum += Number(line);
    } catch {
      // It has not begun.
    }
  }
  return sum;
}

async function start(): Promise<ChildProcess> {
  const journal = join(folder, `bill-${journals.length}`);
  journals.push(journal);
  const child = fork(SPENDER, [address, journal]);
  await once(child, "message");
  return child;
}

function fail(what: string, ...figures: number[]): never {
  process.stderr.write(`${what}: ${figures.join(", ")} (${folder})\n`);
  process.exit(1);
}

async function look(): Promise<void> {
  const bill = billed();
  const { used, reserved } = await root.snapshot();
  const booked = used.tokens - before + reserved.tokens;
  if (booked < bill) fail("books are below the bill", booked, bill);
  if (used.tokens + reserved.tokens > cap) fail("past the cap", used.tokens, reserved.tokens);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

let left = kills;
async function keepKilling(): Promise<void> {
  while (left-- > 0) {
    // oxlint-disable-next-line no-await-in-loop -- one process after another
    const child = await start();
    // oxlint-disable-next-line no-await-in-loop -- it spends for a while
    await pause(Math.random() * PAUSE_MS_MAX);
    child.kill("SIGKILL");
    // oxlint-disable-next-line no-await-in-loop -- its journal is complete
    await once(child, "exit");
    // oxlint-disable-next-line no-await-in-loop -- the books at this instant
    await look();
  }
}

await Promise.all(Array.from({ length: PROCESSES }, keepKilling));
await pause(LEASES_OVER_MS);
const bill = billed();
const { used, reserved, unknown } = await root.snapshot();
const booked = used.tokens - before;
if (booked < bill) fail("used is below the bill", booked, bill);
if (booked - unknown.tokens > bill) fail("known is above the bill", booked, unknown.tokens, bill);
if (reserved.tokens !== 0) fail("something is still held", reserved.tokens);
await store.close();
process.stdout.write(
  `${kills} kills in ${values.store}: bill ${bill}, used ${booked}, of it unknown ${unknown.tokens} ` +
    `(${((100 * (booked - bill)) / cap / Math.max(1, kills)).toFixed(4)} % of the cap a kill)\n`,
);
process.exit(0);
