import { describe, expect, it } from "vitest";

import { sqliteStore } from "../../src/sqlite/index.ts";
import { temporaryFile } from "../support/temporary-file.ts";
import { tokenBudget } from "./program.ts";

describe("token-budget refusals", () => {
  it("refusals shows the last refusals, and how many there were in each minute", async () => {
    const file = temporaryFile("budgets.db");
    const store = sqliteStore(file);
    const pool = await store.pool("daily", { caps: { usd: 1 } });
    const run = await pool.child("run");
    await run.tryReserve({ usd: 2 }, { model: "gpt-5.5", label: "team a" });
    await pool.tryReserve({ usd: 3 });
    await store.close();
    const of = ["refusals", "--store", file];
    const one = await tokenBudget([...of, "daily", "--limit", "1"]);
    expect(one.stdout).toContain("never   asked $3.00, used $0.00, held $0.00, cap $1.00");
    const all = await tokenBudget([...of, "--json"]);
    const last = all.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(last.map(({ askedPool, pool: by, model }) => [askedPool, by, model])).toEqual([
      ["daily", "daily", undefined],
      ["daily/run", "daily", "gpt-5.5"],
    ]);
    const counts = await tokenBudget([...of, "daily", "--counts", "--json"]);
    expect(
      counts.stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line).count),
    ).toEqual([1, 1]);
    const bad = await tokenBudget([...of, "--limit", "0"]);
    expect(bad.stderr).toContain("Expected --limit to be a whole number from 1 to 1000");
  });
});
