// Freezing, deleting, archiving and templates, as people type them.

import { readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { sqliteStore } from "../../src/sqlite/index.ts";
import { ManualClock } from "../../src/testing/index.ts";
import { env, envWith } from "./prepared-pools.ts";
import { stateFolder, tokenBudget } from "./program.ts";

const DAY_MS = 86_400_000;

describe("token-budget freeze and thaw", () => {
  it("freeze refuses every call until thaw, and the ledger shows actor and reason", async () => {
    const at = await env();
    const why = ["--reason", "runaway agent", "--actor", "ops"];
    expect((await tokenBudget(["freeze", "daily", ...why], at)).stdout).toMatch(/^daily: frozen; /);
    const store = sqliteStore(at["TOKEN_BUDGET_STORE"] ?? "");
    const pool = await store.pool("daily");
    expect((await pool.check({ usd: 0.1 }))?.reason).toBe("frozen");
    expect((await tokenBudget(["thaw", "daily"], at)).stdout).not.toContain("frozen");
    expect(await pool.check({ usd: 0.1 })).toBeUndefined();
    await store.close();
    const { stdout } = await tokenBudget(["ledger", "daily", "--changes"], at);
    const [frozen, thawed, ...more] = stdout.trim().split("\n");
    expect(frozen).toContain("daily  frozen  ops  runaway agent");
    expect(thawed).toContain(`daily  thawed  ${userInfo().username}`);
    expect(more).toEqual([]);
  });
});

describe("token-budget set --carry-over", () => {
  it.each([
    ["5", 5],
    ["$2.50", 2.5],
    ["cap", 6],
  ])("--carry-over %s: of six dollars left, the next day gets %d", async (limit, usd) => {
    const at = await envWith(async (made) => void (await made.pool("work")));
    const file = at.TOKEN_BUDGET_STORE;
    const set = ["set", "work", "--usd", "10", "--per", "day", "--carry-over", limit];
    expect((await tokenBudget(set, at)).code).toBe(0);
    const today = new ManualClock(Date.now());
    const store = sqliteStore(file, { clock: today });
    const pool = await store.pool("work");
    await pool.record({ usd: 4 });
    today.advance(DAY_MS);
    expect((await pool.snapshot()).carried?.usd).toBe(usd);
    await store.close();
  });

  it.each([
    [["--per", "hour", "--carry-over", "cap"], "--carry-over goes with --per day, week or month"],
    [["--carry-over", "cap"], "--carry-over goes with --per day, week or month"],
    [["--per", "day", "--carry-over", "some"], "--carry-over"],
  ])("set %j is refused, with what was expected", async (flags, message) => {
    const at = { TOKEN_BUDGET_STORE: join(stateFolder(), "budgets.db") };
    const { code, stderr } = await tokenBudget(["set", "work", "--usd", "1", ...flags], at);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});

describe("token-budget delete", () => {
  it("delete removes a pool without open holds, and reports what it had used", async () => {
    const at = await env();
    const store = sqliteStore(at["TOKEN_BUDGET_STORE"] ?? "");
    const hold = await (await store.pool("daily/run")).reserve({ usd: 1 });
    expect(await tokenBudget(["delete", "daily"], at)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("open reservations"),
    });
    await hold.release();
    expect((await tokenBudget(["delete", "daily"], at)).stdout).toMatch(/\$15\.00.*; deleted\n$/);
    expect((await store.pools()).map(({ path }) => path)).toEqual(["other"]);
    await store.close();
    expect((await tokenBudget(["delete", "daily"], at)).code).toBe(1);
  });
});

describe("token-budget archive", () => {
  it("archive moves old entries to a file, as JSON Lines or CSV", async () => {
    const folder = stateFolder();
    const file = join(folder, "budgets.db");
    const old = sqliteStore(file, { clock: new ManualClock(Date.UTC(2026, 0, 15)) });
    const pool = await old.pool("work/run");
    await pool.record({ usd: "0.000000001", tokens: 7 }, { id: "one", model: "=m", label: "a,b" });
    await pool.record({ usd: 1 }, { id: "two" });
    await old.close();
    const later = sqliteStore(file, { clock: new ManualClock(Date.UTC(2026, 1, 1)) });
    await (await later.pool("work/run")).record({ usd: 2 }, { id: "three" });
    await later.close();
    const at = { XDG_STATE_HOME: folder, TOKEN_BUDGET_STORE: file };
    const [lines, table] = [join(folder, "a.jsonl"), join(folder, "a.csv")];
    const move = (...flags: string[]): ReturnType<typeof tokenBudget> =>
      tokenBudget(["archive", ...flags], at);
    const first = await move("work", "--before", "2026-01-20", "--to", lines, "--json");
    expect(JSON.parse(first.stdout)).toMatchObject({ archived: 2 });
    const entries = readFileSync(lines, "utf8").trim().split("\n");
    expect(entries.map((line) => JSON.parse(line).id)).toEqual(["one", "two"]);
    expect((await move("--before", "1d", "--to", table)).stdout).toMatch(/^1 entries before /);
    expect(readFileSync(table, "utf8").trim().split("\n")[1]).toContain(",three,record,work/run,");
    const { stdout } = await tokenBudget(["ledger", "work", "--by", "day", "--json"], at);
    expect(stdout).toContain("2026-01-15");
    for (const wrong of [
      ["--to", lines],
      ["--before", "1d"],
      ["--before", "1d", "--to", "a.txt"],
    ])
      expect(await move(...wrong)).toMatchObject({ code: 2 });
    expect((await move("none", "--before", "1d", "--to", lines)).code).toBe(1);
  });
});

describe("token-budget template", () => {
  it("template sets, lists and deletes templates of pools", async () => {
    const at = await env();
    const flags = ["--usd", "5", "--per", "day", "--actor", "ops", "--json"];
    const { stdout } = await tokenBudget(["template", "users/*", ...flags], at);
    expect(JSON.parse(stdout)).toMatchObject([
      { pattern: "users/*", caps: { usd: 5 }, window: { period: "day" }, actor: "ops" },
    ]);
    const store = sqliteStore(at["TOKEN_BUDGET_STORE"] ?? "");
    expect((await (await store.pool("users/ada")).snapshot()).caps).toEqual({ usd: 5 });
    await store.close();
    expect((await tokenBudget(["template"], at)).stdout).toMatch(
      /^users\/\*: {2}\$5\.00 per day {2}since \d{4}-\d\d-\d\d \d\d:\d\d UTC {2}ops\n$/,
    );
    expect((await tokenBudget(["template", "users/*", "--remove"], at)).stdout.trim()).toBe("");
    expect((await tokenBudget(["template"], at)).stdout).toMatch(/^No templates; to set one: /);
    for (const wrong of [["--usd", "5"], ["--remove"], ["a", "--remove", "--usd", "5"]])
      expect(await tokenBudget(["template", ...wrong], at)).toMatchObject({ code: 2 });
  });
});
