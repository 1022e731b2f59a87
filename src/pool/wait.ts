// R13. One wait for room: its ticket, its timeout and its signal.

import { describe } from "../core/describe.ts";
import { BudgetExceeded } from "../core/errors.ts";
import type { Quantities } from "../core/quantities.ts";
import { optional, readOptions } from "../core/read-options.ts";
import type { TableFor } from "../core/read-options.ts";
import type { Refusal } from "../core/refusal.ts";
import { refusalOf } from "../core/rules.ts";
import type { Hold } from "../core/rules.ts";
import type { AbortSignalLike } from "./abort-signal.ts";
import type { PoolNode } from "./pool-node.ts";

/** Limits of a wait for room. */
export interface WaitOptions {
  /**
   * Ends the wait with the signal's reason.
   *
   * @default none
   */
  readonly signal?: AbortSignalLike | undefined;
  /**
   * Ends the wait with `BudgetExceeded` after so many milliseconds, from 0 up.
   *
   * @default no limit
   */
  readonly timeoutMs?: number | undefined;
}

const WAIT = {
  signal: optional(readSignal),
  timeoutMs: optional(readTimeout),
} satisfies TableFor<WaitOptions>;

/** Reads how long to wait. @throws {TypeError | RangeError} if an option is invalid. */
export function readWaitOptions(options: WaitOptions): WaitOptions {
  return readOptions(options, WAIT);
}

function readSignal(signal: AbortSignalLike): AbortSignalLike {
  const { addEventListener, removeEventListener } = Object(signal);
  if (typeof addEventListener === "function" && typeof removeEventListener === "function")
    return signal;
  throw new TypeError(`Expected \`signal\` to be an AbortSignal, got ${describe(signal)}`);
}

function readTimeout(timeoutMs: number): number {
  if (typeof timeoutMs === "number" && timeoutMs >= 0 && timeoutMs < Number.POSITIVE_INFINITY)
    return timeoutMs;
  throw new RangeError(
    `Expected \`timeoutMs\` to be 0 or more milliseconds, got ${describe(timeoutMs)}`,
  );
}

/**
 * Waits for a request that was just refused with `refusal`, behind earlier waiters; `reserved`
 * converts the hold to the result. Rejects if waiting cannot help, the signal aborts, or the time
 * is over.
 */
export function waitForRoom<T>(
  node: PoolNode,
  ask: Quantities,
  { signal, timeoutMs }: WaitOptions,
  reserved: (held: Hold) => T,
): Promise<T> {
  const refusal = refusalOf(node.state, ask);
  if (refusal !== undefined && refusal.reason !== "busy")
    return Promise.reject(new BudgetExceeded(refusal));
  return new Promise<T>((resolve, reject) => {
    const { clock } = node;
    const startedAt = clock.now();
    let cancelTimeout: (() => void) | undefined;
    const giveUp = (error: unknown): void => {
      if (place.left) return;
      place.leave();
      fail(error);
    };
    const giveUpAborted = (): void => giveUp(signal?.reason);
    // An error of a signal or clock must not stop the queue.
    const stopListening = (): void => {
      try {
        cancelTimeout?.();
        signal?.removeEventListener("abort", giveUpAborted);
      } catch {
        // The wait is over in any case.
      }
    };
    const fail = (error: unknown): void => {
      reject(error);
      stopListening();
    };
    const place = node.join(ask, {
      signal,
      admitted(held: Hold): void {
        resolve(reserved(held));
        stopListening();
      },
      refuse: (refused: Refusal) => fail(new BudgetExceeded(refused)),
      fail,
    });
    const giveUpLate = (): void => {
      let why: Refusal | undefined;
      do {
        place.judge();
        if (place.left) return;
        // It is not refused if another thread has freed room: then it is admitted.
        why = place.refusal();
      } while (why === undefined);
      giveUp(timedOut(why, Math.max(0, clock.now() - startedAt)));
    };
    try {
      if (place.left) return;
      if (timeoutMs === 0) return giveUpLate();
      if (timeoutMs !== undefined) cancelTimeout = clock.schedule(timeoutMs, giveUpLate);
      signal?.addEventListener("abort", giveUpAborted);
      if (place.left) stopListening();
    } catch (error) {
      giveUp(error);
    }
  });
}

/** A waiter that is still in the queue is reported as blocked, whatever blocks the ones ahead. */
export function timedOut(why: Refusal, waitedMs: number): BudgetExceeded {
  const { resetsAt: _resetsAt, ...rest } = why;
  return new BudgetExceeded({ ...rest, reason: "busy" }, { waitedMs });
}
