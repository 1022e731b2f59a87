// Asking for more budget, and granting or refusing it, in a store and over a server.

import { beforeAll, afterAll, describe, expect, it, vi } from "vitest";

import { KeyStore } from "../../src/gateway/index.ts";
import { sqliteStore } from "../../src/sqlite/index.ts";
import { freePort } from "../support/servers.ts";
import { temporaryFile } from "../support/temporary-file.ts";
import { env, envWith } from "./prepared-pools.ts";
import { start, tokenBudget } from "./program.ts";
import type { Ended } from "./program.ts";

const HOUR_MS = 3_600_000;
const WHY = ["--reason", "the release"];

interface Request {
  readonly id: string;
  readonly state: string;
  readonly pool: string;
  readonly usd: number;
  readonly hours: number;
  readonly by: string;
}

function requestIn({ stdout, stderr }: Ended): Request {
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what a test looks at
    return JSON.parse(stdout) as Request;
  } catch {
    throw new Error(`Expected a request, got ${stdout}${stderr}`);
  }
}

describe("requests for more, in a store", () => {
  it("a request that is granted raises the caps until its time is over, and one that is refused changes nothing", async () => {
    const at = await env();
    const asked = ["request", "daily", "--usd", "20", "--until", "12h", ...WHY];
    const first = await tokenBudget([...asked, "--actor", "ada"], at);
    expect(first.stdout).toMatch(
      /^req_[0-9a-z]{21} {2}\S+Z {2}open {5}daily {2}\+\$20\.00 for 12 h {2}by ada: the release\n$/,
    );
    const [id = ""] = first.stdout.split(" ");
    const other = requestIn(
      await tokenBudget(["request", "other", "--usd", "0.5", ...WHY, "--json"], at),
    );
    expect(other).toMatchObject({ state: "open", pool: "other", usd: 0.5, hours: 24 });
    const open = await tokenBudget(["requests", "daily", "--state", "open"], at);
    expect(open.stdout).toBe(first.stdout);
    const granted = await tokenBudget(["grant", id, "--usd", "10", "--actor", "lin"], at);
    expect(granted.stdout).toMatch(/granted {2}daily {2}\+\$10\.00 .* granted by lin {2}until /);
    const refused = await tokenBudget(["refuse", other.id, "--reason", "wait", "--json"], at);
    expect(requestIn(refused)).toMatchObject({ state: "refused", note: "wait" });
    const store = sqliteStore(at["TOKEN_BUDGET_STORE"] ?? "");
    const { caps, raises = [] } = await (await store.pool("daily")).snapshot();
    expect([caps.usd, raises.length]).toEqual([30, 1]);
    expect(raises[0]?.until).toBeLessThanOrEqual(Date.now() + 12 * HOUR_MS);
    expect((await (await store.pool("other")).snapshot()).caps.usd).toBe(1);
    await store.close();
    // Decided once.
    expect(await tokenBudget(["refuse", id], at)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("This request was granted"),
    });
    expect((await tokenBudget(["grant", id], at)).code).toBe(0);
    expect((await tokenBudget(["status", "daily"], at)).stdout).toContain("of $30.00");
    expect((await tokenBudget(["requests", "--state", "open"], at)).stdout).toBe("No requests\n");
  });

  it.each([
    [["request"], 2, "Missing pool"],
    [["request", "daily", ...WHY], 2, "Missing amount"],
    [["request", "daily", "--usd", "5"], 2, "Missing reason"],
    [["request", "daily", "--usd", "-5", ...WHY], 2, "Expected --usd"],
    [["request", "dayly", "--usd", "5", ...WHY], 1, "did you mean daily?"],
    [["request", "daily", "--usd", "5", "--until", "2020-01-01", ...WHY], 2, "in the future"],
    [["requests", "--state", "done"], 2, "Expected --state"],
    [["grant"], 2, "Missing id of the request"],
    [["grant", "req_nothing"], 1, "no request req_nothing that you may decide"],
  ] as const)("%j is refused with code %i", async (args, code, message) => {
    const ended = await tokenBudget(args, await env());
    expect(ended).toMatchObject({ code, stderr: expect.stringContaining(message) });
  });
});

describe("requests for more, over a server", () => {
  const file = temporaryFile("asked.db");
  const key = { lead: "", self: "", other: "" };
  let url = "";
  let server: ReturnType<typeof start> | undefined;

  beforeAll(async () => {
    const store = sqliteStore(file);
    const acme = await store.pool("acme", { caps: { usd: 100 } });
    await acme.child("ada", { caps: { usd: 5 } });
    const keys = new KeyStore(store);
    const made = async (pool: string, role: "lead" | "self", name: string): Promise<string> =>
      (await keys.create({ pool, role, name, ...(role === "lead" && { subtree: pool }) }, "test"))
        .key;
    key.lead = await made("acme", "lead", "lin");
    key.self = await made("acme/ada", "self", "ada");
    key.other = await made("other/bob", "self", "bob");
    await store.close();
    const port = await freePort();
    server = start(["serve", "--store", file, "--port", String(port), "--quiet"], {
      OPENAI_API_KEY: "sk-one",
    });
    url = `http://127.0.0.1:${port}`;
    const isReady = async (): Promise<boolean | undefined> =>
      (await fetch(`${url}/readyz`).catch(() => undefined))?.ok;
    await vi.waitFor(async () => expect(await isReady()).toBe(true), { timeout: 60_000 });
  });

  afterAll(async () => {
    server?.child.kill("SIGTERM");
    await server?.ended;
  });

  function over(args: readonly string[], as: keyof typeof key): Promise<Ended> {
    return tokenBudget(args, { TOKEN_BUDGET_SERVER: url, TOKEN_BUDGET_KEY: key[as] });
  }

  it("a member asks with their key, the lead above grants, and the member sees it; others see nothing", async () => {
    const asked = ["request", "acme/ada", "--usd", "20", "--until", "12h", ...WHY, "--json"];
    const { id, by, hours } = requestIn(await over(asked, "self"));
    expect(by).toBe("ada");
    expect(hours).toBeCloseTo(12, 1);
    expect((await over(["requests"], "other")).stdout).toBe("No requests\n");
    expect((await over(["request", "acme/ada", "--usd", "1", ...WHY], "other")).code).toBe(1);
    expect(await over(["grant", id], "self")).toMatchObject({ code: 1 });
    expect(await over(["grant", id], "other")).toMatchObject({ code: 1 });
    expect((await over(["requests", "acme"], "lead")).stdout).toContain(id);
    expect((await over(["grant", id], "lead")).stdout).toContain("granted by lin");
    expect((await over(["status", "acme/ada"], "self")).stdout).toContain("of $25.00");
    expect(await over(["refuse", id], "lead")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("This request was granted"),
    });
  });

  it("a server without pools for a key does not advise a run on this machine", async () => {
    expect((await over(["status"], "other")).stdout).toBe(
      "No pools that your key may see yet: a pool appears with the first call of its key\n",
    );
    expect((await over(["status", "nothing"], "other")).stderr).not.toContain("token-budget run");
  });
});

describe("what the table of a pool shows", () => {
  it("set and status show what a period leaves to the next one", async () => {
    const at = await env();
    const rule = ["--per", "month", "--carry-over", "10"];
    expect((await tokenBudget(["set", "daily", ...rule], at)).stdout).toContain(
      ", carries over up to $10.00",
    );
    expect((await tokenBudget(["status", "daily"], at)).stdout).toContain(
      ", carries over up to $10.00",
    );
    expect(
      (await tokenBudget(["set", "daily", "--per", "week", "--carry-over", "cap"], at)).stdout,
    ).toContain(", carries over up to one cap");
  });

  it("ledger --ids has the id that amend takes, and ledger without a pool lists the pools", async () => {
    const at = await envWith(async (store) => {
      const pool = await store.pool("daily", { caps: { usd: 20 } });
      await pool.record({ usd: 1 }, { id: "call-1" });
    });
    const shown = await tokenBudget(["ledger", "daily", "--ids"], at);
    expect(shown.stdout).toMatch(/^\d+ {2}call-1 {2}\d{4}-/);
    const [, id = ""] = shown.stdout.split("  ");
    const amended = await tokenBudget(["amend", "daily", id, "--usd", "0.5"], at);
    expect(amended.stdout).toContain("$0.50 of $20.00");
    expect(await tokenBudget(["ledger"], at)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("Missing pool: name one; pools: daily"),
    });
    expect((await tokenBudget(["amend", "daily"], at)).stderr).toContain(
      "token-budget ledger --ids POOL shows them",
    );
  });
});
