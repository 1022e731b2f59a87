// R13. The contract between a waiter and its queue.

import type { Refusal } from "../core/refusal.ts";
import type { Hold } from "../core/rules.ts";
import type { AbortSignalLike } from "./abort-signal.ts";

/** A caller that waits for room on a pool. The queue calls it with the books up to date. */
export interface Waiter {
  /** Ends the wait when it aborts, whether or not its listeners have been called yet. */
  readonly signal: AbortSignalLike | undefined;
  /** Called when the request is reserved. */
  admitted(held: Hold): void;
  /** Called when waiting can no longer help: with the refusal, or with the error of judging it. */
  refuse(refusal: Refusal): void;
  fail(error: unknown): void;
}

/** A ticket in the queue. */
export interface QueueTicket {
  /** Whether it was removed, or its waiter was admitted or refused. */
  readonly left: boolean;
  /** Judges the whole queue now. */
  judge(): void;
  /** Leaves the queue, and admits waiters behind it that fit now. */
  leave(): void;
  /**
   * Returns why it is not admitted yet: its own refusal, or that of the first one ahead that blocks
   * it.
   */
  refusal(): Refusal | undefined;
}
