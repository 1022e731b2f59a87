// The port of an ended run while a process that it started continues: it stays reserved, so that no
// other user receives the keys in its calls.

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

import { hasProcesses, RUN_VARIABLE } from "./run/family.ts";

/** Hands the port to a process that refuses calls as long as processes of the run are alive. */
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
