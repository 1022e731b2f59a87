// Cases about killed processes and crashing servers, the same for every store.

import { expect } from "vitest";

import type { BudgetStore } from "../../src/stores/index.ts";
import { killSpender, Torture } from "./torture.ts";

/** How many processes are killed; `KILLS=500` for the long run. */
export const KILLS: number = Number(process.env["KILLS"] ?? 12);

/** How often a server crashes. */
export const RESTARTS = 3;

/** How many processes spend while they are killed. */
export const PROCESSES = 8;

/** Kills processes that spend from a store, and expects that the books hold what was acknowledged. */
export async function expectBooksAfterKills(store: BudgetStore, address: string): Promise<void> {
  const torture = await Torture.begin(store, address);
  await torture.kill(KILLS, PROCESSES);
  expect(await torture.expectConserved()).toBeGreaterThan(0);
}

/** Crashes a server under load, and expects that the books hold what was acknowledged. */
export async function expectBooksAfterCrashes(
  store: BudgetStore,
  address: string,
  server: { crash(): Promise<void>; restart(): Promise<void> },
): Promise<void> {
  const torture = await Torture.begin(store, address);
  const spenders = await Promise.all([1, 2, 3, 4].map(() => torture.startSpender()));
  for (let restart = 0; restart < RESTARTS; restart++) {
    // oxlint-disable no-await-in-loop -- crash after crash
    await pause(300 + Math.random() * 300);
    await server.crash();
    await pause(100);
    await server.restart();
    // oxlint-enable no-await-in-loop
  }
  await pause(1000);
  expect(spenders.every(({ exitCode }) => exitCode === null)).toBe(true);
  await Promise.all(spenders.map(killSpender));
  expect(await torture.expectConserved()).toBeGreaterThan(0);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
