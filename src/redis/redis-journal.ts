// R18. The journals of refusals of a prefix.

import type { TreeHead } from "../stores/contract/events.ts";
import {
  countNamed,
  countNameOf,
  firstMinuteKept,
  keptRefusalOf,
  refusalText,
} from "../stores/contract/refusals.ts";
import type {
  RefusalBatch,
  RefusalCount,
  RefusalJournal,
  RefusalsKept,
  RefusalsQuery,
} from "../stores/contract/refusals.ts";
import { ADD_REFUSALS, READ_REFUSALS, TREE_HEADS } from "./lua/scripts.ts";
import type { LuaScript } from "./lua/scripts.ts";

const MINUTE_MS = 60_000;

/** Calls a script on the server of a tree. */
type Call = (
  root: string,
  script: LuaScript,
  keys: readonly string[],
  words: readonly string[],
) => Promise<readonly string[]>;

/** The journals under one prefix. */
export class RedisJournal implements RefusalJournal {
  readonly #baseOf: (root: string) => string;
  readonly #call: Call;

  /** `baseOf` returns the prefix of the keys of a tree. */
  constructor(baseOf: (root: string) => string, call: Call) {
    this.#baseOf = baseOf;
    this.#call = call;
  }

  async add(root: string, { at, lines, counts }: RefusalBatch): Promise<void> {
    const words = [
      String(firstMinuteKept(at)),
      JSON.stringify(lines.map((line) => refusalText(line))),
      JSON.stringify(
        counts.map((each) => [`${each.minute} ${countNameOf(each)}`, String(each.count)]),
      ),
    ];
    await this.#call(root, ADD_REFUSALS, this.#keysOf(root), words);
  }

  async read({ root, after, sinceMs }: RefusalsQuery): Promise<RefusalsKept> {
    const keys = this.#keysOf(root);
    const [count, ...texts] = await this.#call(root, READ_REFUSALS, keys, [String(after)]);
    const linesEnd = 2 * Number(count);
    const lines = pairsOf(texts.slice(0, linesEnd))
      .map(([number, text]) => keptRefusalOf(Number(number), text))
      .filter(({ at }) => at >= sinceMs);
    const counts = pairsOf(texts.slice(linesEnd)).flatMap(([name, number]) =>
      countOf(name, number),
    );
    const newest = counts.reduce((last, { minute }) => Math.max(last, minute), 0);
    const from = Math.max(sinceMs - MINUTE_MS + 1, firstMinuteKept(newest));
    return { lines, counts: counts.filter(({ minute }) => minute >= from) };
  }

  /** Returns the last numbers of trees, of several with one call. */
  async heads(roots: readonly string[], atOnce: number): Promise<readonly TreeHead[]> {
    const calls: Promise<readonly TreeHead[]>[] = [];
    for (let first = 0; first < roots.length; first += atOnce)
      calls.push(this.#headsOf(roots.slice(first, first + atOnce)));
    return (await Promise.all(calls)).flat();
  }

  async #headsOf(roots: readonly string[]): Promise<readonly TreeHead[]> {
    const bases = roots.map((root) => this.#baseOf(root));
    const keys = bases.flatMap((base) => [`${base}:tree`, `${base}:refusals`]);
    const numbers = await this.#call(roots[0] ?? "", TREE_HEADS, keys, []);
    return roots.map((root, at) => ({
      root,
      lines: Number(numbers[2 * at]),
      refusals: Number(numbers[2 * at + 1]),
    }));
  }

  #keysOf(root: string): readonly string[] {
    const base = this.#baseOf(root);
    return [`${base}:refusals`, `${base}:refused`];
  }
}

function pairsOf(texts: readonly string[]): readonly (readonly [string, string])[] {
  const pairs: [string, string][] = [];
  for (let at = 0; at + 1 < texts.length; at += 2)
    pairs.push([texts[at] ?? "", texts[at + 1] ?? ""]);
  return pairs;
}

/** The field that counts additions has no number. */
function countOf(name: string, number: string): readonly RefusalCount[] {
  const end = name.indexOf(" ");
  if (end === -1) return [];
  return [countNamed(Number(name.slice(0, end)), name.slice(end + 1), Number(number))];
}
