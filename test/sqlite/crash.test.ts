import { expect, it } from "vitest";

import { sqliteStore } from "../../src/sqlite/index.ts";
import { temporaryFile } from "../support/temporary-file.ts";
import { Torture } from "../support/torture.ts";

/** `KILLS=500` for the long run. */
const kills = Number(process.env["KILLS"] ?? 12);
const PROCESSES = 8;

for (const durability of ["process crash", "power loss"] as const) {
  it(
    `F21 F22 F24 I1–I5 after ${kills} kill -9 of ${PROCESSES} processes the books hold what was acknowledged, once (${durability})`,
    { timeout: 1_800_000 },
    async () => {
      const file = temporaryFile("budgets.db");
      const store = sqliteStore(file, { durability });
      const torture = await Torture.begin(store, `sqlite:${durability}:${file}`);
      await torture.kill(kills, PROCESSES);
      expect(await torture.expectConserved()).toBeGreaterThan(0);
    },
  );
}
