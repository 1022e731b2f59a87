// The commands about pools that are kept, as people type them.

import { writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";

import { COMMANDS } from "../../src/cli/commands.ts";
import { env, envWith } from "./prepared-pools.ts";
import { MAIN, stateFolder, tokenBudget, tokenBudgetIn } from "./program.ts";

describe("the help", () => {
  it("the help fits 80 columns for every command, and every command but help has --json", async () => {
    for (const { name, title, load } of COMMANDS) {
      // oxlint-disable-next-line no-await-in-loop -- one process after the other
      const { stdout } = await tokenBudget([name, "--help"]);
      for (const line of stdout.split("\n")) {
        expect(line.length).toBeLessThanOrEqual(80);
        // What a flag does is in a column of its own.
        expect(line).toMatch(/^(?! {2}--).*|^ {2}--.{18} \S/);
      }
      // oxlint-disable-next-line no-await-in-loop -- as above
      const command = await load();
      expect(command.name).toBe(name);
      expect(title.length).toBeLessThan(70);
      expect(Object.keys(command.flags)).toContain("json");
    }
    const { stdout } = await tokenBudget(["--help"]);
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    for (const { name } of COMMANDS) expect(stdout).toContain(`  ${name}`);
  });

  it("`help set` prints what `set --help` does, and `help zzzz` is an error of usage", async () => {
    const [before, behind] = [
      await tokenBudget(["help", "set"]),
      await tokenBudget(["set", "--help"]),
    ];
    expect(before).toEqual(behind);
    expect(before.stdout).toContain("token-budget set");
    expect(await tokenBudget(["help", "zzzz"])).toMatchObject({ code: 2 });
  });

  it("a mistyped command or flag gets a suggestion only if a near one exists", async () => {
    expect((await tokenBudget(["statsu"])).stderr).toContain("did you mean status?");
    expect((await tokenBudget(["zzzz"])).stderr).not.toContain("did you mean");
    expect((await tokenBudget(["status", "--jsn"])).stderr).toContain("did you mean --json?");
    expect((await tokenBudget(["status", "--frobnicate"])).stderr).not.toContain("did you mean");
  });
});

describe("token-budget set", () => {
  it("set changes caps until a time", async () => {
    const at = await env();
    const set = (...flags: string[]): ReturnType<typeof tokenBudget> =>
      tokenBudget(["set", "daily", ...flags], at);
    expect((await set("--usd", "+5", "--until", "12h")).stdout).toMatch(/; \+\$5\.00 until /);
    const { stdout } = await set("--usd", "-1", "--until", "2100-01-01", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      caps: { usd: 24 },
      raises: [{ by: { usd: 5 } }, { by: { usd: -1 }, until: Date.UTC(2100, 0) }],
    });
    for (const flags of [["--usd", "5"], ["--per", "day"], []])
      expect(await set(...flags, "--until", "1h")).toMatchObject({ code: 2 });
    for (const until of ["soon", "2020-01-01", "-3h"])
      expect(await set("--usd", "+5", "--until", until)).toMatchObject({ code: 2 });
  });

  it("set changes caps by an amount, and changes at once all count", async () => {
    const at = await env();
    await Promise.all(
      Array.from({ length: 4 }, () => tokenBudget(["set", "daily", "--usd", "+0.1"], at)),
    );
    const { stdout } = await tokenBudget(
      ["set", "daily", "--usd", "-0.4", "--tokens", "-100", "--json"],
      at,
    );
    expect(JSON.parse(stdout).caps).toEqual({ usd: 20, tokens: 900 });
    const wrong = await tokenBudget(["set", "daily", "--calls", "+1"], at);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('The cap on calls of pool "daily"');
  });

  it("set keeps the time zone when only the period changes", async () => {
    const at = await env();
    const { stdout } = await tokenBudget(["set", "daily", "--per", "week", "--json"], at);
    expect(JSON.parse(stdout).timeZone).toBe("Europe/Berlin");
    const other = await tokenBudget(
      ["set", "daily", "--per", "day", "--time-zone", "UTC", "--json"],
      at,
    );
    expect(JSON.parse(other.stdout).timeZone).toBe("UTC");
  });

  it("set begins a period later than the calendar does", async () => {
    const at = await env();
    const { stdout } = await tokenBudget(
      ["set", "daily", "--per", "day", "--from", "06:30", "--time-zone", "UTC", "--json"],
      at,
    );
    const { window } = JSON.parse(stdout);
    expect(new Date(window.endsAt).toISOString()).toContain("T06:30:00");
  });

  it("set caps input and output tokens", async () => {
    const at = await env();
    const { stdout } = await tokenBudget(
      ["set", "daily", "--input-tokens", "7", "--output-tokens", "8", "--json"],
      at,
    );
    expect(JSON.parse(stdout).caps).toMatchObject({ inputTokens: 7, outputTokens: 8 });
  });
});

describe("token-budget statusline", () => {
  it("statusline is short while there is room, and shows rate, end and reset otherwise", async () => {
    const at = await env();
    expect((await tokenBudget(["statusline", "other"], at)).stdout).toBe(
      "other $0.000000001/$1.00\n",
    );
    const { stdout } = await tokenBudget(["statusline"], at);
    expect(stdout).toMatch(
      /^daily \$15\.00\/\$20\.00 \| \$[\d.]+\/h \(10 min\) \| .*resets \d\d:\d\d\n$/,
    );
    expect(stdout.length).toBeLessThanOrEqual(81);
    expect((await tokenBudget(["statusline", "daily", "--above", "80"], at)).stdout).toBe("");
    const json = await tokenBudget(["statusline", "daily", "--json"], at);
    expect(JSON.parse(json.stdout)).toMatchObject({ path: "daily", spentUsd: 15 });
  });

  it("statusline prints nothing for a pool that does not exist, and makes none", async () => {
    const at = await env();
    expect(await tokenBudget(["statusline", "nobody"], at)).toMatchObject({ code: 0, stdout: "" });
    expect((await tokenBudget(["status", "nobody"], at)).code).toBe(1);
  });

  it("statusline takes its pool from the environment and from token-budget.json", async () => {
    const at = await env();
    const named = await tokenBudget(["statusline"], { ...at, TOKEN_BUDGET_POOL: "other" });
    expect(named.stdout).toContain("other");
    const folder = stateFolder();
    writeFileSync(join(folder, "token-budget.json"), JSON.stringify({ pool: "other" }));
    expect((await tokenBudgetIn(folder, ["statusline"], at)).stdout).toContain("other");
  });

  it("statusline ends although its stdin never closes", async () => {
    const at = await env();
    const child = spawn(process.execPath, [MAIN, "statusline", "other"], {
      env: { ...process.env, ...at },
      stdio: ["pipe", "pipe", "ignore"],
    });
    child.stdin.on("error", () => undefined);
    child.stdin.write("x".repeat(1_000_000));
    const shown = text(child.stdout);
    await once(child, "exit");
    expect(await shown).toContain("other");
  });
});

describe("the actor and reason of a change", () => {
  it("the ledger shows who changed a pool: the named actor, or the system user", async () => {
    const at = await envWith(async (store) => {
      await store.pool("daily", { caps: { usd: 1 } });
    });
    const why = ["--actor", "ops@acme", "--reason", "release day"];
    await tokenBudget(["set", "daily", "--usd", "+5", ...why], at);
    await tokenBudget(["reset", "daily"], at);
    const { stdout } = await tokenBudget(["ledger", "daily", "--json"], at);
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toMatchObject([
      { kind: "configure", actor: "ops@acme", reason: "release day" },
      { kind: "reset", actor: userInfo().username },
    ]);
    expect((await tokenBudget(["ledger", "daily"], at)).stdout).toContain("release day");
    const wrong = await tokenBudget(["reset", "daily", "--reason", "a\nb"], at);
    expect(wrong.stderr).toContain("Expected reason to be 1 to 128 characters");
  });
});

describe("with many pools", () => {
  it("status pages, searches, filters and sorts many pools", async () => {
    const at = await envWith(async (store) => {
      for (let index = 0; index < 120; index++) {
        // oxlint-disable-next-line no-await-in-loop -- pools in their order
        const pool = await store.pool(`team-${String(index).padStart(3, "0")}`, {
          caps: { usd: 1 },
        });
        // oxlint-disable-next-line no-await-in-loop -- as above
        if (index % 40 === 0) await pool.record({ usd: 0.5 + index / 200 });
      }
    });
    const lines = async (...args: readonly string[]): Promise<readonly string[]> =>
      (await tokenBudget(["status", ...args], at)).stdout.trim().split("\n");
    const first = await lines();
    expect(first).toHaveLength(51);
    expect(first.at(-1)).toContain("… and 70 more: --page 2");
    expect(await lines("--page", "3")).toHaveLength(20);
    expect(await lines("--search", "TEAM-11")).toHaveLength(10);
    expect((await lines("--sort", "used", "--limit", "1"))[0]).toContain("team-080");
    expect(await lines("--only", "low")).toHaveLength(1);
    expect(await lines("--search", "nothing")).toEqual(["No pool matches"]);
    const { stdout } = await tokenBudget(["status", "--json"], at);
    expect(JSON.parse(stdout)).toHaveLength(120);
    const wrong = await tokenBudget(["status", "elsewhere"], at);
    expect(wrong.stderr).toContain("120 pools exist: token-budget status --search TEXT");
    expect(wrong.stderr.length).toBeLessThan(200);
    const near = await tokenBudget(["reset", "team-O07"], at);
    expect(near.stderr).toContain("did you mean team-0");
  });
});

describe("token-budget history and ledger --csv", () => {
  it("history and ledger --csv have one table for all pools, to the last nano-dollar as JSON", async () => {
    const at = await env();
    const { stdout } = await tokenBudget(["history", "--json"], at);
    const rows = JSON.parse(stdout);
    expect(rows).toHaveLength(2);
    expect(rows[1]).toMatchObject({
      command: "team",
      model: "m1",
      amount: { usd: 1e-9, calls: 1 },
    });
    const table = (await tokenBudget(["history"], at)).stdout.trimEnd().split("\n");
    for (const line of table) expect(line.length).toBeLessThanOrEqual(80);
    expect(table[0]).toMatch(/^day +command +model +calls +tokens +spent$/);
    expect(table.at(-1)).toMatch(/^ +total +2 +505 +\$15\.00$/);
    const none = await tokenBudget(["history", "--since", "2099-01-01"], at);
    expect(none.stdout).toContain("Nothing booked yet");
  });

  it("ledger --csv writes cells that no spreadsheet runs", async () => {
    const at = await env();
    const [head, line] = (await tokenBudget(["ledger", "daily", "--csv"], at)).stdout.split("\n");
    expect(head).toMatch(/^ChargePeriodStart,ChargePeriodEnd,BilledCost,/);
    expect(line).toContain(
      ",15,15,USD,Usage,,Call of =gpt,AI and Machine Learning,'=gpt,daily,500,",
    );
    expect(line).toContain('"{""label"":""a \\""b\\"""",""seq"":');
    const other = (await tokenBudget(["ledger", "other", "--csv"], at)).stdout.split("\n")[1];
    expect(other).toContain(",0.000000001,0.000000001,USD,");
  });
});

describe("token-budget run --usd by period", () => {
  it("run --usd by period makes pools below one another, and takes existing ones as they are", async () => {
    const at = { XDG_STATE_HOME: stateFolder() };
    const run = ["run", "--pool", "work", "--usd", "5/day,50/month,20/week", "--quiet", "--"];
    expect((await tokenBudget([...run, "true"], at)).code).toBe(0);
    expect((await tokenBudget([...run, "true"], at)).code).toBe(0);
    const pools = JSON.parse((await tokenBudget(["status", "--json"], at)).stdout);
    expect(pools.map(({ path, caps }: { path: string; caps: object }) => [path, caps])).toEqual([
      ["work", { usd: 50 }],
      ["work/week", { usd: 20 }],
      ["work/week/day", { usd: 5 }],
    ]);
    const other = ["run", "--pool", "work", "--usd", "7/day,50/month,20/week", "--", "true"];
    expect((await tokenBudget(other, at)).stderr).toContain("set work/week/day --usd 7\n");
    const own = await tokenBudget(["run", "--usd", "5/day,50/month", "--", "true"], at);
    expect(own.stderr).toContain('(pool "run/day")');
    for (const usd of ["5/dya", "5/day,6/day", "x/day", "/day"]) {
      // oxlint-disable-next-line no-await-in-loop -- one process after the other
      expect((await tokenBudget(["run", "--usd", usd, "--", "true"], at)).code).toBe(2);
    }
  });
});

describe("token-budget completion", () => {
  it("completion knows pools, and runs nothing that their names say", async () => {
    const folder = stateFolder();
    const at = await envWith(async (store) => {
      await store.pool("daily", { caps: { usd: 1 } });
      await store.pool("d $(touch pwned)", { caps: { usd: 1 } });
    });
    const script = [
      `token-budget() { "${process.execPath}" "${MAIN}" "$@"; }`,
      "source <(token-budget completion bash)",
      "COMP_WORDS=(token-budget set d); COMP_CWORD=2; _token_budget",
      String.raw`printf '%s\n' "\${COMPREPLY[@]}"`.replaceAll("\\$", "$"),
      "ls",
    ].join("\n");
    const child = spawn("bash", ["-c", script], {
      cwd: folder,
      env: { ...process.env, ...at },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const shown = await text(child.stdout);
    expect(shown).toBe("d\\ \\$\\(touch\\ pwned\\)\ndaily\n");
  });
});
