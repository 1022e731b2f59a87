// Real servers for tests: each started on a free port, with data in a folder of its own, and ended
// with the process that started it.

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { accessSync, constants, readdirSync } from "node:fs";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { delimiter, join } from "node:path";
import process from "node:process";

const MISSING = new Set<string>();

/**
 * The path of a server's binary; undefined when it is not installed, after saying so and how that
 * is changed. In CI that is an error: a suite that runs nothing proves nothing.
 */
export function serverBinary(name: string, install: string): string | undefined {
  const found = foldersOfBinaries()
    .map((folder) => join(folder, name))
    .find(isExecutable);
  if (found !== undefined) return found;
  const message = `${name} is not installed; install it with: ${install}`;
  if (process.env["CI"] !== undefined) throw new Error(message);
  if (!MISSING.has(name)) process.stderr.write(`\n  SKIPPED: ${message}\n`);
  MISSING.add(name);
  return undefined;
}

/** A TCP port of this machine that nobody listened on a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on TCP
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** Starts a program that is killed when this process ends; what it writes is in `output`. */
export function startServer(
  command: string,
  args: readonly string[],
): { readonly child: ChildProcess; readonly output: () => string } {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  child.once("exit", () => running.delete(child));
  let output = "";
  const collect = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-10_000);
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  child.unref();
  return { child, output: () => output };
}

/** Ends a server as a crash does, and waits until it is gone. */
export async function killServer(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}

/** The folders of the search path, and where Debian keeps what is not on it. */
function foldersOfBinaries(): string[] {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  try {
    const versions = readdirSync("/usr/lib/postgresql").toSorted().toReversed();
    folders.push(...versions.map((version) => `/usr/lib/postgresql/${version}/bin`));
  } catch {
    // No Postgres of Debian.
  }
  return folders;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
