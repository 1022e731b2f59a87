// Limits invalid keys: an address may send a few per minute. Valid keys are not counted, so that
// one bad client does not lock out others at its address.

/** How many wrong keys an address may send at once, and per minute. */
const WRONG_KEYS_MAX = 20;
const MINUTE_MS = 60_000;
const ADDRESSES_MAX = 10_000;

interface Failures {
  /** How many more wrong keys it may send. */
  left: number;
  at: number;
}

/** The addresses that have sent wrong keys. */
export class FailedKeys {
  readonly #addresses = new Map<string, Failures>();

  /** Returns how long an address must wait, in seconds; 0 if it may send a key. */
  waitFor(address: string, nowMs: number): number {
    const failures = this.#current(address, nowMs);
    if (failures === undefined || failures.left >= 1) return 0;
    return Math.ceil(((1 - failures.left) * MINUTE_MS) / WRONG_KEYS_MAX / 1000);
  }

  /** Notes a wrong key of an address. */
  failed(address: string, nowMs: number): void {
    const before = this.#current(address, nowMs) ?? { left: WRONG_KEYS_MAX, at: nowMs };
    this.#addresses.delete(networkOf(address));
    if (this.#addresses.size >= ADDRESSES_MAX) {
      const [oldest] = this.#addresses.keys();
      if (oldest !== undefined) this.#addresses.delete(oldest);
    }
    this.#addresses.set(networkOf(address), { left: before.left - 1, at: nowMs });
  }

  /** Returns how many wrong keys an address has left now. */
  #current(address: string, nowMs: number): Failures | undefined {
    const failures = this.#addresses.get(networkOf(address));
    if (failures === undefined) return undefined;
    const regained = ((nowMs - failures.at) * WRONG_KEYS_MAX) / MINUTE_MS;
    return { left: Math.min(WRONG_KEYS_MAX, failures.left + regained), at: nowMs };
  }
}

/** Of an IPv6 address, the network of one customer: the first half. */
function networkOf(address: string): string {
  if (!address.includes(":") || address.startsWith("::ffff:")) return address;
  const [before = "", after = ""] = address.split("::");
  const groups = before.split(":").filter((each) => each !== "");
  const behind = after.split(":").filter((each) => each !== "");
  const zeros = Array.from({ length: Math.max(0, 8 - groups.length - behind.length) }, () => "0");
  return [...groups, ...zeros, ...behind].slice(0, 4).join(":");
}
