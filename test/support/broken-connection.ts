// Cases about connections and servers that break, the same for every store over the network.

import { expect } from "vitest";

import { StoreUnavailable } from "../../src/stores/index.ts";
import type { BudgetStore, StoredBudgetPool } from "../../src/stores/index.ts";
import { BOUNDED_MS } from "./bounds.ts";
import type { CuttingProxy } from "./cutting-proxy.ts";
import { spendTask } from "./spend-task.ts";

const TASKS = 600;

/** Expects that a record, a reservation and a commit whose answers are lost are booked once. */
export async function expectLostAnswersBookOnce(
  store: BudgetStore,
  proxy: CuttingProxy,
): Promise<void> {
  const pool = await store.pool("acme", { caps: { tokens: 100 } });
  proxy.cut = "next answer";
  await pool.record({ tokens: 3 });
  proxy.cut = "next answer";
  const hold = await pool.reserve({ tokens: 10 });
  await pool.record({ tokens: 1 });
  proxy.cut = "next answer";
  await hold.commit({ tokens: 4 });
  expect(proxy.cuts).toBe(3);
  const { used, openReservations } = await pool.snapshot();
  expect([used.tokens, used.calls, openReservations]).toEqual([8, 3, 0]);
}

/**
 * Cuts connections after a random number of bytes, at least as many as given: more than a client
 * exchanges before its first command, or no command would ever arrive.
 */
export function cutAtRandom(proxy: CuttingProxy, least: { asks: number; answers: number }): void {
  const atRandom = (bytes: number): number => bytes + Math.floor(Math.random() ** 2 * 20_000);
  proxy.cut = { asks: () => atRandom(least.asks), answers: () => atRandom(least.answers) };
}

/** Runs many tasks that spend from a pool; returns the tokens that were acknowledged. */
export async function spendInTasks(pool: StoredBudgetPool): Promise<number> {
  let acknowledged = 0;
  for (let first = 0; first < TASKS; first += 5) {
    const some = Array.from({ length: 5 }, (_, index) => spendTask(pool, first + index));
    // oxlint-disable-next-line no-await-in-loop -- five at once
    for (const tokens of await Promise.all(some)) acknowledged += tokens;
  }
  return acknowledged;
}

/** Expects that figures and ledger of a pool have exactly these tokens, and nothing held. */
export async function expectBooked(pool: StoredBudgetPool, tokens: number): Promise<void> {
  const { used, reserved, openReservations } = await pool.snapshot();
  expect([used.tokens, reserved.tokens, openReservations]).toEqual([tokens, 0, 0]);
  const entries = await pool.ledger({ limit: 1000 });
  expect(entries.reduce((sum, { amount }) => sum + amount.tokens, 0)).toBe(tokens);
}

/** Expects that a store over a frozen server is unavailable in bounded time, and then works again. */
export async function expectFrozenServerIsUnavailable(
  store: BudgetStore,
  server: { signal(name: "SIGSTOP" | "SIGCONT"): void },
): Promise<void> {
  const pool = await store.pool("acme", { caps: { tokens: 10 } });
  server.signal("SIGSTOP");
  const startedAt = performance.now();
  await expect(pool.reserve({ tokens: 1 })).rejects.toSatisfy((error) =>
    StoreUnavailable.is(error),
  );
  expect(performance.now() - startedAt).toBeLessThan(BOUNDED_MS);
  server.signal("SIGCONT");
  const hold = await pool.reserve({ tokens: 1 });
  await hold.commit();
  expect((await pool.snapshot()).used.tokens).toBe(1);
}
