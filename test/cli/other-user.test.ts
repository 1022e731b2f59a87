// Two users of one machine: neither reads, writes or prepares the other's files. Needs root, which
// alone can be both.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";

import { MAIN, stateFolder, tokenBudget } from "./program.ts";

/** The user who owns nothing. */
const NOBODY = 65_534;
const RUN = ["run", "--pool", "p", "--usd", "1", "--quiet", "--"];

async function asNobody(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["ignore", "pipe", "pipe"],
    cwd: "/",
    uid: NOBODY,
    gid: NOBODY,
  });
  const [stdout, stderr] = [text(child.stdout), text(child.stderr)];
  await once(child, "exit");
  return { code: child.exitCode, stdout: await stdout, stderr: await stderr };
}

/** Root can be both, and the other one must be able to read the program. */
function canBeBoth(): boolean {
  if (process.getuid?.() !== 0) return false;
  const found = spawnSync("test", ["-r", MAIN], { uid: NOBODY, gid: NOBODY, cwd: "/" });
  return found.status === 0;
}

describe.skipIf(!canBeBoth())("another user of the machine", () => {
  it("another user has a state folder and files of its own, for itself alone, while they are in use", async () => {
    const home = stateFolder();
    chownSync(home, NOBODY, NOBODY);
    const state = join(home, "state");
    const env = { HOME: home, XDG_STATE_HOME: state };
    const list = `ls -ln ${join(state, "token-budget")}`;
    const { code, stdout, stderr } = await asNobody([...RUN, "sh", "-c", list], env);
    expect([code, stderr]).toEqual([0, ""]);
    // The database, and the two files that SQLite keeps beside it while it is open.
    const files = stdout.split("\n").filter((line) => line.startsWith("-"));
    expect(files.length).toBe(3);
    for (const file of files) expect(file).toMatch(/^-rw------- .* 65534 +65534 /);
    for (const folder of [state, join(state, "token-budget")])
      expect(statSync(folder).mode & 0o077).toBe(0);
  });

  it("another user is refused in the folder of the first, with a one-line message", async () => {
    const folder = stateFolder();
    chmodSync(folder, 0o755);
    await tokenBudget([...RUN, "true"], { XDG_STATE_HOME: folder });
    for (const command of [
      ["status"],
      ["ledger", "p"],
      ["set", "p", "--usd", "9"],
      [...RUN, "true"],
    ]) {
      const { code, stdout, stderr } = await asNobody(command, { XDG_STATE_HOME: folder });
      expect([code, stdout]).toEqual([1, ""]);
      expect(stderr).toMatch(/^token-budget: .*\n$/);
      expect(stderr).toContain("belongs to another user");
    }
  });

  it("another user cannot prepare files for the first in a place that both may write to", async () => {
    const shared = stateFolder();
    chmodSync(shared, 0o1777);
    const folder = join(shared, "token-budget");
    mkdirSync(folder);
    writeFileSync(join(folder, "budgets.db"), "");
    chownSync(join(folder, "budgets.db"), NOBODY, NOBODY);
    for (const command of [["status"], [...RUN, "true"]]) {
      const file = await tokenBudget(command, { XDG_STATE_HOME: shared });
      expect([file.code, file.stderr]).toEqual([1, expect.stringContaining("another user")]);
    }
    chownSync(folder, NOBODY, NOBODY);
    const whole = await tokenBudget([...RUN, "true"], { XDG_STATE_HOME: shared });
    expect([whole.code, whole.stderr]).toEqual([1, expect.stringContaining("another user")]);
    expect(readdirSync(folder)).toEqual(["budgets.db"]);
  });
});
