// What a budget in SQLite costs beside bare SQL on the same settings, in one run.

import { mkdtempSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { sqliteStore } from "../dist/sqlite/index.js";
import type { Durability, SqliteDatabase } from "../dist/sqlite/index.js";
import type {
  SlicedBudgetPool,
  StoredBudgetPool,
  StoredReservation,
} from "../dist/stores/index.js";
import { printTable } from "./print.ts";
import { micros, ratioRow } from "./ratio.ts";
import { measure } from "./runner.ts";
import type { Contender, Effort } from "./runner.ts";

const LEDGER_LINES = 1_000_000;
const OPEN_RESERVATIONS = 100_000;
const PAIRS_OF_A_LOG = 2000;

/** Prints the table of SQLite. */
export async function printStores(effort: Effort): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "token-budget-bench-"));
  try {
    printTable(
      ["SQLite", "µs", "bare µs", "ratio", "target"],
      [
        await lone(folder, effort),
        await loneSlice(folder, effort, "process crash", "entries", "≤ 2.0"),
        await loneSlice(folder, effort, "process crash", "sums", "≤ 2.0"),
        await loneSlice(folder, effort, "power loss", "entries", "-"),
        await loneSlice(folder, effort, "power loss", "sums", "-"),
        await inFlight(folder, effort, "process crash", 64, "-"),
        await inFlight(folder, effort, "power loss", 64, "≤ 0.10"),
      ],
    );
    printTable(
      ["reserve + commit beside", "µs"],
      [
        ["nothing", await timeBeside(folder, effort, 0, 0)],
        [`${LEDGER_LINES} settled`, await timeBeside(folder, effort, LEDGER_LINES, 0)],
        [`${OPEN_RESERVATIONS} open`, await timeBeside(folder, effort, 0, OPEN_RESERVATIONS)],
      ],
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

let files = 0;

async function openPool(folder: string, durability: Durability): Promise<StoredBudgetPool> {
  const store = sqliteStore(join(folder, `budgets-${files++}.db`), { durability });
  return await store.pool("bench", { caps: { tokens: 2 ** 50 } });
}

/** A bare autocommit UPDATE, as a counter without a budget would do it. */
function bareUpdate(folder: string, synchronous: string): () => void {
  const database = new DatabaseSync(join(folder, `bare-${files++}.db`));
  database.exec(
    `PRAGMA page_size = 1024; PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous};
     CREATE TABLE counters (id INTEGER PRIMARY KEY, tokens INTEGER, usd INTEGER);
     INSERT INTO counters VALUES (1, 0, 0)`,
  );
  const update = database.prepare(
    "UPDATE counters SET tokens = tokens + ?, usd = usd + ? WHERE id = 1",
  );
  return () => void update.run(10, 12_000);
}

async function reserveAndCommit(pool: StoredBudgetPool, times: number): Promise<void> {
  for (let count = 0; count < times; count++) {
    // oxlint-disable-next-line no-await-in-loop -- one after another is what is measured
    const hold = await pool.reserve({ tokens: 10, usd: 0.000012 });
    // oxlint-disable-next-line no-await-in-loop -- likewise
    await hold.commit({ tokens: 8 });
  }
}

async function lone(folder: string, effort: Effort): Promise<string[]> {
  const pool = await openPool(folder, "process crash");
  const update = bareUpdate(folder, "NORMAL");
  const bare: Contender = {
    name: "bare",
    run(times) {
      for (let count = 0; count < 2 * times; count++) update();
    },
  };
  const budget: Contender = { name: "budget", run: (times) => reserveAndCommit(pool, times) };
  return await ratioRow(
    "reserve + commit, process crash, against two UPDATEs",
    bare,
    budget,
    effort,
    "≤ 2.0",
  );
}

/** A pool with slices and no room taken ahead: a pair is one draw, and the commit waits for nothing. */
async function loneSlice(
  folder: string,
  effort: Effort,
  durability: Durability,
  ledger: "entries" | "sums",
  target: string,
): Promise<string[]> {
  const counted = countingDatabase(join(folder, `budgets-${files++}.db`));
  const store = sqliteStore(counted.database, { durability });
  const caps = { tokens: 2 ** 50 };
  const pool = await store.pool("bench", { caps, slices: { horizonMs: 0, ledger } });
  const synchronous = durability === "power loss" ? "FULL" : "NORMAL";
  const update = bareUpdate(folder, synchronous);
  const bare: Contender = {
    name: "bare",
    run(times) {
      for (let count = 0; count < 2 * times; count++) update();
    },
  };
  const transactionsBefore = counted.transactions();
  let pairs = 0;
  const budget: Contender = {
    name: "budget",
    async run(times) {
      pairs += times;
      for (let count = 0; count < times; count++) {
        // oxlint-disable-next-line no-await-in-loop -- one after another is what is measured
        const hold = await pool.reserve({ tokens: 10, usd: 0.000012 });
        hold.commit({ tokens: 8 });
      }
    },
  };
  // The log has its full length first: while a file grows, waiting for the disk takes longer.
  counted.database.exec("PRAGMA synchronous = OFF");
  await budget.run(PAIRS_OF_A_LOG);
  await bare.run(PAIRS_OF_A_LOG);
  counted.database.exec(`PRAGMA synchronous = ${synchronous}`);
  const title = `reserve + commit in a slice without room, ledger: ${ledger}, ${durability}, against two UPDATEs`;
  const row = await ratioRow(title, bare, budget, effort, target);
  // A pause of half a second on a loaded machine is one report more.
  const more = counted.transactions() - transactionsBefore - pairs;
  if (more < 0 || more > pairs / 100)
    throw new Error(`${pairs} pairs took ${pairs + more} transactions`);
  await pool.flush();
  await expectBooked(pool, pairs);
  await store.close();
  counted.database.close();
  return row;
}

/** Checks that every pair is in the books, once. */
async function expectBooked(pool: SlicedBudgetPool, pairs: number): Promise<void> {
  const { used, reserved } = await pool.snapshot();
  const [sum] = await pool.sums({ by: "pool" });
  const [booked, listed] = [used.tokens, sum?.amount.tokens];
  if (booked !== 8 * pairs || listed !== 8 * pairs || reserved.tokens !== 0)
    throw new Error(`Expected ${8 * pairs} tokens, but ${booked} are used and ${listed} listed`);
}

/** A database with pages as a store makes them, that counts its transactions. */
function countingDatabase(path: string): { database: SqliteDatabase; transactions(): number } {
  const own = new DatabaseSync(path);
  own.exec("PRAGMA page_size = 1024");
  let count = 0;
  const database: SqliteDatabase = {
    exec: (sql) => own.exec(sql),
    close: () => own.close(),
    prepare(sql) {
      const statement = own.prepare(sql);
      if (sql !== "COMMIT") return statement;
      const run = (): unknown => {
        count++;
        return statement.run();
      };
      return { run, get: run, all: () => [run()] };
    },
  };
  return { database, transactions: () => count };
}

async function inFlight(
  folder: string,
  effort: Effort,
  durability: Durability,
  count: number,
  target: string,
): Promise<string[]> {
  const pool = await openPool(folder, durability);
  const update = bareUpdate(folder, durability === "power loss" ? "FULL" : "NORMAL");
  const bare: Contender = {
    name: "bare",
    run(times) {
      for (let done = 0; done < times; done++) update();
    },
  };
  const budget: Contender = {
    name: "budget",
    async run(times) {
      for (let done = 0; done < times; done += count) {
        const some = Math.min(count, times - done);
        // oxlint-disable-next-line no-await-in-loop -- so many in flight are what is measured
        await Promise.all(
          Array.from({ length: some }, () => pool.record({ tokens: 10, usd: 0.000012 })),
        );
      }
    },
  };
  return await ratioRow(
    `record, ${durability}, ${count} in flight, against one UPDATE each`,
    bare,
    budget,
    effort,
    target,
  );
}

/** The time of a reserve and its commit in a store that holds so much already. */
async function timeBeside(
  folder: string,
  effort: Effort,
  settled: number,
  open: number,
): Promise<string> {
  const pool = await openPool(folder, "process crash");
  const AT_ONCE = 256;
  for (let done = 0; done < settled; done += AT_ONCE) {
    // oxlint-disable-next-line no-await-in-loop -- batch after batch
    await Promise.all(Array.from({ length: AT_ONCE }, () => pool.record({ tokens: 1 })));
  }
  // Held on to, or their leases would be left to end.
  const holds: StoredReservation[] = [];
  for (let done = 0; done < open; done += AT_ONCE) {
    // oxlint-disable-next-line no-await-in-loop -- batch after batch
    holds.push(
      ...(await Promise.all(Array.from({ length: AT_ONCE }, () => pool.reserve({ tokens: 1 })))),
    );
  }
  const contender: Contender = { name: "budget", run: (times) => reserveAndCommit(pool, times) };
  const timing = (await measure([contender], effort)).get("budget")?.median ?? 0;
  if (holds.some(({ settled: isSettled }) => isSettled)) throw new Error("a hold was lost");
  return micros(timing);
}

if (import.meta.main) await printStores({ rounds: 9, roundMs: 60 });
