// What a run does when something beneath it breaks.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";

import { toNanoUsd } from "../../src/core/nano-usd.ts";
import { startProvider } from "../meter/provider.ts";
import { AGENT, MAIN, start, stateFolder, tokenBudget, usedOf } from "./program.ts";

const provider = await startProvider();
const upstreams = ["--upstream", `openai=${provider.url}/v1`];

describe("a run in trouble", () => {
  it("a run that is killed ends its command, which spends nothing more", async () => {
    const folder = stateFolder();
    const env = { XDG_STATE_HOME: folder };
    const output = join(folder, "output");
    const command = `echo $$ > ${output}.pid; exec ${AGENT.join(" ")} 100000 20 > ${output} 2>&1`;
    const { child, ended } = start(
      ["run", "--pool", "p", "--usd", "1", ...upstreams, "--", "sh", "-c", command],
      env,
    );
    await expect.poll(() => provider.requests.length, { timeout: 20_000 }).toBeGreaterThan(2);
    child.kill("SIGKILL");
    await ended;
    await provider.idle();
    const { length } = provider.requests;
    const pid = Number(readFileSync(`${output}.pid`, "utf8"));
    const isAlive = (): boolean => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    };
    await expect.poll(isAlive, { timeout: 30_000 }).toBe(false);
    expect(provider.requests.length).toBe(length);
    const { calls, found } = await usedOf("p", env);
    // What was under way is held until its lease ends.
    expect(calls + found.openReservations).toBeGreaterThanOrEqual(provider.total.calls);
  });

  it.skipIf(process.platform === "win32")(
    "a full disk: calls are refused before they are made, and what is not booked is reported",
    { timeout: 120_000 },
    async () => {
      const env = { XDG_STATE_HOME: stateFolder() };
      await tokenBudget(["run", "--pool", "p", "--usd", "1", "--", "true"], env);
      provider.behave(() => ({ outputTokens: 10 }));
      // No file may grow beyond 64 KB, which is what a full disk looks like to SQLite.
      const args = ["run", "--pool", "p", ...upstreams, "--", ...AGENT, "400"];
      const child = spawn(
        "bash",
        ["-c", 'ulimit -f 64; exec "$@"', "bash", process.execPath, MAIN, ...args],
        {
          env: { ...process.env, ...env },
          stdio: ["ignore", "pipe", "pipe"],
        },
      );
      const [out, err] = [text(child.stdout), text(child.stderr)];
      await once(child, "exit");
      expect(await out).toMatch(/503 token-budget: /);
      const told = await err;
      const [, unbooked = "0"] =
        /\$([\d.]+) of \d+ calls? could not be booked to pool "p"/.exec(told) ?? [];
      expect(told).toMatch(/of \$1\.00 used \(pool "p"\); 1 refused/);
      const { nanoUsd, found } = await usedOf("p", env);
      expect(nanoUsd + BigInt(toNanoUsd(unbooked))).toBe(provider.total.nanoUsd);
      // What is not booked is held until its leases end: the cap holds as long.
      expect(found.openReservations > 0).toBe(unbooked !== "0");
    },
  );
});
