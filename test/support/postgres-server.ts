// A Postgres server of a test's own.

import { execFile } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";

import pg from "pg";

import { freePort, killServer, serverBinary, startServer } from "./servers.ts";
import { temporaryFile } from "./temporary-file.ts";

const run = promisify(execFile);
const STARTING_MS = 30_000;
const INSTALL = "apt-get install postgresql";
/** Whoever may do everything; Postgres asks nobody for a password here. */
const USER = "postgres";

/** The folder of the binaries; undefined where they are not installed (an error in CI). */
export function postgresBinaries(): string | undefined {
  const initdb = serverBinary("initdb", INSTALL);
  return initdb === undefined ? undefined : dirname(initdb);
}

/** A running server: it can be crashed, and started again over the same data. */
export class PostgresServer {
  readonly port: number;
  readonly #command: string;
  readonly #args: readonly string[];
  #child: ChildProcess | undefined;

  private constructor(port: number, command: string, args: readonly string[]) {
    this.port = port;
    this.#command = command;
    this.#args = args;
  }

  /** Starts a server with these settings besides, such as `["max_connections=20"]`. */
  static async start(binaries: string, settings: readonly string[] = []): Promise<PostgresServer> {
    return await PostgresServer.startIn(await dataFolder(), binaries, settings);
  }

  /** Starts a server with its data in a folder that is there, empty, and of its user. */
  static async startIn(
    data: string,
    binaries: string,
    settings: readonly string[] = [],
  ): Promise<PostgresServer> {
    const how = ["-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"];
    const [initdb, args] = await asOwner(binaries, "initdb", ["-D", data, "-U", USER, ...how]);
    await run(initdb, [...args], { cwd: dirname(data) });
    return await PostgresServer.#startOver(data, binaries, settings);
  }

  /** Starts a standby of a server, by the name under which that may wait for it. */
  static async startStandby(
    binaries: string,
    { port }: PostgresServer,
    name: string,
  ): Promise<PostgresServer> {
    const data = await dataFolder();
    const from = `host=127.0.0.1 port=${port} user=${USER} application_name=${name}`;
    const how = ["--write-recovery-conf", "--checkpoint=fast", "--no-sync"];
    const [backup, args] = await asOwner(binaries, "pg_basebackup", [
      "-D",
      data,
      "-d",
      from,
      ...how,
    ]);
    await run(backup, [...args], { cwd: dirname(data) });
    return await PostgresServer.#startOver(data, binaries, []);
  }

  static async #startOver(
    data: string,
    binaries: string,
    settings: readonly string[],
  ): Promise<PostgresServer> {
    const port = await freePort();
    const [command, args] = await asOwner(binaries, "postgres", [
      "-D",
      data,
      "-p",
      String(port),
      ...["listen_addresses=127.0.0.1", "unix_socket_directories=", ...settings].flatMap(
        (setting) => ["-c", setting],
      ),
    ]);
    const server = new PostgresServer(port, command, args);
    await server.restart();
    return server;
  }

  /** How pg connects to it. */
  get options(): pg.PoolConfig {
    return { host: "127.0.0.1", port: this.port, user: USER, database: "postgres" };
  }

  /** Starts the server again over its data, and waits until it has recovered. */
  async restart(): Promise<void> {
    const endsAt = performance.now() + STARTING_MS;
    let { child, output } = this.#start();
    while (!(await this.#answers())) {
      if (performance.now() > endsAt) throw new Error(`Postgres did not start: ${output()}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
      // What is left of the one before may still hold the shared memory.
      if (child.exitCode !== null) ({ child, output } = this.#start());
    }
  }

  /** Ends the server with all of its processes, as a crash does. */
  async crash(): Promise<void> {
    const child = this.#child;
    if (child?.pid === undefined) return;
    const backends = childrenOf(child.pid);
    await killServer(child);
    for (const pid of backends) killIfThere(pid);
  }

  /** Freezes the server with all of its processes, or has them go on. */
  signal(signal: "SIGSTOP" | "SIGCONT"): void {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    for (const each of [pid, ...childrenOf(pid)]) process.kill(each, signal);
  }

  /** Ends the server in order. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.ref();
    const exited = once(child, "exit");
    child.kill("SIGQUIT");
    await exited;
  }

  #start(): ReturnType<typeof startServer> {
    const started = startServer(this.#command, this.#args);
    this.#child = started.child;
    return started;
  }

  async #answers(): Promise<boolean> {
    const client = new pg.Client({ ...this.options, connectionTimeoutMillis: 2000 });
    client.on("error", () => undefined);
    try {
      await client.connect();
      await client.query("SELECT 1");
      return true;
    } catch {
      return false;
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

/** An empty folder that belongs to who runs the server. */
async function dataFolder(): Promise<string> {
  const folder = dirname(temporaryFile("postgres"));
  const data = join(folder, "data");
  mkdirSync(data, { mode: 0o700 });
  await giveToOwner(data);
  return data;
}

/** Gives a folder to the user that Postgres runs as, where this process is root. */
export async function giveToOwner(data: string): Promise<void> {
  const owner = await ownerIfRoot();
  if (owner === undefined) return;
  chmodSync(dirname(data), 0o755);
  chownSync(data, owner.uid, owner.gid);
}

/** A binary and its words. Postgres does not run as root: then its own user does. */
async function asOwner(
  binaries: string,
  binary: string,
  args: readonly string[],
): Promise<readonly [string, readonly string[]]> {
  const beside = join(binaries, binary);
  const path = existsSync(beside) ? beside : (serverBinary(binary, INSTALL) ?? beside);
  if ((await ownerIfRoot()) === undefined) return [path, args];
  return ["setpriv", ["--reuid", USER, "--regid", USER, "--clear-groups", path, ...args]];
}

async function ownerIfRoot(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = await Promise.all(
    ["-u", "-g"].map(async (which) => Number((await run("id", [which, USER])).stdout)),
  );
  return { uid: uid ?? 0, gid: gid ?? 0 };
}

function childrenOf(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
    return children.split(" ").filter(Boolean).map(Number);
  } catch {
    // Elsewhere than on Linux they end by themselves, when they find that they are orphans.
    return [];
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It is gone.
  }
}
