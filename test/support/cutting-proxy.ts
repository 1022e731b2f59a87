// A TCP proxy in front of a server that cuts connections where a test wants them cut.

import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";

/** How connections are cut. */
export type Cut =
  | "never"
  /** The next answer of the server is not passed on: what was asked is done, and nobody knows. */
  | "next answer"
  /** Each connection after so many bytes of asks or answers, whichever comes first. */
  | { readonly asks: () => number; readonly answers: () => number };

/** A proxy on a port of its own. */
export class CuttingProxy {
  cut: Cut = "never";
  /** How many connections were cut. */
  cuts = 0;
  readonly #server: Server;
  readonly #open = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Listens, and passes on to a port of this machine. */
  static async start(port: number): Promise<CuttingProxy> {
    const server = createServer();
    const proxy = new CuttingProxy(server);
    server.on("connection", (client) => proxy.#pass(client, connect(port, "127.0.0.1")));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return proxy;
  }

  /** Where it listens. */
  get port(): number {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on TCP
    return (this.#server.address() as AddressInfo).port;
  }

  /** Cuts what is open, and listens no more. */
  close(): void {
    for (const socket of this.#open) socket.destroy();
    this.#server.close();
  }

  #pass(client: Socket, upstream: Socket): void {
    const { cut } = this;
    let asksLeft = typeof cut === "object" ? cut.asks() : Infinity;
    let answersLeft = typeof cut === "object" ? cut.answers() : Infinity;
    const end = (): void => {
      client.destroy();
      upstream.destroy();
      this.#open.delete(client);
    };
    this.#open.add(client);
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true);
      socket.once("close", end);
      socket.on("error", end);
    }
    client.on("data", (chunk) => {
      upstream.write(chunk.subarray(0, asksLeft));
      asksLeft -= chunk.length;
      // What was passed on must have arrived before the cut.
      if (asksLeft <= 0) upstream.end(() => this.#count(end));
    });
    upstream.on("data", (chunk) => {
      if (this.cut === "next answer") {
        this.cut = "never";
        this.#count(end);
        return;
      }
      client.write(chunk.subarray(0, answersLeft));
      answersLeft -= chunk.length;
      if (answersLeft <= 0) this.#count(end);
    });
  }

  #count(end: () => void): void {
    this.cuts++;
    end();
  }
}
