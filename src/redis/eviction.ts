// F31: a server that evicts keys loses budgets.

import process from "node:process";

import type { RedisConnection } from "./redis-connection.ts";

/** Warns of a server that evicts keys; never rejects. */
export async function warnOfEviction(
  connection: RedisConnection,
  key: string,
  prefix: string,
): Promise<void> {
  try {
    const info = String(await connection.send(key, ["INFO", "memory"]));
    const policy = /maxmemory_policy:(\S+)/.exec(info)?.[1];
    if (policy === undefined || policy === "noeviction") return;
    process.emitWarning(
      `The Redis server of the budgets under "${prefix}" has the maxmemory-policy ${policy}: when its memory is full, it will forget what was spent. Set it to noeviction.`,
      { code: "TOKEN_BUDGET_EVICTION" },
    );
  } catch {
    // A client without the right to read the setting gets no warning.
  }
}
