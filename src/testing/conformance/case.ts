// What a conformance case is, and the few assertions that all of them use.

import assert from "node:assert/strict";

import { BudgetExceeded } from "../../core/errors.ts";
import type { Refusal } from "../../core/refusal.ts";
import type { BudgetSnapshot } from "../../core/snapshot.ts";
import type { BudgetPoolOptions } from "../../pool/options.ts";
import type { ManualClock } from "../manual-clock.ts";
import type { AnyBudgetPool } from "../../pool/any-budget-pool.ts";

/** The tools of a case: a way to create pools, and the clock that they read. */
export interface CaseContext {
  readonly clock: ManualClock;
  readonly open: (options?: BudgetPoolOptions) => Promise<AnyBudgetPool>;
  /** Lets everything that was started make as much progress as it can. */
  readonly turns: () => Promise<void>;
}

/** One statement about every pool, prefixed with the number of its rule. */
export interface ConformanceCase {
  readonly title: string;
  readonly run: (context: CaseContext) => Promise<void>;
}

/** Asserts that a call is refused, with these fields, and returns the refusal. */
export async function assertRefused(
  call: () => unknown,
  fields: Partial<Refusal> & { booked?: boolean; waitedMs?: number } = {},
): Promise<BudgetExceeded> {
  const error = await errorThrownBy(call);
  assert.ok(BudgetExceeded.is(error), `expected BudgetExceeded, got ${String(error)}`);
  assert.equal(error.code, "BUDGET_EXCEEDED");
  assertFields(error, fields);
  return error;
}

/** Asserts that some fields of a value are as given. */
export function assertFields<T extends object>(value: T, fields: Partial<T>): void {
  const found: Partial<T> = {};
  for (const key in fields) found[key] = value[key];
  assert.deepEqual(found, fields);
}

/** Asserts that a call throws or rejects with an error of a class, and returns it. */
export async function assertThrows<E extends Error>(
  call: () => unknown,
  Kind: abstract new (...args: never[]) => E,
): Promise<E> {
  const error = await errorThrownBy(call);
  assert.ok(error instanceof Kind, `expected ${Kind.name}, got ${String(error)}`);
  return error;
}

/** Asserts that a call changes no figure of some pools. */
export async function assertUnchanged(
  pools: readonly AnyBudgetPool[],
  call: () => unknown,
): Promise<void> {
  const before = await snapshotsOf(pools);
  await call();
  assert.deepEqual(await snapshotsOf(pools), before);
}

/** The snapshots of some pools, one after another. */
async function snapshotsOf(pools: readonly AnyBudgetPool[]): Promise<BudgetSnapshot[]> {
  const snapshots: BudgetSnapshot[] = [];
  for (const pool of pools) snapshots.push(await pool.snapshot());
  return snapshots;
}

/** Returns what a call throws or rejects with; undefined if it succeeds. */
export async function errorThrownBy(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  return undefined;
}

/** Lets promises that can settle do so. */
export async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn++) await Promise.resolve();
}
