// A batch is written whole or not at all, whichever statement fails.

import { DatabaseSync } from "node:sqlite";
import type { StatementSync } from "node:sqlite";
import { expect, it } from "vitest";

import { SqliteStore } from "../../src/sqlite/sqlite-store.ts";
import type { SqliteDatabase, SqliteStatement } from "../../src/sqlite/index.ts";
import { expectWholeAtEachTrip } from "../support/each-trip.ts";
import type { Trouble } from "../support/each-trip.ts";

it.each([false, true])(
  "R10 the books are whole, whichever statement of a store fails (after it was done: %s)",
  async (isDone) => {
    const trouble: Trouble = { failing: 0, isDone };
    let count = 0;
    // Opening is not a batch: what fails then is told by the constructor.
    let isOpen = false;
    const trips = await expectWholeAtEachTrip(
      trouble,
      async (clock) => {
        count = 0;
        isOpen = false;
        const database = new DatabaseSync(":memory:");
        const failing = failingDatabase(
          database,
          () => isOpen && ++count === trouble.failing,
          isDone,
        );
        const store = new SqliteStore(failing, "OFF", { clock });
        isOpen = true;
        return store;
      },
      () => count >= trouble.failing,
    );
    expect(trips).toBeGreaterThan(30);
  },
);

/** A database of which the statements fail, when `fails` says so, before or after they are done. */
function failingDatabase(
  database: DatabaseSync,
  fails: () => boolean,
  isDone: boolean,
): SqliteDatabase {
  const call = <T>(run: () => T): T => {
    const isFailing = fails();
    if (isFailing && !isDone) throw ioError();
    const answer = run();
    if (isFailing) throw ioError();
    return answer;
  };
  const wrap = (statement: StatementSync): SqliteStatement => ({
    run: (...values) => call(() => statement.run(...values)),
    get: (...values) => call(() => statement.get(...values)),
    all: (...values) => call(() => statement.all(...values)),
  });
  return {
    exec: (sql) => database.exec(sql),
    prepare: (sql) =>
      sql.startsWith("PRAGMA") ? database.prepare(sql) : wrap(database.prepare(sql)),
    close: () => database.close(),
  };
}

function ioError(): Error {
  return Object.assign(new Error("disk I/O error"), { code: "ERR_SQLITE_ERROR", errcode: 10 });
}
