// Writes the access log: the entries of one turn of the event loop in one write, because a separate
// write takes longer than all of their text.

import process from "node:process";

import { logLine } from "../../gateway/access-log.ts";
import type { AccessEntry } from "../../gateway/index.ts";

/** Returns a function that writes entries to stdout, in order. */
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
