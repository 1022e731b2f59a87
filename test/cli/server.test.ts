// Commands that ask a gateway in place of a store: the same output, for those who may see it.

import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";

import { KeyStore } from "../../src/gateway/index.ts";
import { sqliteStore } from "../../src/sqlite/index.ts";
import { freePort } from "../support/servers.ts";
import { temporaryFile } from "../support/temporary-file.ts";
import { start, stateFolder, tokenBudget } from "./program.ts";
import type { Ended } from "./program.ts";

const PATIENCE = { timeout: 60_000 };
const HOUR_MS = 3_600_000;
const WHY = ["--reason", "tests"];
const file = temporaryFile("team.db");
const key = { admin: "", lead: "", self: "" };
const ids = { lead: "" };
let url = "";
let server: ReturnType<typeof start> | undefined;

beforeAll(async () => {
  const store = sqliteStore(file);
  const acme = await store.pool("acme", { caps: { usd: 100 }, window: "day" });
  const search = await acme.child("search", { caps: { usd: 40 } });
  const sam = await search.child("sam", { caps: { usd: 5, tokens: 10_000 }, leaseMs: HOUR_MS });
  await acme.child("ads");
  await sam.record({ usd: 1.25, tokens: 1000 }, { model: "gpt-5.5", label: "docs", id: "call-1" });
  await sam.record({ usd: 0.75, tokens: 500 }, { model: "claude-opus-5", label: "code" });
  await sam.tryRecord({ usd: 9 });
  await sam.freeze({ actor: "ada", reason: "a pause" });
  await sam.thaw({ actor: "ada" });
  await sam.reserve({ usd: 0.5 }, { id: "hold-1" });
  await store.template("users/*", { caps: { usd: 5 }, window: "day" });
  const keys = new KeyStore(store);
  key.admin = (await keys.create({ pool: "ops", role: "admin", name: "ada" }, "test")).key;
  const lead = await keys.create(
    { pool: "acme/search", role: "lead", subtree: "acme/search", name: "lin" },
    "test",
  );
  [key.lead, ids.lead] = [lead.key, lead.record.id];
  key.self = (await keys.create({ pool: "acme/search/sam", name: "sam" }, "test")).key;
  await store.close();
  const port = await freePort();
  const args = ["serve", "--store", file, "--port", String(port), "--quiet"];
  server = start(args, { OPENAI_API_KEY: "sk-one" });
  url = `http://127.0.0.1:${port}`;
  await vi.waitFor(async () => expect(await isReady(url)).toBe(true), PATIENCE);
});

afterAll(async () => {
  server?.child.kill("SIGTERM");
  await server?.ended;
});

async function isReady(address: string): Promise<boolean> {
  return (await fetch(`${address}/readyz`).catch(() => undefined))?.ok === true;
}

/** Runs a command over the server. */
function over(args: readonly string[], as: keyof typeof key = "admin"): Promise<Ended> {
  return tokenBudget(args, { TOKEN_BUDGET_SERVER: url, TOKEN_BUDGET_KEY: key[as] });
}

/** Runs a command on the store itself. */
function beside(args: readonly string[]): Promise<Ended> {
  return tokenBudget(args, { TOKEN_BUDGET_STORE: file });
}

describe("over a server, as over its store", () => {
  it.each([
    "status",
    "status acme/search/sam",
    "status --search sam --sort used",
    "ledger acme",
    "ledger acme --json",
    "ledger acme --json --after 1",
    "ledger acme/search --by model",
    "ledger acme --by label --json --after 0",
    "ledger acme --csv",
    "ledger acme --changes",
    "refusals",
    "refusals acme --counts --json",
    "history",
    "history --json",
    "template",
    "template users/* --json",
    "holds acme",
    "holds acme --json",
    "keys list --pool acme --json",
    "completion pools",
  ])("%s prints the same over a server as over its store", async (line) => {
    const args = line.split(" ");
    const [there, here] = [await over(args), await beside(args)];
    expect(there).toEqual(here);
    expect(there.stdout + there.stderr).not.toBe("");
  });

  it("status --json has the same pools over a server as over its store", async () => {
    const [there, here] = [await over(["status", "--json"]), await beside(["status", "--json"])];
    expect(withoutForecast(there.stdout)).toEqual(withoutForecast(here.stdout));
  });

  it("refusals --json reports the same over a server as over its store", async () => {
    const args = ["refusals", "acme", "--json"];
    const [there, here] = [await over(args), await beside(args)];
    expect(JSON.parse(there.stdout)).toEqual(JSON.parse(here.stdout));
  });

  it("statusline over a server has the pool of the key in time", async () => {
    const line = async (): Promise<string> => (await over(["statusline"], "self")).stdout;
    await expect.poll(line, PATIENCE).toMatch(/^acme\/search\/sam \$2\.00\/\$5\.00/);
  });

  it("top --json over a server prints one line per second, and the key is not in the process list", async () => {
    const { child, ended } = start(["top", "--json", "--server", url, "--key", key.admin]);
    onTestFinished(() => void child.kill("SIGKILL"));
    const line = await new Promise<string>((resolve) => {
      child.stdout?.once("data", (piece) => resolve(String(piece)));
    });
    const paths = JSON.parse(line).map(({ path }: { path: string }) => path);
    expect(paths).toEqual(["acme", "acme/ads", "acme/search", "acme/search/sam"]);
    if (process.platform === "linux")
      expect(readFileSync(`/proc/${child.pid}/cmdline`, "utf8")).not.toContain(key.admin);
    child.kill("SIGTERM");
    expect(await ended).toMatchObject({ code: 0 });
  });
});

function withoutForecast(text: string): unknown {
  return JSON.parse(text).map(({ lastsMs: _ofNow, ...rest }: { lastsMs?: number }) => rest);
}

describe("changes over a server", () => {
  it("changes over a server carry the key's name and a reason, and print the pool", async () => {
    const raised = await over(["set", "acme/ads", "--usd", "30", "--per", "week", ...WHY]);
    expect(raised).toMatchObject({ code: 0, stderr: "" });
    expect(raised.stdout).toMatch(/^acme\/ads: .*\$30\.00.*starts over/);
    const more = ["set", "acme/ads", "--usd", "+5", "--until", "12h", "--json", ...WHY];
    const { stdout } = await over(more);
    expect(JSON.parse(stdout)).toMatchObject({ caps: { usd: 35 }, raises: [{ by: { usd: 5 } }] });
    expect((await over(["freeze", "acme/ads", ...WHY])).stdout).toContain("frozen");
    expect((await over(["thaw", "acme/ads", ...WHY])).stdout).not.toContain("frozen");
    expect((await over(["reset", "acme/ads", ...WHY])).code).toBe(0);
    const { stdout: changes } = await beside(["ledger", "acme/ads", "--changes"]);
    const lines = changes.trim().split("\n");
    expect(lines).toHaveLength(5);
    for (const line of lines) expect(line).toMatch(/ {2}ada {2}tests$/);
  });

  it("a stuck hold can be freed, and a booking amended, over a server", async () => {
    const held = JSON.parse((await over(["holds", "acme", "--json"])).stdout);
    expect(held).toMatchObject([{ id: "hold-1", pool: "acme/search/sam" }]);
    const pool = "acme/search/sam";
    const freed = await over(["release", pool, "hold-1", "--json", ...WHY], "lead");
    expect(JSON.parse(freed.stdout)).toMatchObject({ openReservations: 0 });
    expect((await over(["holds", "acme"])).stdout).toBe("Nothing is held\n");
    const again = await over(["release", pool, "hold-1", ...WHY]);
    expect(again).toMatchObject({ code: 1, stdout: "" });
    const amended = await over(["amend", pool, "call-1", "--usd", "1.5", "--json", ...WHY], "lead");
    expect(JSON.parse(amended.stdout)).toMatchObject({ used: { usd: 2.25, tokens: 1500 } });
    const beyond = await over(["amend", pool, "nothing", "--usd", "1", ...WHY]);
    expect(beyond).toMatchObject({ code: 1, stderr: expect.stringContaining("nothing") });
  });

  it("changes over a server set and delete templates, and make and revoke keys", async () => {
    const period = ["--per", "day", "--from", "06:00"];
    const set = ["template", "acme/search/*", "--usd", "2", ...period, "--json", ...WHY];
    expect(JSON.parse((await over(set)).stdout)).toMatchObject([
      { pattern: "acme/search/*", caps: { usd: 2 }, actor: "ada", reason: "tests" },
    ]);
    expect((await beside(["template"])).stdout).toContain("acme/search/*");
    expect((await over(["template", "acme/search/*", "--remove"])).code).toBe(0);
    expect((await beside(["template"])).stdout).not.toContain("acme/search/*");
    const caps = ["--usd", "3", "--per", "day"];
    const create = ["keys", "create", "--pool", "acme/search/kim", ...caps, "--json"];
    const made = await over(create, "lead");
    const { key: text, id, createdBy } = JSON.parse(made.stdout);
    expect([text.slice(0, 3), createdBy]).toEqual(["tb_", "lin"]);
    expect((await over(["keys", "list"], "lead")).stdout).toContain(id);
    const pool = await beside(["status", "acme/search/kim"]);
    expect(pool.stdout).toMatch(/^acme\/search\/kim: .*\$3\.00 left; starts over/);
    const other = await over([...create.slice(0, 5), "4", "--per", "day"], "lead");
    expect(other).toMatchObject({ code: 1, stdout: "" });
    const deleted = await over(["delete", "acme/search/kim", ...WHY], "lead");
    expect(deleted.stdout).toMatch(/; deleted\n$/);
    expect((await beside(["status", "acme/search/kim"])).code).toBe(1);
    expect((await over(["keys", "revoke", id], "lead")).stdout).toContain("revoked");
    expect((await over(["keys", "revoke", "key_0123456789abcdef"], "lead")).code).toBe(1);
  });
});

describe("callers with fewer rights over a server", () => {
  it("a lead sees and changes its subtree alone over a server", async () => {
    const seen = await over(["status"], "lead");
    expect(seen.stdout.split("\n").map((line) => line.split(":")[0])).toEqual([
      "acme/search",
      "acme/search/sam",
      "",
    ]);
    expect((await over(["history"], "lead")).stdout).toContain("gpt-5.5");
    const beyond = await over(["freeze", "acme/ads", ...WHY], "lead");
    expect(beyond).toMatchObject({ code: 1, stdout: "" });
    expect(beyond.stderr).toContain('no pool named "acme/ads"');
    expect((await over(["template", "*", "--usd", "1", ...WHY], "lead")).stderr).toBe(
      'token-budget: Not allowed with this key: This needs the role "admin"\n',
    );
    const admin = ["keys", "create", "--pool", "acme/search/x", "--role", "admin"];
    expect((await over(admin, "lead")).stderr).toContain(
      "Only an admin can create the key of an admin",
    );
  });

  it("a member sees its pool over a server, and every change is refused by name", async () => {
    expect((await over(["status"], "self")).stdout).toMatch(/^acme\/search\/sam: [^\n]*\n$/);
    expect((await over(["ledger", "acme/search/sam"], "self")).stdout).toContain("claude-opus-5");
    const pool = "acme/search/sam";
    for (const args of [
      ["set", pool, "--usd", "+5"],
      ["freeze", pool],
      ["thaw", pool],
      ["reset", pool],
      ["release", pool, "hold-1"],
      ["amend", pool, "call-1", "--usd", "0"],
      ["delete", pool],
    ]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect([args[0], await over([...args, ...WHY], "self")]).toMatchObject([
        args[0],
        {
          code: 1,
          stdout: "",
          stderr: 'token-budget: Not allowed with this key: This needs the role "lead"\n',
        },
      ]);
    }
    expect((await over(["keys", "list"], "self")).stderr).toContain("Not allowed with this key");
  });
});

describe("problems with a server", () => {
  it("the program reports a server that does not answer, or is something else", async () => {
    const away = `http://127.0.0.1:${await freePort()}`;
    const env = { TOKEN_BUDGET_SERVER: away, TOKEN_BUDGET_KEY: "tb_x" };
    expect(await tokenBudget(["status"], env)).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringMatching(
        /^token-budget: Cannot reach the server http:\/\/127\.0\.0\.1:\d+: .*ECONNREFUSED/,
      ),
    });
    const other = createServer((_request, response) => response.end("<html>"));
    await once(other.listen(0, "127.0.0.1"), "listening");
    onTestFinished(() => void other.close());
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens at a port
    const { port } = other.address() as AddressInfo;
    expect(
      await tokenBudget(["status", "--server", `http://localhost:${port}`], env),
    ).toMatchObject({ code: 1, stderr: expect.stringContaining("check the address") });
  });

  it("a redirect of a server is not followed with the key", async () => {
    const asked: (string | undefined)[] = [];
    const other = createServer((request, response) => {
      asked.push(request.url);
      response.writeHead(307, { location: "/elsewhere" }).end();
    });
    await once(other.listen(0, "127.0.0.1"), "listening");
    onTestFinished(() => void other.close());
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens at a port
    const { port } = other.address() as AddressInfo;
    const env = { TOKEN_BUDGET_SERVER: `http://localhost:${port}`, TOKEN_BUDGET_KEY: "tb_x" };
    expect((await tokenBudget(["status"], env)).code).toBe(1);
    expect(asked).toEqual([expect.stringMatching(/^\/api\/v1\/pools\?/)]);
  });

  it("the program reports a key that the server does not know", async () => {
    const env = { TOKEN_BUDGET_SERVER: url, TOKEN_BUDGET_KEY: `tb_${"a".repeat(32)}` };
    expect(await tokenBudget(["status"], env)).toMatchObject({
      code: 1,
      stdout: "",
      stderr: `token-budget: ${url} does not accept this key: it is unknown, revoked or expired\n`,
    });
  });

  it.each([
    [["--server", "http://budget.example"], "would get your key unencrypted"],
    [["--server", "budget.example"], "Expected the server to be an address"],
    [["--server", "https://a:b@budget.example"], "an address alone"],
    [["--server", "https://budget.example", "--store", "x.db"], "exclude each other"],
    [["--key", "tb_x"], "--key goes with --server"],
    [["--server", "https://budget.example", "--key", ""], "Missing key"],
  ])("the program refuses %s as a server", async (flags, message) => {
    const refused = await tokenBudget(["status", ...flags]);
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused.stderr).toContain(message);
  });

  it("the program takes the key of a server from a file of its user's own alone", async () => {
    const path = join(stateFolder(), "key");
    writeFileSync(path, `${key.admin}\n`, { mode: 0o644 });
    const args = ["status", "--server", url, "--key-file", path];
    const open = await tokenBudget(args);
    expect([open.code, open.stderr]).toEqual([
      1,
      `token-budget: Others may read ${path}: run chmod 600 ${path}\n`,
    ]);
    chmodSync(path, 0o600);
    expect((await tokenBudget(args)).code).toBe(0);
    expect((await tokenBudget([...args.slice(0, -1), "nowhere"])).stderr).toContain("no file");
  });

  it("changes over a server need a reason, and cannot name another actor", async () => {
    const silent = await over(["freeze", "acme/ads"]);
    expect([silent.code, silent.stderr.split("\n")[0]]).toEqual([
      2,
      'token-budget: Missing reason: changes over a server say why; pass --reason "…"',
    ]);
    const other = await over(["freeze", "acme/ads", "--actor", "eve", ...WHY]);
    expect([other.code, other.stdout]).toEqual([2, ""]);
  });

  it.each([
    ["run", ["--server", "https://budget.example", "--", "true"]],
    ["proxy", ["--server=https://budget.example"]],
    ["serve", ["--server", "https://budget.example"]],
    ["doctor", ["--server", "https://budget.example"]],
    ["console", []],
    ["archive", ["--before", "90d", "--to", "x.jsonl"]],
  ])("%s over a server reports that it works on a store alone", async (name, args) => {
    const refused = await over([name, ...args]);
    expect([refused.code, refused.stderr.split(":").slice(0, 2).join(":")]).toEqual([
      2,
      `token-budget: ${name} does not work over a server`,
    ]);
  });

  it("run uses a local store although a server is configured, and says so", async () => {
    const ran = await over(["run", "--usd", "1", "--", "true"]);
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain("TOKEN_BUDGET_SERVER is not used: run holds budgets by itself");
    const meant = await over(["run", "--usd", "1", "--store", "memory:", "--help"]);
    expect(meant.stderr).toBe("");
  });

  it("a server refuses a key as soon as it is revoked", async () => {
    expect((await over(["status"], "lead")).code).toBe(0);
    expect((await over(["keys", "revoke", ids.lead])).code).toBe(0);
    await expect.poll(async () => (await over(["status"], "lead")).code, PATIENCE).toBe(1);
  });
});
