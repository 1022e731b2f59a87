// What is still running when its run has ended: it sends its keys to nobody else.

import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, it } from "vitest";

import { start } from "./program.ts";

/** Whether somebody else can listen on a port. */
async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  server.listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

function isAlive(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch {
    return false;
  }
}

/** Says its id and its base URL, and goes on until it is ended. */
const ENDLESS = `
  process.stdout.write(process.pid + " " + process.env.OPENAI_BASE_URL + "\\n");
  setInterval(() => {}, 1000);`;

/** The first line that a program writes. */
async function firstLine(stream: NodeJS.ReadableStream | null): Promise<string> {
  let text = "";
  while (!text.includes("\n")) {
    const [piece] = await once(stream ?? process.stdin, "data");
    text += String(piece);
  }
  return text.split("\n")[0] ?? "";
}

function portIn(address: string): number {
  return Number(new URL(address).port);
}

describe.skipIf(process.platform !== "linux")("a run that is over", () => {
  it("a run that is killed ends its command, and its port stays taken until then", async () => {
    const { child } = start(["run", "--usd", "1", "--", process.execPath, "-e", ENDLESS]);
    const [id = "", address = ""] = (await firstLine(child.stdout)).split(" ");
    process.kill(Number(id), "SIGSTOP");
    child.kill("SIGKILL");
    await once(child, "exit");
    // Stopped, the command cannot end: nobody gets the port.
    expect(await isFree(portIn(address))).toBe(false);
    process.kill(Number(id), "SIGCONT");
    await expect.poll(() => isAlive(Number(id)), { timeout: 30_000 }).toBe(false);
    await expect.poll(() => isFree(portIn(address)), { timeout: 30_000 }).toBe(true);
  });

  it("processes that outlive a run are refused at its port until they end", async () => {
    const launcher = `
      const { spawn } = require("node:child_process");
      spawn(process.execPath, ["-e", ${JSON.stringify(ENDLESS)}], {
        detached: true,
        stdio: ["ignore", "inherit", "ignore"],
      }).unref();`;
    const { child } = start(["run", "--usd", "1", "--", process.execPath, "-e", launcher]);
    const [id = "", address = ""] = (await firstLine(child.stdout)).split(" ");
    if (child.exitCode === null) await once(child, "exit");
    expect(child.exitCode).toBe(0);
    expect(await isFree(portIn(address))).toBe(false);
    const answer = await fetch(`${address}/chat/completions`, { method: "POST", body: "{}" });
    expect(answer.status).toBe(402);
    expect(await answer.text()).toContain("has ended");
    process.kill(Number(id), "SIGTERM");
    await expect.poll(() => isFree(portIn(address)), { timeout: 30_000 }).toBe(true);
  });
});
