// R13. One wait for room: its place in the queue, its timeout and its signal.

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

/** Reads how long to wait. @throws {TypeError | RangeError} on an invalid option. */
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
 * Waits for a request that has just been refused with `refusal`, behind those that came before;
 * `reserved` makes of the hold what is answered. Rejects when waiting does not help, the signal
 * aborts, or the time is over.
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
    // A signal or clock that throws here must not keep the queue from going on.
    const stopListening = (): void => {
      try {
        cancelTimeout?.();
        signal?.removeEventListener("abort", giveUpAborted);
      } catch {
        // What it was listening for is over all the same.
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
        // Nothing refuses it once another thread has made room: then it is admitted.
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

/** A waiter that is still in the queue is kept by others, whatever keeps those. */
export function timedOut(why: Refusal, waitedMs: number): BudgetExceeded {
  const { resetsAt: _resetsAt, ...rest } = why;
  return new BudgetExceeded({ ...rest, reason: "busy" }, { waitedMs });
}
