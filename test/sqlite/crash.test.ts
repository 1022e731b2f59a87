import { expect, it } from "vitest";

import { sqliteStore } from "../../src/sqlite/index.ts";
import { expectBooksAfterKills, KILLS, PROCESSES } from "../support/crashes.ts";
import { temporaryFile } from "../support/temporary-file.ts";

for (const durability of ["process crash", "power loss"] as const) {
  it(
    `F21 F22 F24 I1–I5 after ${KILLS} kill -9 of ${PROCESSES} processes the books hold what was acknowledged, once (${durability})`,
    { timeout: 1_800_000 },
    async () => {
      expect.hasAssertions();
      const file = temporaryFile("budgets.db");
      await expectBooksAfterKills(
        sqliteStore(file, { durability }),
        `sqlite:${durability}:${file}`,
      );
    },
  );
}
