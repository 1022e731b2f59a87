// The processes of one run: its command, and everything it started. Each inherits a variable that
// names the run.

import { readdirSync, readFileSync } from "node:fs";

/** The variable that names a run. */
export const RUN_VARIABLE = "TOKEN_BUDGET_RUN";

const PROCESS = /^\d+$/;

/**
 * Returns whether a process of a run is alive. Only Linux shows the environment of processes;
 * elsewhere the answer is no.
 */
export function hasProcesses(run: string): boolean {
  const mark = `${RUN_VARIABLE}=${run}`;
  return processes().some((id) => environmentOf(id).split("\0").includes(mark));
}

function processes(): readonly string[] {
  try {
    return readdirSync("/proc").filter((name) => PROCESS.test(name));
  } catch {
    return [];
  }
}

/** Empty for a process of another user, and for an ended one. */
function environmentOf(id: string): string {
  try {
    return readFileSync(`/proc/${id}/environ`, "utf8");
  } catch {
    return "";
  }
}
