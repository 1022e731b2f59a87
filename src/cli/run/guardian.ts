// A small process that remains when a run is killed: it keeps the port of the proxy, so that no
// other user receives the keys of a running command, and ends that command. It is a shell, because
// that starts in a millisecond and takes one megabyte.

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";

import { RUN_VARIABLE } from "./family.ts";

/**
 * Reads the id of the command, and then a word, if the run ended by itself, or the end of its
 * input, if it was killed. Processes that do not end within five seconds are killed.
 */
const SCRIPT = `
trap '' INT HUP TERM QUIT
run=$1
read -r command
if [ -n "$command" ] && read -r _; then exit 0; fi
children() {
  for child in $(pgrep -P "$1"); do echo "$child"; children "$child"; done
}
family() {
  if [ -r /proc/self/environ ]; then
    grep -ls "${RUN_VARIABLE}=$run" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3
  elif [ -n "$command" ] && kill -0 "$command" 2>/dev/null; then
    echo "$command"; children "$command"
  fi
}
tries=0
while :; do
  found=$(family)
  if [ -z "$found" ]; then
    if [ -n "$2" ]; then rm -rf "$2"; fi
    exit 0
  fi
  if [ "$tries" -eq 0 ]; then kill -TERM $found 2>/dev/null; fi
  if [ "$tries" -ge 25 ]; then kill -KILL $found 2>/dev/null; fi
  tries=$((tries + 1))
  sleep 0.2
done
`;

/** A process that outlives a killed run. */
export interface Guardian {
  /** Called when the command has started. */
  watch(command: number | undefined): void;
  /** Called when the run ends by itself. */
  dismiss(): void;
}

/**
 * Starts the guardian of a run. `socket` is the descriptor of the listening socket, which it keeps
 * open; it removes `folder` with the run. Without a shell, as on Windows, there is no guardian.
 */
export function startGuardian(
  run: string,
  socket: number | undefined,
  folder: string | undefined,
): Guardian {
  const guardian = started(run, socket, folder ?? "");
  // A run must continue without it.
  guardian?.on("error", () => undefined);
  guardian?.stdin?.on("error", () => undefined);
  guardian?.unref();
  const say = (word: string | number): void => void guardian?.stdin?.write(`${word}\n`);
  return {
    watch(command) {
      if (command !== undefined) say(command);
    },
    dismiss() {
      say("");
      say("ended");
      guardian?.stdin?.end();
    },
  };
}

function started(
  run: string,
  socket: number | undefined,
  folder: string,
): ChildProcess | undefined {
  if (process.platform === "win32") return undefined;
  try {
    return spawn("/bin/sh", ["-c", SCRIPT, "token-budget", run, folder], {
      // A session of its own, so that ending the run's process group does not end it.
      detached: true,
      stdio: ["pipe", "ignore", "ignore", ...(socket === undefined ? [] : [socket])],
      env: { PATH: process.env["PATH"] },
      cwd: "/",
    });
  } catch {
    return undefined;
  }
}
