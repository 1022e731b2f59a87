// The time by which requests in slices are judged. Reading the clock costs as much as a third of
// such a request, so requests that follow each other in one turn of the event loop share a reading.

/** How many requests may use one reading. */
const USES_MAX = 32;
/** A reading is shared if it follows the one before so closely, in milliseconds. */
const CLOSE_MS = 0.02;

/**
 * Some runtimes have none. That of this moment is kept: one that a test puts in its place would end
 * no turn once the test is over.
 */
const { setImmediate } = globalThis as { setImmediate?: (callback: () => void) => void };

let readAtMs = -Infinity;
let usesLeft = 0;
let isTurnWatched = false;

/**
 * Returns the time in milliseconds, as `performance.now()` does, or a reading of the same turn of
 * the event loop that at most 32 requests have used.
 *
 * So a turn that is blocked for long, or a process that is stopped in the middle of one, is noticed
 * after at most so many requests. Until then, they spend what the slice holds: after its lease, all
 * of that is booked already (R15).
 */
export function turnNow(): number {
  if (usesLeft === 0) return readClock();
  usesLeft--;
  return readAtMs;
}

function readClock(): number {
  const nowMs = performance.now();
  // Alone, a reading costs less than watching for the end of its turn.
  if (nowMs - readAtMs < CLOSE_MS && watchTurn()) usesLeft = USES_MAX - 1;
  readAtMs = nowMs;
  return nowMs;
}

/** Returns whether the end of this turn will be noticed. */
function watchTurn(): boolean {
  if (isTurnWatched) return true;
  if (setImmediate === undefined) return false;
  isTurnWatched = true;
  setImmediate(endTurn);
  return true;
}

function endTurn(): void {
  isTurnWatched = false;
  usesLeft = 0;
}
