// A Redis or Valkey server of a test's own.

import type { ChildProcess } from "node:child_process";
import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { dirname } from "node:path";

import { freePort, killServer, serverBinary, startServer } from "./servers.ts";
import { temporaryFile } from "./temporary-file.ts";

const STARTING_MS = 10_000;

/** Which server is started. */
export type RedisFlavour = "redis-server" | "valkey-server";

const INSTALL: Readonly<Record<RedisFlavour, string>> = {
  "redis-server": "apt-get install redis-server",
  "valkey-server": "apt-get install -t bookworm-backports valkey-server",
};

/** The binary of a server; undefined where it is not installed (an error in CI). */
export function redisBinary(flavour: RedisFlavour): string | undefined {
  return serverBinary(flavour, INSTALL[flavour]);
}

/** A running server: it can be crashed, and started again over the same data. */
export class RedisServer {
  readonly port: number;
  readonly #binary: string;
  readonly #args: readonly string[];
  #child: ChildProcess | undefined;

  private constructor(binary: string, port: number, args: readonly string[]) {
    this.#binary = binary;
    this.port = port;
    this.#args = args;
  }

  /** Starts a server with these settings besides, such as `["--appendonly", "yes"]`. */
  static async start(binary: string, settings: readonly string[] = []): Promise<RedisServer> {
    const port = await freePort();
    const folder = dirname(temporaryFile("redis"));
    const server = new RedisServer(binary, port, [
      "--port",
      String(port),
      "--bind",
      "127.0.0.1",
      "--dir",
      folder,
      "--save",
      "",
      ...settings,
    ]);
    await server.restart();
    return server;
  }

  /** Starts a Sentinel with these lines of configuration, which it writes to. */
  static async startSentinel(binary: string, lines: readonly string[]): Promise<RedisServer> {
    const port = await freePort();
    const file = temporaryFile("sentinel.conf");
    const folder = [`port ${port}`, "bind 127.0.0.1", `dir ${dirname(file)}`];
    writeFileSync(file, [...folder, ...lines, ""].join("\n"));
    const sentinel = new RedisServer(binary, port, [file, "--sentinel"]);
    await sentinel.restart();
    return sentinel;
  }

  /** Ends it with `SIGKILL`. */
  async crash(): Promise<void> {
    if (this.#child !== undefined) await killServer(this.#child);
  }

  /** Stops its process where it stands, or has it go on. */
  signal(signal: "SIGSTOP" | "SIGCONT"): void {
    this.#child?.kill(signal);
  }

  /** Starts it (again), and waits until it answers. */
  async restart(): Promise<void> {
    const { child, output } = startServer(this.#binary, this.#args);
    this.#child = child;
    const endsAt = performance.now() + STARTING_MS;
    // oxlint-disable-next-line no-await-in-loop -- asks until it answers
    while (!(await answers(this.port))) {
      if (child.exitCode !== null || performance.now() > endsAt) throw new Error(output());
      // oxlint-disable-next-line no-await-in-loop -- likewise
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Whether a server answers PING, and has loaded its data. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write("PING\r\n"));
    socket.once("data", (reply) => {
      socket.destroy();
      resolve(!reply.toString().startsWith("-LOADING"));
    });
    socket.once("error", () => resolve(false));
  });
}
