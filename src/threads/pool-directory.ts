// The pools of a tree as one thread knows them. The list of pools, and whatever changes rarely, is
// read again when its stamp in the current slot has changed.

import { lowerThresholds } from "../core/thresholds.ts";
import { COLD, HEADER, HOT } from "./layout.ts";
import type { Layout } from "./layout.ts";
import { readCold, readHot, readLineage, readMade, writeCold, writeMade } from "./pool-cells.ts";
import { SharedPoolNode } from "./shared-pool-node.ts";
import type { PoolTree } from "./shared-pool-node.ts";
import type { SlotSwap } from "./slot-swap.ts";

/** The pools of a tree, by index. */
export class PoolDirectory {
  readonly #tree: PoolTree;
  readonly #cells: Float64Array;
  readonly #layout: Layout;
  readonly #nodes: SharedPoolNode[] = [];
  /** Whether the step creates a pool, and its index. */
  adding = false;
  #added: SharedPoolNode | undefined;
  #coldAt = -1;
  /** How many indexes were ever used, according to the last slot. */
  count = 0;
  /** Whether any pool has thresholds. */
  watched = false;

  constructor(tree: PoolTree) {
    this.#tree = tree;
    this.#cells = tree.shared.cells;
    this.#layout = tree.shared.layout;
  }

  /** Returns the pool at an index. */
  at(place: number): SharedPoolNode {
    const node = this.#nodes[place];
    if (node === undefined) throw new Error(`unreachable: there is no pool at ${place}`);
    return node;
  }

  /** Returns the pool at an index, or undefined. */
  find(place: number): SharedPoolNode | undefined {
    return this.#nodes[place];
  }

  /** Reads the pools of the slot at `at`. Returns false if the slot was rewritten meanwhile. */
  read(at: number, swap: SlotSwap): boolean {
    this.count = this.#cells[at + HEADER.pools]! | 0;
    const stamp = this.#cells[at + HEADER.coldAt]!;
    return stamp === this.#coldAt || this.#readAll(at, stamp, swap);
  }

  #readAll(at: number, stamp: number, swap: SlotSwap): boolean {
    const { coldAtCell, coldCell, hotCell } = this.#layout;
    const { count } = this;
    const hot = this.#cells.slice(at + hotCell, at + hotCell + count * HOT.cells);
    const stamps = this.#cells.slice(at + coldAtCell, at + coldAtCell + count);
    const cold = this.#cells.slice(at + coldCell, at + coldCell + count * COLD.cells);
    // Names and settings are parsed from these cells, so they must be consistent now.
    if (!swap.confirm()) return false;
    for (let place = 0; place < count; place++) {
      const from = place * COLD.cells;
      const node = this.#nodeAt(place, cold, from);
      if (node.coldAt === stamps[place]) continue;
      readCold(cold, from, node.state);
      node.coldAt = stamps[place]!;
      node.forgotten = readLineage(cold, from).forgotten;
      if (node.forgotten) this.#leaveParent(node);
      if (node.state.thresholds.length === 0) continue;
      readHot(hot, place * HOT.cells, node.state);
      lowerThresholds(node.state);
      node.hotAt = -1;
    }
    this.#coldAt = stamp;
    return true;
  }

  /** Reads the pool at an index, which may be another one than before. */
  #nodeAt(place: number, cold: Float64Array, from: number): SharedPoolNode {
    const known = this.#nodes[place];
    const { born, parent, forgotten } = readLineage(cold, from);
    if (known?.born === born) return known;
    if (known !== undefined) this.#drop(known);
    const { settings, name } = readMade(cold, from);
    // A child may have a lower index than its parent, and parents must be read first.
    const above = parent < 0 ? undefined : this.#nodeAt(parent, cold, parent * COLD.cells);
    const node = new SharedPoolNode(this.#tree, place, born, name, settings, above);
    node.forgotten = forgotten;
    this.#enter(node);
    return node;
  }

  #enter(node: SharedPoolNode): void {
    this.#nodes[node.place] = node;
    // A removed pool is no longer a child: another pool may have its name.
    if (!node.forgotten) node.parent?.children.set(node.name, node);
    if (node.settings.thresholds.length > 0) this.watched = true;
  }

  #drop(node: SharedPoolNode): void {
    node.gone = true;
    this.#leaveParent(node);
  }

  #leaveParent(node: SharedPoolNode): void {
    const siblings = node.parent?.children;
    if (siblings?.get(node.name) === node) siblings.delete(node.name);
  }

  /** Reads the cells that every request changes into a pool's state. */
  readHot(node: SharedPoolNode, at: number, stamp: number): void {
    readHot(this.#cells, at + node.hotCell, node.state);
    node.hotAt = stamp;
  }

  /** How many resets the tree has counted. */
  get resets(): number {
    return this.#nodes[0]?.state.tree.resets ?? 0;
  }

  set resets(resets: number) {
    const root = this.#nodes[0];
    if (root !== undefined) root.state.tree.resets = resets;
  }

  /** Within a step: returns the index for a new pool below `parent`; undefined if none is free. */
  freePlace(parent: SharedPoolNode | undefined): number | undefined {
    if (this.count < this.#layout.pools) return this.count;
    const lost = this.#nodes.filter((node) => node.lost);
    const used = this.#poolsInUse();
    // A pool must not get the index of a pool above it either, which may have been removed.
    const parents = new Set([parent, ...this.#nodes.map((node) => node.parent)]);
    return lost.find((node) => !parents.has(node) && !used.has(node.place))?.place;
  }

  /** The indexes of pools with holds or waiters. */
  #poolsInUse(): Set<number> {
    const { queue, open } = this.#tree;
    const inUse = new Set<number>();
    for (let place = 0; place < open.table.places; place++) {
      if (open.isPlaceOpen(place) || queue.has(place)) inUse.add(open.table.poolOf(place));
    }
    this.#tree.lots.addPoolsTo(inUse);
    return inUse;
  }

  /** Within a step: adds a new pool. */
  add(node: SharedPoolNode): void {
    this.adding = true;
    this.#added = node;
  }

  /** How many indexes will have been used once the step takes effect. */
  get countAfterStep(): number {
    return Math.max(this.count, (this.#added?.place ?? -1) + 1);
  }

  /** Writes the cells that change rarely into the step's slot. */
  writeCold(node: SharedPoolNode, at: number, stamp: number): void {
    const { coldAtCell, coldCell } = this.#layout;
    const to = at + coldCell + node.place * COLD.cells;
    const { born, forgotten, parent } = node;
    writeCold(this.#cells, to, node.state, { born, forgotten, parent: parent?.place ?? -1 });
    if (node === this.#added) writeMade(this.#cells, to, node.settings, node.name);
    this.#cells[at + coldAtCell + node.place] = stamp;
    this.#cells[at + HEADER.coldAt] = stamp;
    node.coldAt = stamp;
    this.#coldAt = stamp;
  }

  /** Called when a step that changed such cells has taken effect. */
  standCold(node: SharedPoolNode): void {
    node.coldChanged = false;
    if (node.forgotten) this.#leaveParent(node);
  }

  /** Called when the step has taken effect. */
  stand(): void {
    const added = this.#added;
    if (added === undefined) return;
    const before = this.#nodes[added.place];
    if (before !== undefined) this.#drop(before);
    this.count = this.countAfterStep;
    this.#enter(added);
    this.adding = false;
    this.#added = undefined;
  }

  /** Called when the step was discarded: its changes are read again. */
  discard(node: SharedPoolNode): void {
    node.hotAt = -1;
    if (!node.coldChanged) return;
    node.coldChanged = false;
    node.coldAt = -1;
    this.#coldAt = -1;
    this.adding = false;
    this.#added = undefined;
  }
}
