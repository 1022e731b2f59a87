// R13. What a waiter and the queue that it is in know of each other.

import type { Refusal } from "../core/refusal.ts";
import type { Hold } from "../core/rules.ts";
import type { AbortSignalLike } from "./abort-signal.ts";

/** A caller that waits for room on a pool. The queue calls it with the books up to date. */
export interface Waiter {
  /** Ends the wait when it aborts, whether or not its listeners have been called yet. */
  readonly signal: AbortSignalLike | undefined;
  /** Called when its request is held. */
  admitted(held: Hold): void;
  /** Called when waiting no longer helps: with why not, or with what judging it threw. */
  refuse(refusal: Refusal): void;
  fail(error: unknown): void;
}

/** A place in the queue. */
export interface QueueTicket {
  /** Whether it was given up, or its waiter let in or sent away. */
  readonly left: boolean;
  /** Judges the whole queue as of now. */
  judge(): void;
  /** Gives the place up, and admits those behind it that fit now. */
  leave(): void;
  /**
   * Returns why it is not admitted yet: its own refusal, or that of the first one it stands behind.
   */
  refusal(): Refusal | undefined;
}
