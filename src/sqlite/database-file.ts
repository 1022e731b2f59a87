// Detects whether the file of a connection is still the one under its name: a process can continue
// writing to a deleted or replaced file, which no other process sees.

import { statSync } from "node:fs";
import type { BigIntStats } from "node:fs";

import { toRow } from "../stores/sql/columns.ts";
import type { SqliteDatabase } from "./sqlite-database.ts";

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
