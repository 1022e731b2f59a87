// The file of a connection: how it is written, and whether it is still the one under its name. A
// process can continue writing to a deleted or replaced file, which no other process sees.

import { statSync } from "node:fs";
import type { BigIntStats } from "node:fs";

import { numberOf, toRow } from "../stores/sql/columns.ts";
import type { SqliteDatabase } from "./sqlite-database.ts";

/** Small pages: a booking writes a few rows, and each of them a whole page. */
const PAGE_BYTES = 1024;
/**
 * How long the write-ahead log may grow before it is copied into the file: the default with pages
 * of 4 KiB. SQLite counts pages, and would copy, and wait for the disk, every 110 calls.
 */
const LOG_BYTES = 4 * 1024 * 1024;

/** Prepares a file for use by many processes. */
export function prepareFile(database: SqliteDatabase, synchronous: string, isOwn: boolean): void {
  const row = toRow(database.prepare("PRAGMA journal_mode").get());
  // Changing the mode needs the file alone, and so does setting it to the current value.
  if (row?.["journal_mode"] !== "wal") {
    if (isOwn) database.exec(`PRAGMA page_size = ${PAGE_BYTES}`);
    database.exec("PRAGMA journal_mode = WAL");
  }
  const pageBytes = numberOf(toRow(database.prepare("PRAGMA page_size").get()) ?? {}, "page_size");
  database.exec(`PRAGMA wal_autocheckpoint = ${Math.floor(LOG_BYTES / pageBytes)}`);
  database.exec(`PRAGMA synchronous = ${synchronous}`);
}

/** Thrown when the file of a store is no longer under its name. */
export class FileGone extends Error {}

/** The file of one connection, as it was when it was opened. */
export class DatabaseFile {
  readonly #path: string;
  readonly #opened: BigIntStats;

  private constructor(path: string, opened: BigIntStats) {
    this.#path = path;
    this.#opened = opened;
  }

  /** Returns the file of a connection; undefined for a database in memory. */
  static of(database: SqliteDatabase): DatabaseFile | undefined {
    const databases = database.prepare("PRAGMA database_list").all().map(toRow);
    const path = databases.find((row) => row?.["name"] === "main")?.["file"];
    if (typeof path !== "string" || path === "") return undefined;
    const opened = statOf(path);
    if (opened === undefined) throw goneOf(path);
    return new DatabaseFile(path, opened);
  }

  /** @throws {FileGone} if the file was deleted, moved or replaced. */
  check(): void {
    const now = statOf(this.#path);
    if (now?.ino !== this.#opened.ino || now.dev !== this.#opened.dev) throw goneOf(this.#path);
  }
}

function statOf(path: string): BigIntStats | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false });
}

function goneOf(path: string): FileGone {
  return new FileGone(
    `the file ${path} was deleted, moved or replaced after this process opened it; put it back, or restart the process to use the new one`,
  );
}
