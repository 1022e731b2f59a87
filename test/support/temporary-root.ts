// The folder for all that a run of the tests leaves behind, and its end: files of tests, of the
// programs and servers that they start, and of those that are killed in the middle of their work.

import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

const PREFIX = "tb-tests-";
/** As the folder for temporary files itself. */
const SHARED = 0o1777;

/** Has everything that the tests start take its temporary files from one folder. */
export default function setup(): () => void {
  const outside = tmpdir();
  removeAbandoned(outside);
  mkdirSync(outside, { recursive: true });
  // The name is short: the path of a socket has a hundred letters.
  const root = mkdtempSync(join(outside, `${PREFIX}${process.pid}-`));
  // Postgres runs as another user when the tests run as root.
  chmodSync(root, SHARED);
  const before = process.env["TMPDIR"];
  process.env["TMPDIR"] = root;
  return () => {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
    rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
}

/** Removes the folders of runs that were killed. */
function removeAbandoned(outside: string): void {
  for (const name of readdirSync(outside)) {
    const pid = Number(name.startsWith(PREFIX) ? name.slice(PREFIX.length).split("-")[0] : NaN);
    if (Number.isInteger(pid) && !isRunning(pid))
      rmSync(join(outside, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
