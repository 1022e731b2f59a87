// A command with the terminal of its own.

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { constants } from "node:os";

import { EXIT } from "../exit-codes.ts";

const KILL_AFTER_MS = 5000;
const FORWARDED = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;

/** How a command has ended. */
interface EndedCommand {
  /** The exit code in a shell's convention. */
  readonly code: number;
  /** Why it could not be started. */
  readonly failure?: string;
}

/** A command that is running. */
export interface RunningCommand {
  /** Undefined where it could not be started. */
  readonly pid: number | undefined;
  /** Resolves once the command has ended, or could not be started. */
  readonly ended: Promise<EndedCommand>;
  /** Asks it to end, and kills it after a while. */
  kill(): void;
}

/** Runs a command. Signals to this process are forwarded to the command. */
export function runCommand(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): RunningCommand {
  const target: { child?: ChildProcess } = {};
  // Registered before the command starts: otherwise a signal in between would leave it behind.
  const stop = forwardSignals((signal) => target.child?.kill(signal));
  const started = spawn(command, args, { stdio: "inherit", env });
  target.child = started;
  const ended = new Promise<EndedCommand>((resolve) => {
    started.once("error", (error) => {
      stop();
      const code: unknown = Reflect.get(error, "code");
      resolve(
        code === "ENOENT"
          ? { code: EXIT.notFound, failure: `command not found: "${command}"` }
          : { code: EXIT.notExecutable, failure: `cannot execute "${command}": ${error.message}` },
      );
    });
    started.once("exit", (code, signal) => {
      stop();
      resolve({ code: code ?? EXIT.signal + (signal === null ? 0 : constants.signals[signal]) });
    });
  });
  return {
    pid: started.pid,
    ended,
    kill() {
      started.kill("SIGTERM");
      setTimeout(() => started.kill("SIGKILL"), KILL_AFTER_MS).unref();
    },
  };
}

function forwardSignals(forward: (signal: NodeJS.Signals) => void): () => void {
  // A terminal sends Ctrl-C to the command itself, so it is not forwarded.
  const isTyped = process.stdin.isTTY;
  const listeners = FORWARDED.map((signal) => {
    const listener = (): void => {
      if (signal !== "SIGINT" || !isTyped) forward(signal);
    };
    process.on(signal, listener);
    return [signal, listener] as const;
  });
  return () => {
    for (const [signal, listener] of listeners) process.off(signal, listener);
  };
}
