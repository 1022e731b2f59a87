// Calls of the script. Without a cluster, batches for many trees in one turn of the event loop go
// in one call: for the server and the client a call costs more than a command.

import { describe } from "../core/describe.ts";
import { EXECUTE_BATCH } from "./lua/scripts.ts";
import type { ScriptCalls } from "./script-calls.ts";
import { replyTextsOf } from "./server-replies.ts";

/** The limit of one call, during which the server answers no other client. */
const TREES_AT_ONCE = 64;
const COMMANDS_AT_ONCE = 512;
/** The server's errors that do not allow keys of many trees in one call. */
const NOT_TOGETHER = /^(?:NOPERM|CROSSSLOT)/;

/** A batch for one tree, as the script reads it. */
export interface TreeBatch {
  /** The prefix of the tree's keys. */
  readonly base: string;
  /** The keys of the batch in addition to that of the tree. */
  readonly keys: readonly string[];
  readonly isReading: boolean;
  /** The time; empty for the server's. */
  readonly now: string;
  /** Paths, periods and commands as JSON, and the number of commands. */
  readonly words: string;
  readonly count: number;
  readonly longTexts: readonly string[];
}

interface Asked {
  readonly batch: TreeBatch;
  readonly resolve: (answer: readonly string[]) => void;
  readonly reject: (error: unknown) => void;
}

/** The calls of one store. */
export class TreeCalls {
  readonly #scripts: ScriptCalls;
  /** How long ids are kept, and the key of the ranks. */
  readonly #settings: readonly string[];
  #isTogether: boolean;
  #asked: Asked[] = [];

  constructor(scripts: ScriptCalls, retentionMs: number, ranksKey: string | undefined) {
    this.#scripts = scripts;
    this.#settings = [String(retentionMs), ranksKey ?? ""];
    // In a cluster there are no ranks.
    this.#isTogether = ranksKey !== undefined;
  }

  /** Resolves with the script's reply to a batch. */
  ask(batch: TreeBatch): Promise<readonly string[]> {
    if (!this.#isTogether || batch.longTexts.length > 0) return this.#alone(batch);
    return new Promise((resolve, reject) => {
      this.#asked.push({ batch, resolve, reject });
      if (this.#asked.length === 1) queueMicrotask(() => this.#flush());
    });
  }

  #flush(): void {
    const asked = this.#asked;
    this.#asked = [];
    let from = 0;
    let commands = 0;
    for (const [index, { batch }] of asked.entries()) {
      const isOther = batch.now !== asked[from]?.batch.now;
      const isFull = index - from >= TREES_AT_ONCE || commands + batch.count > COMMANDS_AT_ONCE;
      if (index > from && (isFull || isOther)) {
        void this.#send(asked.slice(from, index));
        from = index;
        commands = 0;
      }
      commands += batch.count;
    }
    void this.#send(from === 0 ? asked : asked.slice(from));
  }

  /** Never rejects: errors go to the callers. */
  async #send(asked: readonly Asked[]): Promise<void> {
    if (asked.length === 1) {
      for (const { batch, resolve, reject } of asked) this.#alone(batch).then(resolve, reject);
      return;
    }
    try {
      const answers = await this.#together(asked.map(({ batch }) => batch));
      for (const [index, { resolve, reject }] of asked.entries()) {
        const answer = answers[index] ?? [];
        if (answer[0] === "error") reject(new Error(answer[1]));
        else resolve(answer);
      }
    } catch (error) {
      if (!(error instanceof Error) || !NOT_TOGETHER.test(error.message)) {
        for (const { reject } of asked) reject(error);
        return;
      }
      // A user without access to all of these keys may have access to some.
      this.#isTogether = false;
      for (const { batch, resolve, reject } of asked) this.#alone(batch).then(resolve, reject);
    }
  }

  async #alone(batch: TreeBatch): Promise<readonly string[]> {
    const { base, keys, isReading, now, words, longTexts } = batch;
    const given = [now, ...this.#settings, "1", words, ...longTexts];
    return replyTextsOf(await this.#call(base, [`${base}:tree`, ...keys], given, isReading));
  }

  /**
   * Calls the script. What only reads is not called as a function: the server refuses one that may
   * write before it begins, for example when its memory is full.
   */
  #call(
    base: string,
    keys: readonly string[],
    words: readonly string[],
    isReading: boolean,
  ): Promise<unknown> {
    return isReading
      ? this.#scripts.call(base, EXECUTE_BATCH, keys, words)
      : this.#scripts.callFunction(base, EXECUTE_BATCH, keys, words);
  }

  async #together(batches: readonly TreeBatch[]): Promise<readonly (readonly string[])[]> {
    const keys = batches.flatMap(({ base, isReading }) => [
      `${base}:tree`,
      isReading ? `${base}:tree` : base,
    ]);
    const { now = "", base = "" } = batches[0] ?? {};
    const given = [now, ...this.#settings, String(batches.length)];
    for (const { words } of batches) given.push(words);
    const isReading = batches.some((batch) => batch.isReading);
    const answers = await this.#call(base, keys, given, isReading);
    if (!Array.isArray(answers))
      throw new TypeError(`Expected the server to answer with a list, got ${describe(answers)}`);
    return answers.map(replyTextsOf);
  }
}
