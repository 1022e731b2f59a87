// Neon's HTTP protocol in front of a Postgres server of this machine: a query is posted with its
// values, and answered with its rows as lists of texts.

import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import pg from "pg";

/** Where the text of a value is left as it is. */
const TEXTS = { getTypeParser: () => String };
/** What is told of an error, by the names that Neon's driver reads. */
const TOLD = ["message", "code", "severity", "detail", "hint", "where", "schema", "table"];

/** Such a server. */
export class NeonBridge {
  readonly #server: Server;
  readonly #pool: pg.Pool;
  /** How many queries were posted. */
  trips = 0;

  private constructor(server: Server, pool: pg.Pool) {
    this.#server = server;
    this.#pool = pool;
  }

  /** Starts one in front of a server of Postgres. */
  static async start(options: pg.PoolConfig): Promise<NeonBridge> {
    const server = createServer((request, response) => void bridge.#answer(request, response));
    const pool = new pg.Pool({ ...options, max: 4 });
    pool.on("error", () => undefined);
    const bridge = new NeonBridge(server, pool);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return bridge;
  }

  /** Where queries are posted to: `neonConfig.fetchEndpoint`. */
  get endpoint(): string {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on TCP
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/sql`;
  }

  /** Ends it. */
  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await this.#pool.end();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader("Content-Type", "application/json");
    this.trips++;
    try {
      const { query, params } = await readQuery(request);
      const result = await this.#pool.query({
        text: query,
        values: params,
        rowMode: "array",
        types: TEXTS,
      });
      const { command, rowCount, rows, fields } = result;
      response.end(JSON.stringify({ command, rowCount, rows, fields, rowAsArray: true }));
    } catch (error) {
      const told = TOLD.map((name) => [name, Reflect.get(Object(error), name)]);
      response.writeHead(400).end(JSON.stringify(Object.fromEntries(told)));
    }
  }
}

async function readQuery(
  request: IncomingMessage,
): Promise<{ readonly query: string; readonly params: string[] }> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as Neon's driver writes it
  return JSON.parse(Buffer.concat(chunks).toString()) as { query: string; params: string[] };
}
