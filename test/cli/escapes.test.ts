// Names that somebody else has chosen bring no escape sequence to the terminal, in any command.

import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { beforeAll, describe, expect, it } from "vitest";

import { sqliteStore } from "../../src/sqlite/index.ts";
import { temporaryFile } from "../support/temporary-file.ts";
import { isMissing } from "../support/programs.ts";
import { tokenBudgetIn } from "./program.ts";
import { inTerminal } from "./terminal.ts";

/** Clears the screen, names the window, rings, turns the direction, and writes a line of its own. */
const EVIL = "x\u001B[2J\u001B]0;title\u0007\u009B31m\u202Eevil\r\nOK: all is well";
/** As far as the library takes it. */
const TURNED = "turned\u202Eevil\u2066";
/** Everything that a terminal does anything with, but the end of a line and a tab. */
// oxlint-disable-next-line no-control-regex -- what no output may hold
const CONTROLS = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/;

const file = temporaryFile("budgets.db");
const env = { TOKEN_BUDGET_STORE: file, XDG_STATE_HOME: join(file, "..") };

beforeAll(async () => {
  const store = sqliteStore(file);
  for (const name of ["tampered", TURNED, "runs"]) {
    const root = await store.pool(name, { caps: { usd: 1 } });
    const pool = name === "runs" ? await root.child(TURNED) : root;
    await pool.record({ usd: 0.9, calls: 1 }, { model: TURNED, label: TURNED });
  }
  await store.close();
  // What the library refuses, whoever may write to the file can put there.
  const database = new DatabaseSync(file);
  for (const table of ["pools", "ledger"])
    database.prepare(`UPDATE token_budget_${table} SET path = ? WHERE path = 'tampered'`).run(EVIL);
  database.prepare("UPDATE token_budget_ledger SET model = ?, label = ?").run(EVIL, EVIL);
  database.close();
});

const COMMANDS: readonly (readonly string[])[] = [
  ["status"],
  ["status", "--json"],
  ["status", "--search", EVIL],
  ["status", TURNED],
  ["status", EVIL],
  ["status", `${EVIL}?`],
  ["statusline", TURNED],
  ["statusline"],
  ["ledger", TURNED],
  ["ledger", TURNED, "--by", "model"],
  ["ledger", TURNED, "--by", "label"],
  ["ledger", TURNED, "--csv"],
  ["ledger", TURNED, "--json"],
  ["ledger", EVIL],
  ["history"],
  ["history", "--json"],
  ["set", TURNED, "--usd", "2"],
  ["reset", TURNED],
  ["prices", EVIL],
  ["doctor"],
  [EVIL],
  ["run", `--${EVIL}`, "--", "true"],
  ["run", "--usd", "1", "--label", EVIL, "--", "true"],
  ["run", "--usd", "1", "--", EVIL],
  ["run", "--usd", "1", "--upstream", `openai=${EVIL}`, "--", "true"],
  ["run", "--usd", "1", "--time-zone", EVIL, "--per", "day", "--", "true"],
  ["status", "--store", EVIL],
];

describe("names with escape sequences", () => {
  it.each(COMMANDS.map((args) => ({ args, title: JSON.stringify(args) })))(
    "$title brings none to the terminal",
    async ({ args }) => {
      // In a folder of the test's own: a store of that name is a file there.
      const { stdout, stderr } = await tokenBudgetIn(join(file, ".."), args, env);
      const text = stdout + stderr;
      expect(text).not.toMatch(CONTROLS);
      expect(text).not.toMatch(/^OK/m);
      expect(text).not.toBe("");
    },
  );

  it.skipIf(isMissing("python3"))(
    "names with escape sequences bring none of them to the screen of top",
    async () => {
      const { code, text } = await inTerminal(["top"], [{ until: "evil" }, { type: "q" }], env);
      expect(code).toBe(0);
      expect(text).toContain(String.raw`x\u001b[2J`);
      // What is left once the sequences that top itself writes are taken out.
      // oxlint-disable-next-line no-control-regex -- the same
      const own = /\u001B\[(?:\?\d+[hl]|H|K|J|[\d;]*m)|\r/g;
      expect(text.replaceAll(own, "")).not.toMatch(CONTROLS);
    },
  );
});
