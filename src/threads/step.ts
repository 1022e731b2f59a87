// One step of a thread in shared memory, as what takes part in it sees it.

import type { Clock } from "../core/clock.ts";
import type { SharedBuffer } from "./shared-buffer.ts";
import type { ThreadRows } from "./thread-rows.ts";

/** A step: what is changed in it stands once it has ended, or is done again. */
export interface Step {
  readonly shared: SharedBuffer;
  readonly rows: ThreadRows;
  /** The row of the thread. */
  readonly row: number;
  readonly clock: Clock;
  /** The number of the operation that the step goes on from. */
  readonly operations: number;
  /** Why the budget can no longer be used in this thread. */
  readonly closedBecause: string | undefined;

  /** It changes more than what every request on a pool changes. */
  changesRest(): void;
  /** A pool has a window now, so the clock matters. */
  windowSet(): void;
  /** Ends it; false when it did not stand, so that all of it must be done again. */
  end(changed: boolean): boolean;
  /** Ends it with an error, if what led to that can be believed; otherwise it will not stand. */
  fail(error: unknown): void;
  /** Ends it without a change. */
  abandon(): void;
}
