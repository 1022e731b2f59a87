// When a process has lines of a tree added to its sums: after thousands of its own commands.

const COMMANDS_MAX = 20_000;
const TREES_MAX = 10_000;

/** How many commands each tree was asked since its lines were last added to the sums. */
export class Unsummed {
  readonly #commands = new Map<string, number>();
  readonly #sumUp: (root: string) => Promise<void>;

  /** Calls `sumUp` when it is time, and waits for nothing. */
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
    // What fails here is done when sums are read.
    this.#sumUp(root).catch(() => undefined);
  }
}
