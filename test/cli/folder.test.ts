// A folder that is not its user's own, such as a cloned repository.

import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { chown } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, it } from "vitest";

import { startProvider } from "../meter/provider.ts";
import { AGENT, stateFolder, tokenBudget, tokenBudgetIn } from "./program.ts";

const provider = await startProvider();
const upstreams = ["--upstream", `openai=${provider.url}/v1`];

/** A folder with a `token-budget.json`, and an environment of its user's own. */
function folderWith(settings: object): { folder: string; env: Record<string, string> } {
  const folder = stateFolder();
  writeFileSync(join(folder, "token-budget.json"), JSON.stringify(settings));
  const state = stateFolder();
  return { folder, env: { XDG_STATE_HOME: state, XDG_CONFIG_HOME: state } };
}

describe("a folder that is not mine", () => {
  it("c01 sends no key elsewhere and makes no model free, until its file is allowed", async () => {
    const { folder, env } = folderWith({
      upstreams: { openai: `${provider.url}/v1` },
      prices: { "gpt-4o-mini": { inputTokens: 0, outputTokens: 0 } },
    });
    provider.behave(() => ({ outputTokens: 100 }));
    const run = ["run", "--usd", "0.01", "--", ...AGENT, "1"];
    // The address of the environment counts, which leads nowhere.
    const nowhere = { ...env, OPENAI_BASE_URL: "http://127.0.0.1:1/v1" };
    const before = await tokenBudgetIn(folder, run, nowhere);
    expect(provider.requests.length).toBe(0);
    expect(before.stderr.split("\n")[0]).toBe(
      "token-budget: from ./token-budget.json: upstreams, prices ignored; to use them too, allow the file: token-budget allow",
    );

    const allowed = await tokenBudgetIn(folder, ["allow"], env);
    expect([allowed.code, allowed.stdout]).toEqual([
      0,
      expect.stringMatching(/^Allowed: .*token-budget\.json\n {2}upstreams: .*127\.0\.0\.1/),
    ]);
    expect(
      statSync(join(env["XDG_STATE_HOME"] ?? "", "token-budget", "allowed.json")).mode & 0o777,
    ).toBe(0o600);
    const after = await tokenBudgetIn(folder, run, env);
    expect(provider.requests.length).toBe(1);
    expect(after.stderr).toContain("from ./token-budget.json: upstreams, prices taken\n");
    expect(after.stderr).toContain("$0.00 of $0.01 used");

    // What was allowed is this content, and no other.
    const file = join(folder, "token-budget.json");
    writeFileSync(file, readFileSync(file, "utf8").replace('"inputTokens":0', '"inputTokens":1'));
    expect((await tokenBudgetIn(folder, ["prices", "gpt-4o"], env)).stderr).toContain(
      "prices ignored",
    );
    await tokenBudgetIn(folder, ["allow"], env);
    expect((await tokenBudgetIn(folder, ["prices", "gpt-4o"], env)).stderr).toContain(
      "prices taken",
    );
    expect((await tokenBudgetIn(folder, ["allow", "--remove"], env)).stdout).toMatch(
      /^No longer allowed/,
    );
    expect((await tokenBudgetIn(folder, ["prices", "gpt-4o"], env)).stderr).toContain(
      "prices ignored",
    );
  });

  it("c06 no code of a foreign folder runs: neither its store nor a driver in its node_modules", async () => {
    const { folder, env } = folderWith({ store: "redis://127.0.0.1:1" });
    const marker = join(folder, "ran");
    const module = join(folder, "node_modules", "redis");
    mkdirSync(module, { recursive: true });
    writeFileSync(join(module, "package.json"), '{"name":"redis","main":"index.js"}');
    writeFileSync(
      join(module, "index.js"),
      `require("node:fs").writeFileSync(${JSON.stringify(marker)}, "");`,
    );
    const ignored = await tokenBudgetIn(folder, ["status"], env);
    expect([ignored.code, ignored.stdout]).toEqual([0, expect.stringContaining("No pools yet")]);
    expect(ignored.stderr).toContain("store ignored");
    // Also where it is this user who names the store.
    await tokenBudgetIn(folder, ["status", "--store", "redis://127.0.0.1:1"], env);
    expect(existsSync(marker)).toBe(false);
  });

  it("a foreign folder can make a budget stricter: the lower of both caps, and never a window for the user's own", async () => {
    const { folder, env } = folderWith({ usd: 0.5, per: "minute", label: "theirs", calls: 3 });
    const summary = async (args: readonly string[]) => {
      const { stderr } = await tokenBudgetIn(folder, ["run", ...args, "--json", "--", "true"], env);
      const [notice = "", ...rest] = stderr.trim().split("\n");
      return { notice, ...JSON.parse(rest.at(-1) ?? "{}") };
    };
    expect(await summary(["--usd", "2"])).toMatchObject({
      notice: "token-budget: from ./token-budget.json: usd, label, calls taken",
      caps: { usd: 0.5, calls: 3 },
    });
    expect(await summary(["--usd", "0.1"])).toMatchObject({ caps: { usd: 0.1, calls: 3 } });
    expect(await summary([])).toMatchObject({
      notice: "token-budget: from ./token-budget.json: usd, per, label, calls taken",
      caps: { usd: 0.5, calls: 3 },
    });
    // A pool that the user names has limits of its own.
    const pool = await summary(["--pool", "mine", "--usd", "2"]);
    expect(pool).toMatchObject({ notice: "token-budget: from ./token-budget.json: label taken" });
    expect(pool.caps).toEqual({ usd: 2 });
  });

  it("a foreign folder can hold caps by period, of which the lowest of its own and the user's count", async () => {
    const { folder, env } = folderWith({ usd: "5/day,50/month", label: "theirs" });
    const caps = async (args: readonly string[]) => {
      const { stderr } = await tokenBudgetIn(folder, ["run", ...args, "--json", "--", "true"], env);
      expect(stderr).toContain("from ./token-budget.json: usd, label taken");
      return JSON.parse(stderr.trim().split("\n").at(-1) ?? "{}").caps;
    };
    expect(await caps([])).toEqual({ usd: 5 });
    expect(await caps(["--usd", "20"])).toEqual({ usd: 5 });
    expect(await caps(["--usd", "2"])).toEqual({ usd: 2 });
    const mine = folderWith({ pool: "project", usd: "5/day,50/month" });
    await tokenBudgetIn(mine.folder, ["run", "--", "true"], mine.env);
    const { stdout } = await tokenBudget(["status", "--json"], mine.env);
    const found: readonly { path: string; caps: unknown }[] = JSON.parse(stdout);
    expect(found.map((each) => [each.path, each.caps])).toEqual([
      ["project", { usd: 50 }],
      ["project/day", { usd: 5 }],
    ]);
  });

  it("a foreign folder names a pool and a label of a budget per project", async () => {
    const { folder, env } = folderWith({ pool: "project", usd: 1, label: "team" });
    await tokenBudgetIn(folder, ["run", ...upstreams, "--", ...AGENT, "1"], env);
    const { stdout } = await tokenBudget(["ledger", "project"], env);
    expect(stdout).toMatch(/project {2}gpt-4o-mini {2}team$/m);
    // What was set since counts, and not what the file says of a new pool.
    await tokenBudget(["set", "project", "--usd", "2"], env);
    const again = await tokenBudgetIn(folder, ["run", ...upstreams, "--", ...AGENT, "1"], env);
    expect([again.code, again.stderr]).toEqual([0, expect.stringContaining("of $2.00 used")]);
  });

  it("a foreign folder whose file is invalid is reported, and a pipe is not waited for", async () => {
    for (const [settings, message] of [
      [{ usd: "much" }, /token-budget\.json: .*usd.*dollars/],
      [{ usd: true }, /"usd" in .* to be a number/],
      [{ per: "year" }, /token-budget\.json: Expected per to be one of/],
      [{ hooks: {} }, /Unknown key "hooks"/],
    ] as const) {
      const { folder, env } = folderWith(settings);
      const { code, stderr } = await tokenBudgetIn(
        folder,
        ["run", "--usd", "1", "--", "true"],
        env,
      );
      expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
    }
    const folder = stateFolder();
    mkdirSync(join(folder, "token-budget.json"));
    const { code, stderr } = await tokenBudgetIn(folder, ["status"], { XDG_STATE_HOME: folder });
    expect([code, stderr]).toEqual([2, expect.stringContaining("to be a file of no more than")]);
    const none = await tokenBudgetIn(stateFolder(), ["allow"], { XDG_STATE_HOME: folder });
    expect([none.code, none.stderr]).toEqual([
      1,
      "token-budget: there is no token-budget.json in this folder\n",
    ]);
  });
});

describe.skipIf(process.platform === "win32")("the state folder", () => {
  it("the state folder is always readable by its owner only", async () => {
    const folder = stateFolder();
    const state = join(folder, "token-budget");
    mkdirSync(state);
    writeFileSync(join(state, "budgets.db"), "");
    chmodSync(state, 0o755);
    chmodSync(join(state, "budgets.db"), 0o644);
    const env = { XDG_STATE_HOME: folder };
    expect((await tokenBudget(["run", "--pool", "p", "--usd", "1", "--", "true"], env)).code).toBe(
      0,
    );
    expect(statSync(state).mode & 0o777).toBe(0o700);
    expect(statSync(join(state, "budgets.db")).mode & 0o777).toBe(0o600);
  });

  it("the state folder is refused as a symbolic link, and so is a file in it", async () => {
    const [elsewhere, folder, other] = [stateFolder(), stateFolder(), stateFolder()];
    symlinkSync(elsewhere, join(folder, "token-budget"));
    const linked = await tokenBudget(["status"], { XDG_STATE_HOME: folder });
    expect([linked.code, linked.stderr]).toEqual([
      1,
      expect.stringContaining("is a symbolic link"),
    ]);
    mkdirSync(join(other, "token-budget"));
    symlinkSync(join(elsewhere, "theirs.db"), join(other, "token-budget", "budgets.db"));
    const file = await tokenBudget(["status"], { XDG_STATE_HOME: other });
    expect([file.code, file.stderr]).toEqual([1, expect.stringContaining("is a symbolic link")]);
    expect(existsSync(join(elsewhere, "theirs.db"))).toBe(false);
  });

  it.skipIf(process.getuid?.() !== 0)(
    "the state folder is refused when it belongs to another user",
    async () => {
      const folder = stateFolder();
      mkdirSync(join(folder, "token-budget"));
      await chown(join(folder, "token-budget"), 65_534, 65_534);
      const { code, stderr } = await tokenBudget(["status"], { XDG_STATE_HOME: folder });
      expect([code, stderr]).toEqual([1, expect.stringContaining("belongs to another user")]);
    },
  );
});

describe("names from outside", () => {
  it("names from outside cannot send escape sequences to the terminal, or add lines", async () => {
    const model = "evil\u001B[31m\u009B2J\u202E\u0007\nOK: $0.00 used";
    const ask = `fetch(process.env.OPENAI_BASE_URL + "/chat/completions", { method: "POST", body: JSON.stringify({ model: ${JSON.stringify(model)}, messages: [] }) })`;
    const prices = join(stateFolder(), "prices\u001B]0;x\u0007.json");
    const run = ["run", "--usd", "1", ...upstreams, "--", process.execPath, "-e", ask];
    const refused = await tokenBudget(run);
    const missing = await tokenBudget(["prices", "x", "--prices", `${prices}.gone`]);
    for (const { stderr } of [refused, missing]) {
      // oxlint-disable-next-line no-control-regex -- what it must not hold
      expect(stderr).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202E]|^OK/m);
      expect(stderr).toContain("\\u001b");
    }
    expect(refused.stderr).toContain("evil\\u001b[31m");
  });
});
