// Stores over the network. Their clients are not part of this package: they are loaded from where
// it is installed, and never from the working folder, whose code the user did not ask to run.

import { pathToFileURL } from "node:url";

import { postgresStore } from "../../postgres/index.ts";
import { redisStore } from "../../redis/index.ts";
import { Failure, UsageError } from "../command-line.ts";
import { installedPath } from "./installed.ts";
import type { OpenStore } from "./open-store.ts";

type RedisClient = Parameters<typeof redisStore>[0] & {
  connect(): Promise<unknown>;
  close(): Promise<unknown>;
  destroy(): void;
  readonly isReady: boolean;
  on(event: "error", listener: (error: unknown) => void): unknown;
};
type PostgresPool = Parameters<typeof postgresStore>[0] & {
  end(): Promise<unknown>;
  on(event: "error", listener: () => void): unknown;
};

/** Returns a store in Redis or Valkey, over node-redis. */
export async function openRedis(url: string): Promise<OpenStore> {
  const createClient = await exportOf<(options: object) => RedisClient>("redis", "createClient");
  const client = createClient({ url });
  let isThere = false;
  const refused = new Promise<never>((_resolve, reject) => {
    // Once connected, a command without an answer reports the problem.
    client.on("error", (error) => {
      if (!isThere) reject(new Failure(`Cannot open the store: ${messageOf(error)}`));
    });
  });
  try {
    await Promise.race([client.connect(), refused]);
    isThere = true;
  } catch (error) {
    client.destroy();
    throw error;
  }
  const store = redisStore(client);
  return {
    store,
    async close() {
      await store.close();
      // A graceful close waits for a connection that may never come back.
      if (client.isReady) await client.close();
      else client.destroy();
    },
  };
}

/** Returns a store in Postgres, over pg. */
export async function openPostgres(connectionString: string): Promise<OpenStore> {
  const Pool = await exportOf<new (options: object) => PostgresPool>("pg", "Pool");
  const pool = new Pool({ connectionString });
  pool.on("error", () => undefined);
  const store = postgresStore(pool);
  return {
    store,
    async close() {
      await store.close();
      await pool.end();
    },
  };
}

/** Of several errors, the first: the others are about the same host. */
function messageOf(error: unknown): string {
  const [first] = error instanceof AggregateError ? error.errors : [error];
  return first instanceof Error ? first.message : String(first);
}

/**
 * Returns the exports of a package.
 * @throws {UsageError} if it is not installed.
 */
async function exportOf<T>(name: string, member: string): Promise<T> {
  const path = installedPath(name);
  if (path !== undefined) {
    const loaded: object = await import(pathToFileURL(path).href);
    const found: unknown =
      Reflect.get(loaded, member) ?? Reflect.get(Object(Reflect.get(loaded, "default")), member);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- by the name of the package
    if (typeof found === "function") return found as T;
  }
  throw new UsageError(
    `This store needs the package ${name} beside token-budget: run npm install ${name} where token-budget is installed, or npx -p token-budget -p ${name} token-budget …`,
  );
}
