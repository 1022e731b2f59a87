// Random numbers of a simulation, from a seed.

/** Draws numbers from a seed (mulberry32): the same seed, the same numbers. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** A number from 0 up to 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** How long until the next of so many things a millisecond. */
  waitMs(perMs: number): number {
    return -Math.log(this.next() + 1e-12) / perMs;
  }

  /** A factor around 1, log-normal. */
  factor(sigma: number): number {
    const normal =
      Math.sqrt(-2 * Math.log(this.next() + 1e-12)) * Math.cos(2 * Math.PI * this.next());
    return Math.exp(sigma * normal);
  }
}
