// Of Bun's modules, what suites.ts uses: its own types would declare the globals of all files anew.

declare module "bun" {
  import type { BunRedisClient } from "../../src/redis/index.ts";
  import type { UnsafeSqlClient } from "../../src/postgres/index.ts";

  export const RedisClient: new (url: string) => BunRedisClient;
  export const SQL: new (url: string, options: { max: number }) => UnsafeSqlClient;
}

declare module "bun:test" {
  export { afterAll, describe, expect, test } from "vitest";
}
