import type { Command, StoredEntry, LedgerQuery, Outcome, Store } from "../../src/stores/index.ts";

/** What befalls one batch on its way to a store, or its answer on the way back. */
export type Fault = "none" | "ask lost" | "answer lost" | "twice" | "late" | "silence" | "stalled";

/** A store whose every batch meets the next fault of a plan; when that is over, none. */
export class FailingStore implements Store {
  readonly batchesAtOnce = 2;
  readonly commandsAtOnce: number;
  readonly #inner: Store;
  #plan: Fault[];
  #stalled: (() => void)[] = [];

  constructor(inner: Store, plan: readonly Fault[], commandsAtOnce = 100) {
    this.#inner = inner;
    this.#plan = [...plan];
    this.commandsAtOnce = commandsAtOnce;
  }

  /** Has the next batches meet these faults. */
  plan(faults: readonly Fault[]): void {
    this.#plan = [...faults];
  }

  /** Has all batches that were stalled arrive now. */
  resume(): void {
    for (const arrive of this.#stalled.splice(0)) arrive();
  }

  async execute(root: string, commands: readonly Command[]): Promise<readonly Outcome[]> {
    const fault = this.#plan.shift() ?? "none";
    if (fault === "ask lost") throw new Error("connection refused");
    if (fault === "silence") return await new Promise<never>(() => undefined);
    if (fault === "stalled") await new Promise<void>((arrive) => this.#stalled.push(arrive));
    if (fault === "late") await new Promise((resolve) => setTimeout(resolve, 3));
    if (fault === "twice") await this.#inner.execute(root, commands);
    const outcomes = await this.#inner.execute(root, commands);
    if (fault === "answer lost") throw new Error("connection reset");
    return outcomes;
  }

  paths(): Promise<readonly string[]> {
    return this.#inner.paths();
  }

  ledger(query: LedgerQuery): Promise<readonly StoredEntry[]> | undefined {
    return this.#inner.ledger(query);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}
