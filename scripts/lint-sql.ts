// Checks the SQL of the migrations: `npm run lint:sql`. SQLite and Postgres themselves read it (the
// built-in SQLite, and Postgres as WebAssembly), one file after the other, so that each is parsed
// on the tables that it finds. Postgres also plans every query of its functions once.

import process from "node:process";
import { DatabaseSync } from "node:sqlite";

import { PGlite } from "@electric-sql/pglite";

import { migrationsOf } from "./embed-sql.ts";
import type { Migration } from "./embed-sql.ts";

const COLUMNS_MAX = 100;
const KEYWORD =
  /\b(?:create|alter|drop|table|index|select|insert|update|delete|from|where|values|begin|end|returns)\b/;

/** What a reader of the file would ask to be changed. */
function styleOf({ path, text }: Migration): readonly string[] {
  const lines = text.split("\n");
  const found: string[] = [];
  if (!text.startsWith("-- ")) found.push(`${path}:1: begin with a comment that says what it adds`);
  if (!text.endsWith(";\n")) found.push(`${path}: end with a statement and one line break`);
  for (const [index, line] of lines.entries()) {
    const at = `${path}:${index + 1}`;
    const code = line.replace(/--.*/, "").replaceAll(/'[^']*'|"[^"]*"/g, "");
    if (line.length > COLUMNS_MAX) found.push(`${at}: more than ${COLUMNS_MAX} columns`);
    if (/\s$/.test(line)) found.push(`${at}: ends in white space`);
    if (KEYWORD.test(code)) found.push(`${at}: write keywords in capitals`);
  }
  return found;
}

function readBySqlite(migrations: readonly Migration[]): readonly string[] {
  const database = new DatabaseSync(":memory:");
  return migrations.flatMap(({ path, text }) => {
    try {
      database.exec(text);
      return [];
    } catch (error) {
      return [`${path}: ${String(error)}`];
    }
  });
}

async function readByPostgres(migrations: readonly Migration[]): Promise<readonly string[]> {
  const database = await PGlite.create();
  const found: string[] = [];
  await database.exec("CREATE SCHEMA token_budget");
  for (const { path, text } of migrations) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- each on the tables of those before
      await database.exec(text);
    } catch (error) {
      found.push(`${path}: ${String(error)}`);
    }
  }
  await database.close();
  return found;
}

const sqlite = migrationsOf("sqlite");
const postgres = migrationsOf("postgres");
const found = [
  ...[...sqlite, ...postgres].flatMap(styleOf),
  ...readBySqlite(sqlite),
  ...(await readByPostgres(postgres)),
];
for (const line of found) process.stdout.write(`${line}\n`);
process.stdout.write(found.length === 0 ? "SQL: nothing to report\n" : `${found.length} to fix\n`);
if (found.length > 0) process.exitCode = 1;
