// Decides when a process updates the sums of a tree: after thousands of its own commands.

const COMMANDS_MAX = 20_000;
const TREES_MAX = 10_000;

/** How many commands each tree got since its sums were last updated. */
export class Unsummed {
  readonly #commands = new Map<string, number>();
  readonly #sumUp: (root: string) => Promise<void>;

  /** Calls `sumUp` when it is due, without waiting for it. */
  constructor(sumUp: (root: string) => Promise<void>) {
    this.#sumUp = sumUp;
  }

  /** Counts commands on a tree. */
  count(root: string, commands: number): void {
    const unsummed = (this.#commands.get(root) ?? 0) + commands;
    if (unsummed < COMMANDS_MAX && this.#commands.size <= TREES_MAX) {
      this.#commands.set(root, unsummed);
      return;
    }
    this.#commands.clear();
    // If this fails, the sums are updated when they are read.
    this.#sumUp(root).catch(() => undefined);
  }
}
