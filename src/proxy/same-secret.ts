// Compares secrets in constant time.

import { timingSafeEqual } from "node:crypto";

/** Returns whether two secrets are equal. */
export function isSameSecret(given: string, wanted: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
}
