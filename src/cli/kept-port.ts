// The port of a run that has ended while something that it started goes on: it stays ours, so that
// no other user is sent the keys of what still calls it.

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

import { hasProcesses, RUN_VARIABLE } from "./run/family.ts";

/** Leaves the port to a process that refuses calls as long as processes of the run are alive. */
export function keepPort(run: string, socket: number | undefined): void {
  if (socket === undefined || !hasProcesses(run)) return;
  const { [RUN_VARIABLE]: _own, ...env } = process.env;
  const keeper = spawn(
    process.execPath,
    [fileURLToPath(new URL("port-keeper.js", import.meta.url)), run],
    { detached: true, stdio: ["ignore", "ignore", "ignore", socket], env, cwd: "/" },
  );
  keeper.on("error", () => undefined);
  keeper.unref();
}
