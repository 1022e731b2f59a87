// Processes that spend in slices, for tests of faults: what their provider bills is kept outside
// the books, and compared with them.

import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

import type { StoredBudgetPool } from "../../src/stores/index.ts";
import type { NetworkNamespace } from "../support/network-namespace.ts";
import { temporaryFile } from "../support/temporary-file.ts";

const SPENDER = fileURLToPath(new URL("slice-spender.ts", import.meta.url));
export const CAP = 10_000_000;
/** Of the spenders. */
export const LEASE_MS = 1500;
const TIMEOUT_MS = 1000;

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** Processes that spend, and what their provider bills. */
export class Spenders {
  readonly journals: string[] = [];
  readonly all: ChildProcess[] = [];

  async start(address: string, place?: NetworkNamespace): Promise<ChildProcess> {
    const journal = temporaryFile("bill");
    this.journals.push(journal);
    const settings = [TIMEOUT_MS, LEASE_MS].map(String);
    const child = fork(SPENDER, [address, journal, ...settings], place?.forking ?? {});
    await once(child, "message");
    this.all.push(child);
    return child;
  }

  /** Ends all as a program ends. */
  async stop(): Promise<void> {
    await Promise.all(
      this.all.map(async (child) => {
        const exited = once(child, "exit");
        child.send("stop");
        await exited;
      }),
    );
  }

  billed(journals: readonly string[] = this.journals): number {
    const texts = journals.map((journal) => readFileSync(journal, "utf8"));
    return texts
      .join("")
      .split("\n")
      .reduce((sum, line) => sum + Number(line), 0);
  }
}

/** The books cover the bill that was read before them, within the cap. */
export async function expectCovered(root: StoredBudgetPool, spenders: Spenders): Promise<void> {
  const bill = spenders.billed();
  const { used, reserved } = await root.snapshot();
  expect(used.tokens + reserved.tokens).toBeGreaterThanOrEqual(bill);
  expect(used.tokens + reserved.tokens).toBeLessThanOrEqual(CAP);
}

/** Once all are over, the books are the bill, to the token. */
export async function expectExact(root: StoredBudgetPool, spenders: Spenders): Promise<void> {
  await spenders.stop();
  const { used, reserved, unknown } = await root.snapshot();
  expect([used.tokens, reserved.tokens, unknown.tokens]).toEqual([spenders.billed(), 0, 0]);
}
