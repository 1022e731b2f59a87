// Finds where in a ledger the entries since a time begin, by bisection: their times rise with their
// numbers, so a million entries need not be read for those of the last minutes.

/** Fewer entries than this are read directly. */
export const LINES_READ = 1000;
/** How far a clock that was set back may have placed an entry before an older one. */
export const CLOCK_BACK_MS = 60_000;

/** The number and time of an entry. */
export interface LineTime {
  readonly seq: number;
  readonly at: number;
}

/**
 * Returns a number from `after` on below all entries since `sinceMs`. `last` is the highest number;
 * `next` returns the first entry with a higher number than its argument.
 */
export async function firstSince(
  sinceMs: number,
  { after, last }: { readonly after: number; readonly last: number },
  next: (seq: number) => LineTime | undefined | Promise<LineTime | undefined>,
): Promise<number> {
  let low = after;
  let high = sinceMs > 0 ? last : low;
  while (high - low > LINES_READ) {
    const middle = Math.floor((low + high) / 2);
    // oxlint-disable-next-line no-await-in-loop -- where to look next is what this says
    const found = await next(middle);
    if (found === undefined || found.at >= sinceMs - CLOCK_BACK_MS) high = middle;
    else low = found.seq;
  }
  return low;
}
