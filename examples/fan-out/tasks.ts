// The part to copy: how a task asks for room before it calls the model, and settles afterwards.

import { BudgetExceeded } from "token-budget";
import type { Amount, AmountView, BudgetPool, Reservation } from "token-budget";
import { countTokens, ModelFailed } from "./provider.ts";
import type { Provider, Usage } from "./provider.ts";
import type { Tally, Way } from "./tally.ts";

// Dollars per million tokens. Prices of up to three decimals are whole nano-dollars a token, so every sum is exact.
const INPUT_PRICE = 3;
const OUTPUT_PRICE = 15;

const WAIT_MS = 2500;

export interface Task {
  readonly id: string;
  readonly way: Way;
  readonly prompt: string;
  readonly maxTokens: number;
}

/** The amount of a call: its tokens, and what they cost. */
export function amountOf({ inputTokens, outputTokens }: Usage): AmountView {
  const usd = (inputTokens * INPUT_PRICE + outputTokens * OUTPUT_PRICE) / 1_000_000;
  return { tokens: inputTokens + outputTokens, inputTokens, outputTokens, usd, calls: 1 };
}

/** Tasks that share a pool, a provider and a tally. */
export class Tasks {
  readonly #pool: BudgetPool;
  readonly #provider: Provider;
  readonly #tally: Tally;

  constructor(pool: BudgetPool, provider: Provider, tally: Tally) {
    this.#pool = pool;
    this.#provider = provider;
    this.#tally = tally;
  }

  /** Does one task. No room, or a model that fails, is expected and only counted. */
  async do(task: Task): Promise<void> {
    const answers = this.#tally.answers[task.way];
    answers.asked++;
    try {
      await this.#ask(task);
    } catch (error) {
      if (BudgetExceeded.is(error)) answers[error.reason]++;
      else if (!(error instanceof ModelFailed)) throw error;
      else if (error.usage === undefined) this.#tally.releasedAfterFailure++;
    }
  }

  #ask(task: Task): Promise<void> {
    // The worst case: the input is known, and the output cannot be longer than the model is allowed to write.
    const inputTokens = countTokens(task.prompt);
    const worstCase = amountOf({ inputTokens, outputTokens: task.maxTokens });
    const ways: Readonly<Record<Way, () => Promise<void>>> = {
      reserve: () => this.#now(task, worstCase),
      tryReserve: () => this.#ifThereIsRoom(task, worstCase),
      reserveWhenFree: () => this.#whenFree(task, worstCase),
      reserveUpTo: () => this.#asLongAsFits(task, inputTokens),
      run: () => this.#inOne(task, worstCase),
    };
    return ways[task.way]();
  }

  /** Refused at once when there is no room: `reserve` throws `BudgetExceeded`. */
  async #now(task: Task, worstCase: Amount): Promise<void> {
    using hold = this.#pool.reserve(worstCase);
    await this.#callModel(hold, task);
  }

  /** The same without an exception, for work that is left out when there is no room. */
  async #ifThereIsRoom(task: Task, worstCase: Amount): Promise<void> {
    using hold = this.#pool.tryReserve(worstCase);
    // The reason is not told here; `check`, asked in the same breath, still sees the same books.
    const refusal = hold === undefined ? this.#pool.check(worstCase) : undefined;
    if (refusal !== undefined) this.#tally.answers[task.way][refusal.reason]++;
    // Await in here: with `return this.#callModel(…)` the hold would be released as soon as the call has begun.
    if (hold !== undefined) await this.#callModel(hold, task);
  }

  /** Waits in line while others hold the room; refused when it is gone for good, or after a while. */
  async #whenFree(task: Task, worstCase: Amount): Promise<void> {
    using hold = await this.#pool.reserveWhenFree(worstCase, { timeoutMs: WAIT_MS });
    await this.#callModel(hold, task);
  }

  /** Takes a shorter summary when there is no room for a long one: `units` is the limit to give to the model. */
  async #asLongAsFits(task: Task, inputTokens: number): Promise<void> {
    using hold = this.#pool.reserveUpTo({
      fixed: amountOf({ inputTokens, outputTokens: 0 }),
      unit: { ...amountOf({ inputTokens: 0, outputTokens: 1 }), calls: 0 },
      min: 60,
      max: task.maxTokens,
    });
    await this.#callModel(hold, { ...task, maxTokens: hold.units });
  }

  /** Reserves, calls and releases in one; `wait` makes it wait in line. */
  async #inOne(task: Task, worstCase: Amount): Promise<void> {
    const wait = { timeoutMs: WAIT_MS };
    await this.#pool.run(worstCase, (hold) => this.#callModel(hold, task), { wait });
  }

  /** Calls the model and commits what it charged for. What is not committed here, the caller's `using` releases. */
  async #callModel(hold: Reservation, { id, way, prompt, maxTokens }: Task): Promise<void> {
    this.#tally.answers[way].admitted++;
    try {
      const { usage } = await this.#provider.complete({ id, prompt, maxTokens });
      this.#tally.settled(hold.commit(amountOf(usage)), false);
    } catch (error) {
      const usage = error instanceof ModelFailed ? error.usage : undefined;
      if (usage !== undefined) this.#tally.settled(hold.commit(amountOf(usage)), true);
      throw error;
    }
  }
}
