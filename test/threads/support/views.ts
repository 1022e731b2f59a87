import { BudgetPool } from "../../../src/index.ts";
import type { BudgetPoolOptions } from "../../../src/index.ts";
import { readRootSettings } from "../../../src/pool/options.ts";
import { systemClock } from "../../../src/pool/system-clock.ts";
import type { Capacity } from "../../../src/threads/index.ts";
import { createBuffer } from "../../../src/threads/shared-buffer.ts";
import { SharedTree } from "../../../src/threads/shared-tree.ts";
import { ThreadRows } from "../../../src/threads/thread-rows.ts";

/** What several threads would see of one buffer, in one thread: every interleaving can be had. */
export class Views {
  readonly #shared: ReturnType<typeof createBuffer>;
  readonly #rows: ThreadRows;
  readonly #options: BudgetPoolOptions;
  readonly trees: SharedTree[] = [];

  constructor(options: BudgetPoolOptions = {}, capacity: Partial<Capacity> = {}) {
    this.#shared = createBuffer({ threads: 8, pools: 8, reservations: 64, ...capacity }, 60_000);
    this.#rows = new ThreadRows(this.#shared);
    this.#options = options;
  }

  /** One more view, and its root. */
  open(): { tree: SharedTree; pool: BudgetPool } {
    const { clock = systemClock } = this.#options;
    const owner = this.#rows.take(1000 + this.trees.length);
    const tree = new SharedTree(this.#shared, this.#rows, owner, clock);
    if (this.trees.length === 0) tree.makeRoot("budget", readRootSettings(this.#options));
    else tree.find(0, 1);
    this.trees.push(tree);
    return { tree, pool: new BudgetPool(tree.root) };
  }
}

/** Does something between the work of a view's next step and its exchange, once. */
export function interpose(tree: SharedTree, meanwhile: () => void): void {
  tree.end = (changed) => {
    Reflect.deleteProperty(tree, "end");
    meanwhile();
    return tree.end(changed);
  };
}
