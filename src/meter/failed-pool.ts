// Stands for a pool that could not say whether a call is held: what it did is not known, and
// nothing is requested from it again.

import type { MeteredPool } from "./metered-pool.ts";

/** A pool that fails with the error of another one. */
export class FailedPool implements MeteredPool {
  readonly kind = "failed";
  readonly path: string;
  readonly #error: unknown;

  constructor({ path }: MeteredPool, error: unknown) {
    this.path = path;
    this.#error = error;
  }

  reserveUpTo(): never {
    throw this.#error;
  }

  reserveWhenFree(): never {
    throw this.#error;
  }

  record(): never {
    throw this.#error;
  }
}
