import BetterSqlite from "better-sqlite3";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, it } from "vitest";

import { sqliteStore } from "../../src/sqlite/index.ts";
import type { SqliteDatabase } from "../../src/sqlite/index.ts";
import { conformanceSuite, storeSuite } from "../../src/testing/index.ts";
import { LONG_MS, rootsOf } from "../support/stored-roots.ts";
import { temporaryFile } from "../support/temporary-file.ts";

const drivers: Readonly<Record<string, (path: string) => SqliteDatabase>> = {
  "node:sqlite": (path) => new DatabaseSync(path),
  "better-sqlite3": (path) => new BetterSqlite(path),
};

for (const [driver, connect] of Object.entries(drivers)) {
  describe(`sqliteStore over ${driver}`, () => {
    const { open, turns, close } = rootsOf((clock) =>
      sqliteStore(connect(":memory:"), { clock, pollMs: LONG_MS }),
    );
    afterAll(close);
    conformanceSuite({ test: it, open, turns });
    storeSuite({
      test: it,
      openPlace(clock) {
        const path = temporaryFile("budgets.db");
        return () => sqliteStore(connect(path), { clock, pollMs: LONG_MS });
      },
    });
  });
}
