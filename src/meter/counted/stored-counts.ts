// Providers' counts in the store of a pool, for all processes that use it: numbers under
// fingerprints with a key of the store's own, and never a text. The number of documents is bounded;
// all counts of one conversation are in the same one. Unreadable documents count as missing, and
// failed writes are skipped: no call waits long for it, and none fails.

import { parsedOf } from "../../wire/json/untrusted.ts";
import type { CountDocuments } from "../metered-pool.ts";
import type { KeptCount } from "./count-memory.ts";
import { COUNT_MAX } from "./count-memory.ts";
import { randomKey } from "./keyed-hash.ts";
import type { Digest, HashKey } from "./keyed-hash.ts";

/** A count under its fingerprint. */
export interface FoundCount {
  readonly digest: Digest;
  readonly counted: KeptCount;
}

const KIND = "counts";
const KEY_OF_KEY = "key";
/** The number of documents, and of counts in each: about 1 MB in all. */
const DOCUMENTS = 2048;
const COUNTS_IN_DOCUMENT = 8;
const WORDS_IN_COUNT = 6;
/** How long to wait for an answer, and how long the store is left alone after a timeout. */
const TIMEOUT_MS = 500;
const PAUSE_MS = 30_000;
const TRIES = 3;

/** The counts in one store. */
export class StoredCounts {
  readonly #documents: CountDocuments;
  #key: Promise<HashKey | undefined> | undefined;
  #pausedUntil = 0;
  /** Writes are sequential. */
  #written: Promise<void> = Promise.resolve();

  constructor(documents: CountDocuments) {
    this.#documents = documents;
  }

  /** The key of all fingerprints in the store; undefined while it does not answer. */
  async key(): Promise<HashKey | undefined> {
    this.#key ??= this.#inTime(() => this.#findKey());
    const key = await this.#key;
    if (key === undefined) this.#key = undefined;
    return key;
  }

  /** Returns all counts stored with `of`, the fingerprint of a conversation's beginning. */
  async find(of: Digest): Promise<readonly FoundCount[]> {
    const text = await this.#inTime(() => this.#documents.read(KIND, placeOf(of)));
    return countsIn(text);
  }

  /** Adds a count to those stored with `of`, in the background; the oldest are dropped. */
  add(of: Digest, digest: Digest, counted: KeptCount): void {
    const write = async (): Promise<void> => {
      await this.#inTime(() => this.#add(placeOf(of), { digest, counted }));
    };
    this.#written = this.#written.then(write);
  }

  /** Settles once all writes are finished or skipped. */
  async settled(): Promise<void> {
    await this.#written;
  }

  async #add(place: string, added: FoundCount): Promise<void> {
    for (let tried = 0; tried < TRIES; tried++) {
      // oxlint-disable-next-line no-await-in-loop -- again when another process was faster
      const before = await this.#documents.read(KIND, place);
      const others = countsIn(before).filter(({ digest }) => digest.join() !== added.digest.join());
      const text = textOf([added, ...others].slice(0, COUNTS_IN_DOCUMENT));
      // oxlint-disable-next-line no-await-in-loop -- as above
      if (await this.#documents.replace(KIND, place, before, text)) return;
    }
  }

  async #findKey(): Promise<HashKey | undefined> {
    const made = JSON.stringify(randomKey());
    await this.#documents.replace(KIND, KEY_OF_KEY, undefined, made);
    const words = wordsIn(await this.#documents.read(KIND, KEY_OF_KEY));
    const [one, other] = words;
    return one === undefined || other === undefined ? undefined : [one, other];
  }

  /** Returns the result of a step; undefined if the store fails or does not answer in time. */
  async #inTime<T>(step: () => Promise<T>): Promise<T | undefined> {
    if (performance.now() < this.#pausedUntil) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error("no answer came")), TIMEOUT_MS);
    });
    try {
      return await Promise.race([step(), late]);
    } catch {
      this.#pausedUntil = performance.now() + PAUSE_MS;
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }
}

function placeOf([, low]: Digest): string {
  return String(low % DOCUMENTS);
}

/** Counts as six numbers each: digest, tokens of request, answer and cache, and the time. */
function textOf(counts: readonly FoundCount[]): string {
  return JSON.stringify(
    counts.flatMap(({ digest, counted: { inputTokens, outputTokens, cachedTokens, at } }) => [
      ...digest,
      inputTokens,
      outputTokens,
      cachedTokens,
      Math.floor(at),
    ]),
  );
}

function countsIn(text: string | undefined): readonly FoundCount[] {
  const words = wordsIn(text);
  const counts: FoundCount[] = [];
  for (let from = 0; from + WORDS_IN_COUNT <= words.length; from += WORDS_IN_COUNT) {
    const [high = 0, low = 0, inputTokens = 0, outputTokens = 0, cachedTokens = 0, at = 0] =
      words.slice(from, from + WORDS_IN_COUNT);
    const isCount = Math.max(inputTokens, outputTokens, cachedTokens) <= COUNT_MAX;
    if (isCount)
      counts.push({
        digest: [high, low],
        counted: { inputTokens, outputTokens, cachedTokens, at },
      });
  }
  return counts;
}

/** A list of integers; empty for anything else. */
function wordsIn(text: string | undefined): readonly number[] {
  const list = text === undefined ? undefined : parsedOf(text);
  if (!Array.isArray(list)) return [];
  return list.every(isWhole) ? list : [];
}

function isWhole(word: unknown): word is number {
  return Number.isSafeInteger(word) && Number(word) >= 0;
}
