// What the store keeps for a consumer, as documents: its position, what was reported of each pool,
// and which process reads for it. A text is replaced only if it is unchanged, so a process that was
// suspended finds out that another has continued.

import { readClock } from "../../core/clock.ts";
import type { Clock } from "../../core/clock.ts";
import type { Documents } from "../contract/documents.ts";

const PLACE = "place";
const KNOWN_MAX = 100_000;
/** The lease is not renewed as long as this part of it is left. */
const FRESH = 2 / 3;

interface Place {
  /** The process that reads for the consumer. */
  readonly by: string;
  /** The end of its lease, by the clock of that process; milliseconds since 1970. */
  readonly until: number;
  /** The position in the store; undefined before the consumer has begun. */
  readonly at?: string;
}

/** Thrown when another process reads for the consumer now. */
export class PlaceLost extends Error {}

/** The documents of one consumer, for one process. */
export class ConsumerNotes {
  readonly #documents: Documents;
  readonly #kind: string;
  readonly #by: string;
  readonly #leaseMs: number;
  readonly #clock: Clock;
  readonly #known = new Map<string, string | undefined>();

  constructor(
    documents: Documents,
    { consumer, leaseMs }: { readonly consumer: string; readonly leaseMs: number },
    by: string,
    clock: Clock,
  ) {
    this.#documents = documents;
    this.#kind = `events ${consumer}`;
    this.#by = by;
    this.#leaseMs = leaseMs;
    this.#clock = clock;
  }

  /**
   * Takes or renews the lease of the reading process, and returns its position.
   *
   * @throws {PlaceLost} if another process has the lease.
   */
  async take(at?: string): Promise<string | undefined> {
    const text = await this.read(PLACE);
    const before = placeOf(text);
    const nowMs = readClock(this.#clock);
    if (before !== undefined && before.by !== this.#by && before.until > nowMs) {
      this.forget();
      throw new PlaceLost();
    }
    const isFresh = before !== undefined && before.until - nowMs > FRESH * this.#leaseMs;
    if (before?.by === this.#by && isFresh && (at === undefined || at === before.at))
      return before.at;
    // The cache may be stale after another process had the lease.
    if (before?.by !== this.#by) this.forget();
    this.#known.set(PLACE, text);
    const next = { by: this.#by, until: nowMs + this.#leaseMs, at: at ?? before?.at };
    await this.write(PLACE, JSON.stringify(next));
    return next.at;
  }

  /** Releases the lease, if this process has it. */
  async leave(): Promise<void> {
    const before = placeOf(await this.read(PLACE));
    if (before?.by === this.#by) await this.write(PLACE, JSON.stringify({ ...before, until: 0 }));
    this.forget();
  }

  /** Returns the text under a key; undefined if there is none. */
  async read(key: string): Promise<string | undefined> {
    if (this.#known.has(key)) return this.#known.get(key);
    const text = await this.#documents.read(this.#kind, key);
    if (this.#known.size > KNOWN_MAX) this.#known.clear();
    this.#known.set(key, text);
    return text;
  }

  /**
   * Writes a text, or deletes it.
   *
   * @throws {PlaceLost} if another process has written it.
   */
  async write(key: string, text: string | undefined): Promise<void> {
    const before = await this.read(key);
    if (before === text) return;
    if (!(await this.#documents.replace(this.#kind, key, before, text))) {
      this.forget();
      throw new PlaceLost();
    }
    this.#known.set(key, text);
  }

  /** Clears the cache. */
  forget(): void {
    this.#known.clear();
  }
}

function placeOf(text: string | undefined): Place | undefined {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by take
  return text === undefined ? undefined : (JSON.parse(text) as Place);
}
