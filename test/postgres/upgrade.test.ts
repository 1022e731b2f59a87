// Schemas of earlier versions, which two stores spend from as soon as the first of them has made
// newer tables; what a program of the version before sends meanwhile; and a schema of a later version,
// which is refused.

import { PGlite } from "@electric-sql/pglite";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { postgresStore } from "../../src/postgres/index.ts";
import { POSTGRES_MIGRATIONS } from "../../src/postgres/migrations/embedded.ts";
import { StoreIncompatible } from "../../src/stores/index.ts";
import { ManualClock } from "../../src/testing/index.ts";
import { expectEarlierBooksHold, makeEarlierBooks } from "../support/earlier-books.ts";

const LATEST = POSTGRES_MIGRATIONS.length;
const OLDER = Array.from({ length: LATEST - 1 }, (_none, at) => at + 1);
const OPTIONS = { timeoutMs: 30_000 };
/** What version 8 leaves out of an entry, as versions before wrote it. */
const WRITTEN_BEFORE: Readonly<Record<string, string>> = {
  unknown: "coalesce(unknown, false)",
  calls: "coalesce(calls, 1)",
  tokens: "coalesce(tokens, input_tokens + output_tokens)",
  booked_at: "coalesce(booked_at, at)",
};

/** What a program of an earlier version has sent to the schema "rolling", recorded once. */
interface Statements {
  readonly at: number;
  /** Two pools, an entry "one" and a hold. */
  readonly before: readonly Statement[];
  /** An entry "two", the commit of the hold, and an amendment of "one". */
  readonly after: readonly Statement[];
}

interface Statement {
  readonly text: string;
  readonly values: string[];
}

let database: PGlite;
beforeAll(async () => {
  database = await PGlite.create();
}, 120_000);
afterAll(() => database.close());

/** Makes the tables and functions of a version. */
async function makeTables(schema: string, version: number): Promise<void> {
  await database.exec(`DROP SCHEMA IF EXISTS ${schema} CASCADE; CREATE SCHEMA ${schema};
    CREATE TABLE ${schema}.schema_version (version integer PRIMARY KEY)`);
  for (const [index, sql] of POSTGRES_MIGRATIONS.slice(0, version).entries()) {
    const named = sql.replaceAll(/\btoken_budget\./g, `${schema}.`);
    await database.exec(`DO $made$ BEGIN ${named} END $made$`);
    await database.exec(`INSERT INTO ${schema}.schema_version VALUES (${index + 1})`);
  }
}

/** Makes books in the tables of today. */
async function makeBooks(schema: string): Promise<void> {
  await makeEarlierBooks(postgresStore(database, { ...OPTIONS, schema }));
}

async function namesIn(sql: string): Promise<readonly string[]> {
  const { rows } = await database.query<{ name: string }>(sql);
  return rows.map(({ name }) => name);
}

/** Copies books to an earlier version: what that had no column for is left out. */
async function copyBooks(from: string, to: string): Promise<void> {
  const tables = `SELECT tablename AS name FROM pg_tables WHERE schemaname = '${to}'`;
  for (const table of await namesIn(tables)) {
    if (table === "schema_version") continue;
    const columnsOf = (schema: string) =>
      namesIn(`SELECT column_name AS name FROM information_schema.columns
        WHERE table_schema = '${schema}' AND table_name = '${table}' AND is_identity = 'NO'`);
    const [own, later] = [await columnsOf(to), await columnsOf(from)];
    const columns = own.filter((each) => later.includes(each));
    const values = columns.map((each) =>
      table === "ledger" ? (WRITTEN_BEFORE[each] ?? quoted(each)) : quoted(each),
    );
    if (columns.length > 0)
      await database.exec(`INSERT INTO ${to}.${table} (${columns.map(quoted).join(", ")})
        SELECT ${values.join(", ")} FROM ${from}.${table}`);
  }
}

function quoted(name: string): string {
  return `"${name}"`;
}

/** A write says when its books were read, and is refused when that was long ago. */
const READ_AT = /(?<="next":"\w+","at":)\d+/;

/** Sends what was recorded; returns what was answered to writes. */
async function play(statements: readonly Statement[]): Promise<readonly unknown[]> {
  const answers: unknown[] = [];
  for (const { text, values } of statements) {
    const now = values.map((value) => value.replace(READ_AT, String(Date.now())));
    const { rows } = await database.query<{ answer: string | null }>(text, now);
    if (text.includes("write_1")) answers.push(JSON.parse(rows[0]?.answer ?? "null"));
  }
  return answers;
}

describe("a schema of an earlier version", () => {
  it.each(OLDER)(
    "a schema of an earlier version has its books in the tables of today, from version %i on",
    async (version) => {
      const [today, schema] = [`today_${version}`, `older_${version}`];
      await makeBooks(today);
      await makeTables(schema, version);
      await copyBooks(today, schema);
      const open = () => postgresStore(database, { ...OPTIONS, schema });
      const [one, other] = [open(), open()];
      await expectEarlierBooksHold(one, other);
    },
    60_000,
  );

  it("R10 a program of the version before, which was running when the tables changed, still books what it sends, once", async () => {
    const path = join(import.meta.dirname, "statements/version-7.json");
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a file of this folder
    const { at, before, after } = JSON.parse(readFileSync(path, "utf8")) as Statements;
    await makeTables("rolling", 7);
    await play(before);
    const open = () =>
      postgresStore(database, { ...OPTIONS, schema: "rolling", clock: new ManualClock(at) });
    const store = open();
    const other = await store.pool("other", { caps: { usd: 1 } });
    await other.record({ usd: 0.5 });
    expect(await store.find("work/run")).toBeDefined();
    const run = await store.pool("work/run");
    expect(await run.snapshot()).toMatchObject({ used: { usd: 1.25 }, reserved: { usd: 0.5 } });
    const written = { at: expect.any(Number) };
    expect(await play(after)).toEqual([written, written, written]);
    expect(await run.snapshot()).toMatchObject({
      used: { usd: 2.25, tokens: 107, calls: 3 },
      reserved: { usd: 0 },
      openReservations: 0,
    });
    // What it sends again, because an answer was lost, finds other books, and changes nothing.
    expect(await play(after)).not.toContainEqual(written);
    expect((await run.snapshot()).used.usd).toBe(2.25);
    await run.record({ usd: 0.5, inputTokens: 3, outputTokens: 4 }, { id: "two", model: "m2" });
    let calls = 0;
    while (await run.tryRecord({ usd: 0.25 })) calls++;
    // Of $5, $2.25 were used.
    expect(calls).toBe(11);
    const entries = await run.ledger();
    expect(entries.slice(0, 4)).toMatchObject([
      { id: "one", kind: "record", amount: { usd: 1.25, tokens: 100, calls: 1 } },
      { id: "two", kind: "record", amount: { usd: 0.5, tokens: 7, calls: 1 } },
      { id: "hold", kind: "commit", amount: { usd: 0.25, calls: 1 } },
      { kind: "amend", amount: { usd: 0.25 } },
    ]);
    expect(await run.sums({ by: "pool" })).toMatchObject([
      { name: "work/run", amount: { usd: 5, calls: 14 } },
    ]);
    await store.close();
  }, 60_000);

  it("R15 a program of version 8 shows the entries of a draw as one of their amount, and finds each by its id", async () => {
    const store = postgresStore(database, { ...OPTIONS, schema: "packed" });
    const pool = await store.pool("work", { caps: { usd: 10 }, slices: true });
    const ids: (string | undefined)[] = [];
    const holds = await Promise.all([1, 2, 3].map(() => pool.reserve({ usd: 1 })));
    for (const [index, hold] of holds.entries()) {
      hold.commit({ usd: 0.25, inputTokens: 10 * index, outputTokens: 1, model: `m${index % 2}` });
      ids.push(hold.id);
    }
    await pool.flush();
    // What version 8 sends to read its ledger, and to load what a command names.
    const { rows } = await database.query<{ answer: string }>(
      `SELECT row_to_json(line)::text AS answer FROM packed.ledger line
        WHERE root = $1 AND seq > $2::bigint AND at >= $3::bigint
          AND (path = $4::text OR (path > $4::text || '/' AND path < $4::text || '0'))
        ORDER BY seq LIMIT $5::bigint`,
      ["work", "0", "0", "work", "100"],
    );
    expect(rows.map(({ answer }): unknown => JSON.parse(answer))).toMatchObject([
      { seq: 3, kind: "commit", path: "work", nano_usd: 750_000_000, calls: 3, model: null },
    ]);
    const [draw = ""] = rows.map(
      ({ answer }) => /"id":"(?<id>[^"]+)"/.exec(answer)?.groups?.["id"],
    );
    const asked = JSON.stringify({ ids: [...ids, draw, `${draw}.4`], paths: ["work"] });
    const loaded = await database.query<{ answer: string }>(
      "SELECT packed.load_1($1, $2) AS answer",
      ["work", asked],
    );
    expect(JSON.parse(loaded.rows[0]?.answer ?? "")).toMatchObject({
      lines: 3,
      ledger: [
        { id: draw, kind: "packed" },
        { id: ids[0], seq: 1, kind: "commit", model: "m0", nano_usd: 250_000_000, tokens: 1 },
        { id: ids[1], seq: 2, kind: "commit", model: "m1", input_tokens: 10, tokens: 11 },
        { id: ids[2], seq: 3, kind: "commit", model: "m0", input_tokens: 20, calls: 1 },
      ],
    });
    await database.query("SELECT packed.sum_up_1($1, 1000)", ["work"]);
    const sums = await database.query("SELECT model, lines::int, nano_usd::text FROM packed.sums");
    expect(sums.rows).toEqual([
      { model: "m0", lines: 2, nano_usd: "500000000" },
      { model: "m1", lines: 1, nano_usd: "250000000" },
    ]);
    await store.close();
  }, 60_000);

  it("a schema is refused where a later version has made it, and nothing changes", async () => {
    await makeBooks("later");
    await database.exec(`INSERT INTO later.schema_version VALUES (${LATEST + 1})`);
    const contents = async () =>
      (await database.query("SELECT * FROM later.pools, later.trees ORDER BY 1")).rows;
    const before = await contents();
    const store = postgresStore(database, { ...OPTIONS, schema: "later" });
    await expect(store.pool("work")).rejects.toSatisfy(
      (error) =>
        StoreIncompatible.is(error) &&
        error.message.includes(`version ${LATEST + 1}`) &&
        error.message.includes("install the version of token-budget"),
    );
    await store.close();
    expect(before.length).toBeGreaterThan(0);
    expect(await contents()).toEqual(before);
  }, 60_000);
});
