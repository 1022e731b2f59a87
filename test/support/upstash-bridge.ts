// Upstash's REST protocol in front of a Redis server of this machine: a command is posted as a list of
// words, and answered as `{ result }` or `{ error }`, texts in base64 when that is asked for.

import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { Redis } from "ioredis";

const TOKEN = "token";

/** Such a server. */
export class UpstashBridge {
  readonly #server: Server;
  readonly #redis: Redis;
  /** How many commands were posted. */
  trips = 0;

  private constructor(server: Server, redis: Redis) {
    this.#server = server;
    this.#redis = redis;
  }

  /** Starts one in front of the Redis server that listens on `port`. */
  static async start(port: number): Promise<UpstashBridge> {
    const server = createServer((request, response) => void bridge.#answer(request, response));
    const redis = new Redis({ port, host: "127.0.0.1" });
    redis.on("error", () => undefined);
    const bridge = new UpstashBridge(server, redis);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return bridge;
  }

  /** What `new Redis(…)` of `@upstash/redis` is made with. */
  get options(): { readonly url: string; readonly token: string } {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on TCP
    const { port } = this.#server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}`, token: TOKEN };
  }

  /** Ends it. */
  close(): void {
    this.#redis.disconnect();
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader("Content-Type", "application/json");
    if (request.headers.authorization !== `Bearer ${TOKEN}`) {
      response.writeHead(401).end(JSON.stringify({ error: "WRONGPASS invalid http auth token" }));
      return;
    }
    this.trips++;
    try {
      const words = await readWords(request);
      const result = await this.#redis.call(words[0] ?? "", ...words.slice(1));
      const isPacked = request.headers["upstash-encoding"] === "base64";
      response.end(
        JSON.stringify({ result: isPacked && result !== "OK" ? packed(result) : result }),
      );
    } catch (error) {
      response.writeHead(400).end(JSON.stringify({ error: messageOf(error) }));
    }
  }
}

async function readWords(request: IncomingMessage): Promise<readonly string[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const words: unknown = JSON.parse(Buffer.concat(chunks).toString());
  if (!Array.isArray(words)) throw new TypeError("ERR Expected a list");
  return words.map(String);
}

function packed(reply: unknown): unknown {
  if (Array.isArray(reply)) return reply.map(packed);
  return typeof reply === "string" ? Buffer.from(reply).toString("base64") : reply;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
