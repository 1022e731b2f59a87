// The server of a simulation: the books of one tree, one batch after another, each after its time
// on the network and at the server. Hosts are notified of recalls, as Redis does it.

import type { Command, Outcome, Store } from "../../src/stores/index.ts";
import { applyCommands } from "../../src/stores/books/apply.ts";
import type { OpenReservation } from "../../src/stores/books/books.ts";
import { MemoryBooks } from "../../src/stores/memory/memory-books.ts";
import type { Random } from "./random.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** What a server needs for what it is asked, in microseconds, and the network, in milliseconds. */
export interface Costs {
  /** A command of a plain reservation. */
  readonly commandUs: number;
  readonly drawUs: number;
  readonly askUs: number;
  readonly entryUs: number;
  /** One way, median. */
  readonly netMs: number;
}

/** Books without a ledger, in which no lease ends: no host of the table dies. */
class LeanBooks extends MemoryBooks {
  override append(): void {
    // Nothing is looked up again.
  }

  override expiredBy(): readonly OpenReservation[] {
    return [];
  }
}

/** The server that all hosts share. */
export class SimulatedServer {
  readonly books: MemoryBooks = new LeanBooks();
  readonly #time: VirtualTime;
  readonly #random: Random;
  readonly #costs: Costs;
  readonly #listeners = new Set<() => void>();
  #freeAt = 0;
  #recalledAt = -1;
  trips = 0;
  busyUs = 0;
  recalls = 0;

  constructor(time: VirtualTime, random: Random, costs: Costs) {
    this.#time = time;
    this.#random = random;
    this.#costs = costs;
  }

  /** The way of one host to it. */
  storeOfHost(): Store {
    return {
      batchesAtOnce: 4,
      commandsAtOnce: 512,
      execute: (_root, commands) => this.#execute(commands),
      paths: () => Promise.resolve([]),
      ledger: () => Promise.resolve([]),
      watch: (_root, listener) => {
        this.#listeners.add(listener);
        return Promise.resolve(async () => void this.#listeners.delete(listener));
      },
      close: () => Promise.resolve(),
    };
  }

  #execute(commands: readonly Command[]): Promise<readonly Outcome[]> {
    this.trips++;
    return new Promise((resolve) => {
      this.#time.after(this.#netMs(), () => {
        const us = commands.reduce((sum, command) => sum + this.#usOf(command), 0);
        this.busyUs += us;
        this.#freeAt = Math.max(this.#freeAt, this.#time.nowMs) + us / 1000;
        this.#time.after(this.#freeAt - this.#time.nowMs, () => {
          const outcomes = applyCommands(this.books, commands, this.#time.nowMs);
          this.#notify();
          this.#time.after(this.#netMs(), () => resolve(outcomes));
        });
      });
    });
  }

  #usOf(command: Command): number {
    const { commandUs, drawUs, askUs, entryUs } = this.#costs;
    if (command.kind !== "draw") return commandUs;
    return drawUs + command.asks.length * askUs + command.lines.length * entryUs;
  }

  #notify(): void {
    const recalledAt = this.books.pool("acme")?.slices?.recalledAt ?? -1;
    if (recalledAt === this.#recalledAt) return;
    this.#recalledAt = recalledAt;
    this.recalls++;
    for (const listener of this.#listeners) this.#time.after(this.#netMs(), listener);
  }

  /** One way, now and then twenty times as long. */
  #netMs(): number {
    const late = this.#random.next() < 0.001 ? 20 : 1;
    return this.#costs.netMs * this.#random.factor(0.35) * late;
  }
}
