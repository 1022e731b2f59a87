// Writes the access log: the entries of one turn of the event loop in one write, since a write of
// its own takes a call longer than all that is written.

import process from "node:process";

import { logLine } from "../../gateway/access-log.ts";
import type { AccessEntry } from "../../gateway/index.ts";

/** Returns what writes entries to stdout, in their order. */
export function logWriter(): (entry: AccessEntry) => void {
  let waiting = "";
  return (entry) => {
    if (waiting === "")
      setImmediate(() => {
        process.stdout.write(waiting);
        waiting = "";
      });
    waiting += `${logLine(entry)}\n`;
  };
}
