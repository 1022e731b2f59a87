// The pools of a tree as one thread knows them. Which there are, and all that changes rarely, is
// read anew when its stamp in the current slot has changed.

import { lowerThresholds } from "../core/thresholds.ts";
import { COLD, HEADER, HOT } from "./layout.ts";
import type { Layout } from "./layout.ts";
import { readCold, readHot, readLineage, readMade, writeCold, writeMade } from "./pool-cells.ts";
import { SharedPoolNode } from "./shared-pool-node.ts";
import type { PoolTree } from "./shared-pool-node.ts";
import type { SlotSwap } from "./slot-swap.ts";

/** The pools of a tree, by their places in the buffer. */
export class PoolDirectory {
  readonly #tree: PoolTree;
  readonly #cells: Float64Array;
  readonly #layout: Layout;
  readonly #nodes: SharedPoolNode[] = [];
  /** Whether the step makes a pool, and which. */
  adding = false;
  #added: SharedPoolNode | undefined;
  #coldAt = -1;
  /** How many places have been used, as of the slot that was read last. */
  count = 0;
  /** Whether any pool has thresholds. */
  watched = false;

  constructor(tree: PoolTree) {
    this.#tree = tree;
    this.#cells = tree.shared.cells;
    this.#layout = tree.shared.layout;
  }

  /** The pool at a place. */
  at(place: number): SharedPoolNode {
    const node = this.#nodes[place];
    if (node === undefined) throw new Error(`unreachable: there is no pool at ${place}`);
    return node;
  }

  /** The pool at a place, if there is one. */
  find(place: number): SharedPoolNode | undefined {
    return this.#nodes[place];
  }

  /** Brings the pools up to the slot at `at`. False when that was rewritten meanwhile. */
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
    // Names and settings are made of these cells, so they must be right at once.
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

  /** The pool at a place; another one than before when the place was given to another. */
  #nodeAt(place: number, cold: Float64Array, from: number): SharedPoolNode {
    const known = this.#nodes[place];
    const { born, parent, forgotten } = readLineage(cold, from);
    if (known?.born === born) return known;
    if (known !== undefined) this.#drop(known);
    const { settings, name } = readMade(cold, from);
    // A child may have been given a lower place than its parent: parents are made first.
    const above = parent < 0 ? undefined : this.#nodeAt(parent, cold, parent * COLD.cells);
    const node = new SharedPoolNode(this.#tree, place, born, name, settings, above);
    node.forgotten = forgotten;
    this.#enter(node);
    return node;
  }

  #enter(node: SharedPoolNode): void {
    this.#nodes[node.place] = node;
    // One that was removed is no longer a child: another may have its name by now.
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

  /** Reads what every request changes into a pool's state. */
  readHot(node: SharedPoolNode, at: number, stamp: number): void {
    readHot(this.#cells, at + node.hotCell, node.state);
    node.hotAt = stamp;
  }

  /** How many resets the tree has seen. */
  get resets(): number {
    return this.#nodes[0]?.state.tree.resets ?? 0;
  }

  set resets(resets: number) {
    const root = this.#nodes[0];
    if (root !== undefined) root.state.tree.resets = resets;
  }

  /** Within a step: a place for a new pool below `parent`; undefined when there is none. */
  freePlace(parent: SharedPoolNode | undefined): number | undefined {
    if (this.count < this.#layout.pools) return this.count;
    const lost = this.#nodes.filter((node) => node.lost);
    const used = this.#poolsInUse();
    // Nor may a pool take the place of one above it, which may have been removed itself.
    const parents = new Set([parent, ...this.#nodes.map((node) => node.parent)]);
    return lost.find((node) => !parents.has(node) && !used.has(node.place))?.place;
  }

  /** The places of pools with holds or waiters. */
  #poolsInUse(): Set<number> {
    const { queue, open } = this.#tree;
    const inUse = new Set<number>();
    for (let place = 0; place < open.table.places; place++) {
      if (open.isPlaceOpen(place) || queue.has(place)) inUse.add(open.table.poolOf(place));
    }
    this.#tree.lots.addPoolsTo(inUse);
    return inUse;
  }

  /** Within a step: a new pool. */
  add(node: SharedPoolNode): void {
    this.adding = true;
    this.#added = node;
  }

  /** How many places will have been used when the step stands. */
  get countAfterStep(): number {
    return Math.max(this.count, (this.#added?.place ?? -1) + 1);
  }

  /** Writes what changes rarely into the slot that the step makes. */
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

  /** The step stands that changed what rarely changes. */
  standCold(node: SharedPoolNode): void {
    node.coldChanged = false;
    if (node.forgotten) this.#leaveParent(node);
  }

  /** The step stands. */
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

  /** The step does not stand: what it changed is read anew. */
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
