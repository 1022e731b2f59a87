// What a remote thread can be told to do, and how that is said in messages.

import type { Amount, BudgetSnapshot, Refusal, Settlement } from "../../../src/index.ts";
import type { SharedBudgetHandle } from "../../../src/threads/index.ts";

/** What a remote thread does with the budget that it was attached to. Reservations have names. */
export interface RemoteCommands {
  /** With a shared clock (see `ShownClock`), or that of the system. */
  attach(handle: SharedBudgetHandle, clock?: SharedArrayBuffer): void;
  reserve(name: string, amount: Amount): void;
  commit(name: string, actual?: Amount): Settlement;
  release(name: string): void;
  /** Ends when the wait does. */
  wait(name: string, amount: Amount, timeoutMs?: number): Promise<void>;
  abort(name: string): void;
  snapshot(): BudgetSnapshot;
  /** Blocks the thread until the first word is not zero, asleep or in a loop. */
  block(word: Int32Array, how: "asleep" | "busy"): void;
  /** Asks without waiting, over and over, until it is told to stop; answers how often it got in. */
  hammer(amount: Amount): void;
  stopHammering(): { readonly asked: number; readonly admitted: number };
  /** Lets go of the budget without closing it, and collects the garbage. */
  drop(): Promise<void>;
  close(): void;
  exit(): void;
  fail(): Promise<void>;
  /** Does nothing: whatever was told before has begun when it ends. */
  hear(): void;
}

/** A call of a command. */
export interface RemoteCall {
  readonly id: number;
  readonly command: keyof RemoteCommands;
  readonly parameters: readonly unknown[];
}

/** The end of a call. */
export interface RemoteAnswer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: RemoteError;
}

/** An error as it comes over the border. */
export interface RemoteError extends Partial<Refusal> {
  readonly text: string;
  readonly code?: string;
  readonly booked?: boolean;
  readonly waitedMs?: number;
}

/** A clock in shared memory: everybody who is shown the buffer reads the same time. */
export const clockCells = { nowMs: 0, cells: 1 } as const;
