// A process that is frozen longer than its lease lasts, in any store.

import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

import type { BudgetStore } from "../../src/stores/index.ts";

const HOLDER = fileURLToPath(new URL("holder.ts", import.meta.url));
const LEASE_MS = 900;
/** A lease is renewed three times while it lasts, so a third of it may be over when the freeze begins. */
const SURELY_HELD_MS = LEASE_MS / 2;
const FREED_LATE_MS = 1000;

/** R11, I4, I5: the hold of a frozen process is free in time, and its commit is booked, once. */
export async function expectFrozenHolderLosesItsHold(
  store: BudgetStore,
  address: string,
): Promise<void> {
  const pool = await store.pool("acme", { caps: { tokens: 15 } });
  const holder = fork(HOLDER, [address, String(LEASE_MS)]);
  await once(holder, "message");
  // Renewed for as long as its owner lives.
  await new Promise((resolve) => setTimeout(resolve, 2 * LEASE_MS));
  expect((await pool.snapshot()).reserved.tokens).toBe(10);

  holder.kill("SIGSTOP");
  const frozenAt = performance.now();
  while (performance.now() < frozenAt + SURELY_HELD_MS) {
    // oxlint-disable-next-line no-await-in-loop -- looks again and again
    expect((await pool.snapshot()).reserved.tokens).toBe(10);
  }
  const other = await pool.reserveWhenFree(
    { tokens: 15 },
    { timeoutMs: LEASE_MS + FREED_LATE_MS - SURELY_HELD_MS },
  );

  holder.kill("SIGCONT");
  const answer = once(holder, "message");
  holder.send("commit");
  const [told]: unknown[] = await answer;
  expect(told).toMatch(/^BudgetExceeded/);
  await other.release();
  const { used, reserved, openReservations } = await pool.snapshot();
  expect([used.tokens, used.calls, reserved.tokens, openReservations]).toEqual([7, 1, 0, 0]);
  holder.kill("SIGKILL");
  await store.close();
}
