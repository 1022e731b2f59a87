// One step of a thread in shared memory, as its parts see it.

import type { Clock } from "../core/clock.ts";
import type { SharedBuffer } from "./shared-buffer.ts";
import type { ThreadRows } from "./thread-rows.ts";

/** A step: its changes take effect when it ends, or it is repeated. */
export interface Step {
  readonly shared: SharedBuffer;
  readonly rows: ThreadRows;
  /** The row of the thread. */
  readonly row: number;
  readonly clock: Clock;
  /** The number of the operation before the step. */
  readonly operations: number;
  /** Why the budget can no longer be used in this thread. */
  readonly closedBecause: string | undefined;

  /** Marks that it changes more than the cells that every request changes. */
  changesRest(): void;
  /** Marks that a pool has a window now, so the clock matters. */
  windowSet(): void;
  /** Ends the step; false if it was discarded, so that all of it must be repeated. */
  end(changed: boolean): boolean;
  /**
   * Ends the step with an error if the state that caused it is consistent; otherwise discards it.
   */
  fail(error: unknown): void;
  /** Ends the step without a change. */
  abandon(): void;
}
