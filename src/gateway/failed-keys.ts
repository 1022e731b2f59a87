// Who sends invalid keys: an address may do that a few times a minute. Keys that are known
// are not counted, so that one bad client does not lock out the others behind its address.

/** How many wrong keys an address may send at once, and in a minute. */
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

  /** Returns how long an address has to wait, in seconds; 0 when it may send a key. */
  waitFor(address: string, nowMs: number): number {
    const failures = this.#current(address, nowMs);
    if (failures === undefined || failures.left >= 1) return 0;
    return Math.ceil(((1 - failures.left) * MINUTE_MS) / WRONG_KEYS_MAX / 1000);
  }

  /** An address has sent a wrong key. */
  failed(address: string, nowMs: number): void {
    const before = this.#current(address, nowMs) ?? { left: WRONG_KEYS_MAX, at: nowMs };
    this.#addresses.delete(networkOf(address));
    if (this.#addresses.size >= ADDRESSES_MAX) {
      const [oldest] = this.#addresses.keys();
      if (oldest !== undefined) this.#addresses.delete(oldest);
    }
    this.#addresses.set(networkOf(address), { left: before.left - 1, at: nowMs });
  }

  /** What is left to an address now. */
  #current(address: string, nowMs: number): Failures | undefined {
    const failures = this.#addresses.get(networkOf(address));
    if (failures === undefined) return undefined;
    const regained = ((nowMs - failures.at) * WRONG_KEYS_MAX) / MINUTE_MS;
    return { left: Math.min(WRONG_KEYS_MAX, failures.left + regained), at: nowMs };
  }
}

/** Of an address of IPv6, the network that one customer has: the first half. */
function networkOf(address: string): string {
  if (!address.includes(":") || address.startsWith("::ffff:")) return address;
  const [before = "", after = ""] = address.split("::");
  const groups = before.split(":").filter((each) => each !== "");
  const behind = after.split(":").filter((each) => each !== "");
  const zeros = Array.from({ length: Math.max(0, 8 - groups.length - behind.length) }, () => "0");
  return [...groups, ...zeros, ...behind].slice(0, 4).join(":");
}
