// Secrets are compared in a time that tells nothing of them.

import { timingSafeEqual } from "node:crypto";

/** Returns whether two secrets are the same. */
export function isSameSecret(given: string, wanted: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
}
