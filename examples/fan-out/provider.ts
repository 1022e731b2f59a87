// A model provider, simulated. It knows nothing of budgets and shares no code with the pool: it counts what it did in
// integers of its own and sends the bill at the end, as a real one does.

import { setTimeout as delay } from "node:timers/promises";
import { Random } from "./random.ts";

/** The most that the model writes when a request sets no limit. */
export const OUTPUT_TOKENS_MAX = 128_000;

const INPUT_NANO_USD = 3_000n; // $3 per million tokens
const OUTPUT_NANO_USD = 15_000n; // $15 per million tokens

const FAILS_BEFORE_WORK = 0.06;
const FAILS_AFTER_WORK = 0.05;
const DISOBEYS = 0.1;

export interface Request {
  readonly id: string;
  readonly prompt: string;
  readonly maxTokens: number;
}

export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export interface Answer {
  readonly text: string;
  readonly usage: Usage;
}

/** What the provider charges for, all told. */
export interface Bill {
  readonly calls: bigint;
  readonly inputTokens: bigint;
  readonly outputTokens: bigint;
  readonly nanoUsd: bigint;
}

/** A call that failed. With `usage` the provider had worked by then, and charges for it. */
export class ModelFailed extends Error {
  override readonly name = "ModelFailed";
  readonly usage: Usage | undefined;

  constructor(message: string, usage?: Usage) {
    super(message);
    this.usage = usage;
  }
}

/** The tokenizer of this model: four UTF-16 code units are a token, what is left over is one more. */
export function countTokens(text: string): number {
  return Math.ceil(text.length / 4);
}

export class Provider {
  readonly #seed: number;
  readonly #queue: (() => void)[] = [];
  #slots: number;
  #bill: Bill = { calls: 0n, inputTokens: 0n, outputTokens: 0n, nanoUsd: 0n };

  /** Serves `concurrency` calls at a time; others queue. What a call comes to depends on the seed and its id. */
  constructor(seed: number, concurrency: number) {
    this.#seed = seed;
    this.#slots = concurrency;
  }

  /** Everything that was charged up to now. */
  get bill(): Bill {
    return this.#bill;
  }

  /** Puts a prompt into the provider's cache: no output, no waiting, and it does not fail. */
  cache(prompt: string): Usage {
    return this.#charge(countTokens(prompt), 0);
  }

  /** Answers a prompt, slowly, and not always. */
  async complete(request: Request): Promise<Answer> {
    await this.#enter();
    try {
      return await this.#work(request);
    } finally {
      this.#leave();
    }
  }

  async #work({ id, prompt, maxTokens }: Request): Promise<Answer> {
    const random = new Random(`${this.#seed}/call/${id}`);
    if (random.chance(FAILS_BEFORE_WORK)) {
      await delay(random.between(2, 20));
      throw new ModelFailed("503: the model is overloaded");
    }
    const wanted = Math.max(1, Math.round(random.logNormal(170, 0.6)));
    const obeyed = Math.min(wanted, maxTokens);
    // Now and then the model rambles on and does not stop at the limit.
    const written = random.chance(DISOBEYS) ? wanted * 2 : obeyed;
    await delay(40 + Math.min(written, 600) * random.between(0.8, 1.5));
    const inputTokens = countTokens(prompt);
    if (random.chance(FAILS_AFTER_WORK)) {
      const partial = Math.ceil(obeyed * random.next());
      throw new ModelFailed("The stream was cut", this.#charge(inputTokens, partial));
    }
    return { text: firstSentence(prompt), usage: this.#charge(inputTokens, written) };
  }

  #charge(inputTokens: number, outputTokens: number): Usage {
    const bill = this.#bill;
    const nanoUsd = BigInt(inputTokens) * INPUT_NANO_USD + BigInt(outputTokens) * OUTPUT_NANO_USD;
    this.#bill = {
      calls: bill.calls + 1n,
      inputTokens: bill.inputTokens + BigInt(inputTokens),
      outputTokens: bill.outputTokens + BigInt(outputTokens),
      nanoUsd: bill.nanoUsd + nanoUsd,
    };
    return { inputTokens, outputTokens };
  }

  async #enter(): Promise<void> {
    if (this.#slots > 0) this.#slots--;
    else await new Promise<void>((resolve) => this.#queue.push(resolve));
  }

  #leave(): void {
    const next = this.#queue.shift();
    if (next === undefined) this.#slots++;
    else next();
  }
}

function firstSentence(text: string): string {
  return text.trim().split(/(?<=[.!?])\s|\n\n/, 1)[0] ?? "";
}
