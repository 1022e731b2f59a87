// R11. Renews the leases of this process as long as something references the reservation, and
// delivers commits that the store has not answered.

import type { CommandQueue } from "./command-queue.ts";

/** Renewed three times per lease, so that two renewals may fail. */
const RENEWALS_A_LEASE = 3;
const IDS_AT_ONCE = 500;
const TIMER_MS_MAX = 2 ** 31 - 1;
/** How often an unanswered commit is retried. */
const REDELIVERY_MS = 1000;

/** A handle of something held in the store. */
interface Leased {
  readonly id: string;
}

/** A reservation as the keeper knows it; once nothing else references it, it is left to expire. */
interface Kept {
  readonly reservation: WeakRef<Leased>;
  readonly leaseMs: number;
}

/** The keeper of one tree. */
export class LeaseKeeper {
  readonly #root: string;
  readonly #queue: CommandQueue;
  readonly #kept = new Map<string, Kept>();
  readonly #undelivered = new Set<() => Promise<unknown>>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerMs = TIMER_MS_MAX;
  #isClosed = false;

  constructor(root: string, queue: CommandQueue) {
    this.#root = root;
    this.#queue = queue;
  }

  /** Renews a reservation until it is forgotten. */
  keep(reservation: Leased, leaseMs: number): void {
    this.#kept.set(reservation.id, { reservation: new WeakRef(reservation), leaseMs });
    this.#wakeIn(leaseMs / RENEWALS_A_LEASE);
  }

  forget(id: string): void {
    this.#kept.delete(id);
    if (this.#kept.size === 0 && this.#undelivered.size === 0) this.#stop();
  }

  /** Calls `deliver` repeatedly until it resolves. */
  redeliver(deliver: () => Promise<unknown>): void {
    this.#undelivered.add(deliver);
    this.#wakeIn(REDELIVERY_MS);
  }

  /** Stops for good. What is not delivered by then is lost. */
  close(): void {
    this.#isClosed = true;
    this.#stop();
  }

  #wakeIn(ms: number): void {
    if (this.#isClosed || (this.#timer !== undefined && this.#timerMs <= ms)) return;
    this.#stop();
    this.#timerMs = Math.min(ms, TIMER_MS_MAX);
    this.#timer = setTimeout(() => void this.#wake(), this.#timerMs);
    // A lease must not keep a finished process alive.
    const timer: { unref?: () => void } = this.#timer;
    timer.unref?.();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#timerMs = TIMER_MS_MAX;
  }

  /** Never rejects: a failed renewal is retried the next time. */
  async #wake(): Promise<void> {
    this.#stop();
    await Promise.allSettled([this.#renew(), ...this.#deliveries()]);
    for (const { leaseMs } of this.#kept.values()) this.#wakeIn(leaseMs / RENEWALS_A_LEASE);
    if (this.#undelivered.size > 0) this.#wakeIn(REDELIVERY_MS);
  }

  async #renew(): Promise<void> {
    const idsOfLease = new Map<number, string[]>();
    for (const [id, { reservation, leaseMs }] of this.#kept) {
      if (reservation.deref() === undefined) this.#kept.delete(id);
      else if (idsOfLease.get(leaseMs)?.push(id) === undefined) idsOfLease.set(leaseMs, [id]);
    }
    for (const [leaseMs, ids] of idsOfLease) {
      for (let first = 0; first < ids.length; first += IDS_AT_ONCE) {
        const some = ids.slice(first, first + IDS_AT_ONCE);
        // One after another: all at once they would hold everybody else up.
        // oxlint-disable-next-line no-await-in-loop -- see above
        await this.#queue.ask({ kind: "renew", path: this.#root, ids: some, leaseMs });
      }
    }
  }

  #deliveries(): Promise<unknown>[] {
    return [...this.#undelivered].map(async (deliver) => {
      await deliver();
      this.#undelivered.delete(deliver);
    });
  }
}
