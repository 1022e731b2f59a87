// What a budget in Postgres costs beside bare SQL on the same server, in one run.

import pg from "pg";

import { postgresStore } from "../dist/postgres/index.js";
import type { StoredBudgetPool } from "../dist/stores/index.js";
import { postgresBinaries, PostgresServer } from "../test/support/postgres-server.ts";
import { printLine, printTable } from "./print.ts";
import { measure } from "./runner.ts";
import type { Contender, Effort } from "./runner.ts";
import { pacesOf } from "./slices.ts";

const IN_FLIGHT = 64;
const LEDGER_LINES = 1_000_000;
const OPEN_RESERVATIONS = 100_000;
const AT_ONCE = 512;

/** Prints the table of Postgres; says so where it is not installed. */
export async function printPostgres(effort: Effort): Promise<void> {
  const binaries = postgresBinaries();
  if (binaries === undefined) {
    printLine("Postgres is not installed");
    return;
  }
  const server = await PostgresServer.start(binaries, ["max_connections=100"]);
  const pool = new pg.Pool({ ...server.options, max: 1 + IN_FLIGHT });
  try {
    await pool.query("CREATE TABLE counters (id int PRIMARY KEY, tokens bigint, usd bigint)");
    await pool.query("INSERT INTO counters VALUES (1, 0, 0)");
    const budget = await postgresStore(pool).pool("bench", { caps: { tokens: 2 ** 50 } });
    printTable(
      ["Postgres, synchronous_commit on", "µs", "bare µs", "ratio", "target"],
      [
        await row("reserve alone, against a prepared UPDATE", 1, pool, budget, effort, "≤ 2"),
        await row(
          `reserve, ${IN_FLIGHT} in flight, against as many UPDATEs of one row`,
          ...([IN_FLIGHT, pool, budget, effort, "≤ 0.10"] as const),
        ),
      ],
    );
    printTable(
      ["Postgres, lone pairs on one pool", "pairs/s", "two UPDATEs, pairs/s", "ratio", "target"],
      [...(await pairRows(server.port, 1)), ...(await pairRows(server.port, 8))],
    );
    const place = await postgresStore(pool, { schema: "filled" }).pool("bench");
    const before = await lone(place, effort);
    await repeat(LEDGER_LINES, () => place.record({ tokens: 1 }));
    const settled = await lone(place, effort);
    const holds = await repeat(OPEN_RESERVATIONS, () => place.reserve({ tokens: 1 }));
    printTable(
      ["reserve + commit beside", "µs"],
      [
        ["nothing", before],
        [`${LEDGER_LINES} settled`, settled],
        [`and ${holds.length} open`, await lone(place, effort)],
      ],
    );
  } finally {
    await pool.end();
    await server.stop();
  }
}

/** Pairs of a reservation and its commit, one after another in each process. */
async function pairRows(port: number, processes: number): Promise<string[][]> {
  const rate = async (mode: string): Promise<number> => {
    const paces = await pacesOf(`postgres:${port}`, mode, processes);
    return paces.reduce((sum, { pairs, ms }) => sum + (1000 * pairs) / ms, 0);
  };
  const bare = await rate("updates");
  const rows: string[][] = [];
  for (const [mode, name] of [
    ["lone", "a plain pool"],
    ["drawn", "slices: { horizonMs: 0 }"],
  ] as const) {
    // oxlint-disable-next-line no-await-in-loop -- each has the machine for itself
    const ours = await rate(mode);
    const [title, target] =
      processes === 1 ? [`${name}, 1 process`, ""] : [`${name}, ${processes} processes`, "≥ 0.5"];
    const ratio = (ours / bare).toFixed(2);
    rows.push([title, ours.toFixed(0), bare.toFixed(0), ratio, target]);
  }
  return rows;
}

/** So many at once, again and again. */
function contender(name: string, inFlight: number, one: () => Promise<unknown>): Contender {
  return {
    name,
    async run(times) {
      let left = times;
      await Promise.all(
        Array.from({ length: inFlight }, async () => {
          // oxlint-disable-next-line no-await-in-loop -- so many in flight are what is measured
          while (left-- > 0) await one();
        }),
      );
    },
  };
}

async function row(
  title: string,
  inFlight: number,
  pool: pg.Pool,
  budget: StoredBudgetPool,
  effort: Effort,
  target: string,
): Promise<string[]> {
  const update = {
    name: "update",
    text: "UPDATE counters SET tokens = tokens + $1, usd = usd + $2 WHERE id = 1 RETURNING tokens",
    values: [10, 12_000],
  };
  const bare = contender("bare", inFlight, () => pool.query(update));
  const ours = contender("budget", inFlight, () => budget.reserve({ tokens: 10, usd: 0.000012 }));
  const timings = await measure([bare, ours], effort);
  const budgetNs = timings.get("budget")?.median ?? 0;
  const bareNs = timings.get("bare")?.median ?? 0;
  return [title, micros(budgetNs), micros(bareNs), (budgetNs / bareNs).toFixed(2), target];
}

async function lone(budget: StoredBudgetPool, effort: Effort): Promise<string> {
  const pair = contender("budget", 1, async () => {
    const hold = await budget.reserve({ tokens: 10, usd: 0.000012 });
    await hold.commit({ tokens: 8 });
  });
  return micros((await measure([pair], effort)).get("budget")?.median ?? 0);
}

/** So many times over, as many at once as go into one batch. */
async function repeat<T>(times: number, one: () => Promise<T>): Promise<T[]> {
  const all: T[] = [];
  while (all.length < times) {
    const some = Math.min(AT_ONCE, times - all.length);
    // oxlint-disable-next-line no-await-in-loop -- batch after batch
    all.push(...(await Promise.all(Array.from({ length: some }, one))));
  }
  return all;
}

function micros(ns: number): string {
  return (ns / 1000).toFixed(1);
}
