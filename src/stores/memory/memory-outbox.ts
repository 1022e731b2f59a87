// What is kept for consumers of events, in the memory of one process.

import { readClock } from "../../core/clock.ts";
import type { Clock } from "../../core/clock.ts";
import type { ConsumerStep, Outbox, TreeHead, TreeHeads } from "../contract/events.ts";

interface Consumer {
  by: string;
  until: number;
  readonly notes: Map<string, string>;
}

/** What is kept for all consumers of a store. */
export class MemoryOutbox implements Outbox {
  readonly #clock: Clock;
  readonly #headsNow: () => readonly TreeHead[];
  readonly #consumers = new Map<string, Consumer>();

  /** `headsNow` returns the last numbers of all trees. */
  constructor(clock: Clock, headsNow: () => readonly TreeHead[]) {
    this.#clock = clock;
    this.#headsNow = headsNow;
  }

  async heads(): Promise<TreeHeads> {
    return { heads: this.#headsNow(), place: "" };
  }

  async notes(consumer: string, keys: readonly string[]): Promise<readonly (string | undefined)[]> {
    const notes = this.#consumers.get(consumer)?.notes;
    return keys.map((key) => notes?.get(key));
  }

  async take(consumer: string, { by, leaseMs, notes }: ConsumerStep): Promise<boolean> {
    const nowMs = readClock(this.#clock);
    let kept = this.#consumers.get(consumer);
    if (kept === undefined)
      this.#consumers.set(consumer, (kept = { by, until: 0, notes: new Map() }));
    if (kept.by !== by && kept.until > nowMs) return false;
    kept.by = by;
    kept.until = nowMs + leaseMs;
    for (const [key, text] of notes) {
      if (text === undefined) kept.notes.delete(key);
      else kept.notes.set(key, text);
    }
    return true;
  }
}
