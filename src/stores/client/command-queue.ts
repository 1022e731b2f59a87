// Gathers the commands of one process on one tree into batches: all commands of one turn of the
// event loop, and those that arrive while the maximum number of batches is in progress, go
// together. A batch is retried with the same ids until it is answered or its time is over (R10,
// R12).

import { BudgetError } from "../../core/errors.ts";
import type { Command, Outcome } from "../contract/command.ts";
import { StoreClosed, StoreUnavailable } from "../contract/errors.ts";
import { inTime } from "./in-time.ts";
import type { Store } from "../contract/store.ts";

interface Asked {
  readonly command: Command;
  readonly askedAt: number;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

type Answered = (commands: readonly Command[], outcomes: readonly Outcome[]) => void;

const PAUSE_MS_MIN = 10;
const PAUSE_MS_MAX = 500;

/** The queue of one tree. */
export class CommandQueue {
  readonly #store: Store;
  readonly #root: string;
  readonly #timeoutMs: number;
  /** Called with commands that the store may still apply although their callers gave up. */
  readonly #givenUp: (command: Command) => void;
  /** Called with the outcomes of every batch. */
  readonly #answered: Answered | undefined;
  #asked: Asked[] = [];
  #underWay = 0;
  #isFlushing = false;
  #isClosed = false;
  #idle: (() => void)[] = [];

  constructor(
    store: Store,
    root: string,
    timeoutMs: number,
    givenUp: (command: Command) => void,
    answered?: Answered,
  ) {
    this.#store = store;
    this.#answered = answered;
    this.#root = root;
    this.#timeoutMs = timeoutMs;
    this.#givenUp = givenUp;
  }

  /** Applies a command; rejects with `StoreUnavailable` when its time is over. */
  ask(command: Command): Promise<Outcome> {
    if (this.#isClosed) return Promise.reject(new StoreClosed());
    return new Promise((resolve, reject) => {
      this.#asked.push({ command, askedAt: performance.now(), resolve, reject });
      if (this.#isFlushing) return;
      this.#isFlushing = true;
      queueMicrotask(() => {
        this.#isFlushing = false;
        this.#flush();
      });
    });
  }

  /** Resolves once no command is pending. */
  async idle(): Promise<void> {
    if (this.#asked.length === 0 && this.#underWay === 0) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** Refuses new commands, and resolves once all earlier ones are answered. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.idle();
  }

  #flush(): void {
    const { batchesAtOnce, commandsAtOnce } = this.#store;
    while (this.#asked.length > 0 && this.#underWay < batchesAtOnce) {
      const batch =
        this.#asked.length <= commandsAtOnce ? this.#asked : this.#asked.slice(0, commandsAtOnce);
      this.#asked = batch === this.#asked ? [] : this.#asked.slice(commandsAtOnce);
      this.#underWay++;
      void this.#run(batch);
    }
    if (this.#asked.length > 0 || this.#underWay > 0) return;
    const idle = this.#idle;
    this.#idle = [];
    for (const resolve of idle) resolve();
  }

  /** Answers every command of a batch, and continues with the next batch; never rejects. */
  async #run(batch: readonly Asked[]): Promise<void> {
    await this.#answer(batch);
    this.#underWay--;
    this.#flush();
  }

  async #answer(batch: readonly Asked[]): Promise<void> {
    const commands = batch.map(({ command }) => command);
    const endsAt = (batch[0]?.askedAt ?? 0) + this.#timeoutMs;
    try {
      const outcomes = await this.#execute(commands, endsAt);
      this.#answered?.(commands, outcomes);
      for (const [index, { resolve, reject }] of batch.entries()) {
        const outcome = outcomes[index];
        if (outcome === undefined) reject(new Error("The store left a command unanswered"));
        else resolve(outcome);
      }
    } catch (error) {
      for (const { command, askedAt, reject } of batch) {
        if (!isFinal(error) || StoreUnavailable.is(error)) this.#givenUp(command);
        reject(
          isFinal(error)
            ? error
            : new StoreUnavailable(command.path, performance.now() - askedAt, error),
        );
      }
    }
  }

  async #execute(commands: readonly Command[], endsAt: number): Promise<readonly Outcome[]> {
    let last: unknown;
    for (let pauseMs = PAUSE_MS_MIN; ; pauseMs = Math.min(2 * pauseMs, PAUSE_MS_MAX)) {
      try {
        const answer = this.#store.execute(this.#root, commands);
        const isLater = answer instanceof Promise;
        // oxlint-disable-next-line no-await-in-loop -- the next try waits for the last
        return isLater ? await inTime(answer, endsAt - performance.now(), last) : answer;
      } catch (error) {
        last = error;
        const jitteredMs = pauseMs * (0.5 + Math.random());
        if (isFinal(error) || performance.now() + jitteredMs >= endsAt) throw error;
        // oxlint-disable-next-line no-await-in-loop -- the next try comes after the pause
        await delay(jitteredMs);
      }
    }
  }
}

/** Whether retrying cannot help: an error of this package, or an invalid clock reading. */
function isFinal(error: unknown): boolean {
  return error instanceof BudgetError || error instanceof RangeError;
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
