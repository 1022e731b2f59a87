// R18. Journals of refusals in the memory of one process.

import {
  countNamed,
  countNameOf,
  firstMinuteKept,
  REFUSAL_COUNTS_KEPT,
  REFUSALS_KEPT,
} from "../contract/refusals.ts";
import type {
  KeptRefusal,
  RefusalBatch,
  RefusalJournal,
  RefusalsKept,
  RefusalsQuery,
} from "../contract/refusals.ts";

interface Tree {
  lines: readonly KeptRefusal[];
  /** By minute, by what is counted together. */
  readonly counts: Map<number, Map<string, number>>;
}

/** The journals of all trees of a store. */
export class MemoryJournal implements RefusalJournal {
  readonly #trees = new Map<string, Tree>();

  async add(root: string, { at, lines, counts }: RefusalBatch): Promise<void> {
    let tree = this.#trees.get(root);
    if (tree === undefined) this.#trees.set(root, (tree = { lines: [], counts: new Map() }));
    const last = this.lastOf(root);
    const added = lines.map((line, index) => ({ ...line, seq: last + index + 1 }));
    tree.lines = [...tree.lines, ...added].slice(-REFUSALS_KEPT);
    for (const counted of counts) {
      const { minute, count } = counted;
      let names = tree.counts.get(minute);
      if (names === undefined) tree.counts.set(minute, (names = new Map()));
      const name = countNameOf(counted);
      names.set(name, (names.get(name) ?? 0) + count);
    }
    const minutes = [...tree.counts.keys()].toSorted((one, other) => other - one);
    let kept = 0;
    for (const minute of minutes) {
      if (minute < firstMinuteKept(at) || kept >= REFUSAL_COUNTS_KEPT) tree.counts.delete(minute);
      else kept += tree.counts.get(minute)?.size ?? 0;
    }
  }

  async read({ root, after, sinceMs }: RefusalsQuery): Promise<RefusalsKept> {
    const tree = this.#trees.get(root);
    const lines = (tree?.lines ?? []).filter(({ seq, at }) => seq > after && at >= sinceMs);
    const counts = [...(tree?.counts ?? [])].flatMap(([minute, names]) =>
      minute + 60_000 > sinceMs
        ? [...names].map(([name, count]) => countNamed(minute, name, count))
        : [],
    );
    return { lines, counts };
  }

  /** The number of the last refusal of a tree. */
  lastOf(root: string): number {
    return this.#trees.get(root)?.lines.at(-1)?.seq ?? 0;
  }

  /** The roots of trees that have a journal. */
  roots(): readonly string[] {
    return [...this.#trees.keys()];
  }
}
