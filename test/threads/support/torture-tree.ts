// The trees of pools that the torture is about, and what is asked of them, as the threads and the
// reference model are told.

import type { ModelAmount, ModelOptions } from "../../../src/testing/index.ts";

/** One pool of a tree. The first one is the root; each other hangs below an earlier one. */
interface TorturePool extends ModelOptions {
  readonly name: string;
  readonly below: number;
  readonly caps: ModelAmount;
}

/** A tree, and what its threads do. */
export interface TortureTree {
  readonly pools: readonly TorturePool[];
  /** Which pools are asked. */
  readonly asked: readonly number[];
  /** The largest amounts, which take most of what is left. */
  readonly largest: number;
  /** Whether commits may go over, caps and generations change, and windows roll. */
  readonly lenient: boolean;
}

/** Small caps that are passed, changed and reset, under every overage policy, with windows. */
const lenient: TortureTree = {
  pools: [
    {
      name: "root",
      below: -1,
      caps: { tokens: 2000, nanoUsd: 9000 },
      overage: "allow",
      everyMs: 60,
    },
    { name: "a", below: 0, caps: { tokens: 1200, outputTokens: 700 } },
    { name: "b", below: 0, caps: { nanoUsd: 3500, calls: 60 }, overage: "throw" },
    { name: "x", below: 1, caps: { inputTokens: 400 }, overage: "reject", everyMs: 25 },
    { name: "y", below: 1, caps: { calls: 25 } },
  ],
  asked: [0, 1, 2, 3, 4],
  largest: 1000,
  lenient: true,
};

/** Caps that nothing may pass, asked at the leaves, and used up towards the end. */
const strict: TortureTree = {
  pools: [
    { name: "root", below: -1, caps: { tokens: 130_000, calls: 80_000 } },
    { name: "a", below: 0, caps: { tokens: 90_000, nanoUsd: 260_000 } },
    { name: "b", below: 0, caps: { nanoUsd: 140_000, calls: 42_000 } },
    { name: "x", below: 1, caps: { inputTokens: 25_000 } },
    { name: "y", below: 1, caps: { tokens: 50_000, calls: 33_000 } },
  ],
  asked: [2, 3, 4],
  largest: 40_000,
  lenient: false,
};

/** The trees by name. */
export const tortureTrees: Readonly<Record<"lenient" | "strict", TortureTree>> = {
  lenient,
  strict,
};

/** What a thread of the torture is started with. */
export interface TortureOrders {
  readonly tree: keyof typeof tortureTrees;
  readonly seed: number;
  readonly calls: number;
  readonly threads: number;
  /** See `SHARED`. */
  readonly shared: SharedArrayBuffer;
}

/** The words that the threads share beside the budget. */
export const SHARED = {
  nowMs: 0,
  /** How many threads stand at the gate; it opens when all of them do. */
  arrived: 1,
  gate: 2,
  /** Closed as long as the threads keep what they hold. */
  end: 3,
  words: 4,
} as const;

/** What a unit of a grant adds, `scale` times. */
export function unitOf(scale: number): ModelAmount {
  return { tokens: scale, outputTokens: scale, nanoUsd: 2 * scale };
}
