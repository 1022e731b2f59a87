// Bounds for tests of what must come to an end.

/**
 * Far more than a bounded wait of some hundred milliseconds takes on a machine that does much else,
 * and far less than waiting without a bound.
 */
export const BOUNDED_MS = 30_000;
