import { spawnSync } from "node:child_process";

/**
 * Whether a test that runs a program is to be left out: it is not on this machine. In CI it has to
 * be there, and the test fails without it. `version` is what it is asked, to see whether it is.
 */
export function isMissing(program: string, version: readonly string[] = ["--version"]): boolean {
  if (process.env["CI"] === "true" || spawnSync(program, version).status === 0) return false;
  // oxlint-disable-next-line no-console -- a test that is left out is told
  console.warn(`SKIPPED: tests of ${program}; install it: apt-get install ${program}`);
  return true;
}
