// What a batch requests: the sum over its requests, each of which has the context window for
// itself, at the price of batches.

import type { CacheWrites, InputBound } from "./input-bound.ts";
import type { Asked } from "./wire.ts";

/** The common service of a batch. */
export const BATCH = "batch";
const NO_MODEL = "a request of the batch that names no model";

/** Returns what a batch of such requests requests; `besides`: what is unbounded in it. */
export function batchAsked(all: readonly Asked[], besides: readonly string[]): Asked {
  const models = [...new Set(all.map(({ model }) => model ?? ""))];
  const limits = all.map((asked) => outputOf(asked));
  const outputLimit = limits.reduce<number>((sum, limit) => sum + (limit ?? 0), 0);
  return {
    model: models.find((model) => model !== ""),
    otherModels: [
      ...new Set([
        ...models.filter((model) => model !== ""),
        ...all.flatMap((asked) => asked.otherModels),
      ]),
    ],
    streams: true,
    input: inputOf(all, [
      ...besides,
      ...(models.includes("") ? [NO_MODEL] : []),
      ...(limits.includes(undefined) ? ["a request of the batch without a limit of output"] : []),
    ]),
    cacheWrites: longest(all.map(({ cacheWrites }) => cacheWrites)),
    outputLimit,
    overshoot: { times: 1, plus: 0 },
    // The limits are those of its requests, and nothing shorter is written into them.
    outputLimitMin: outputLimit,
    choices: 1,
    isOutputHidden: true,
    outputMedia: [...new Set(all.flatMap(({ outputMedia }) => outputMedia))],
    service: { tier: BATCH, place: placeOf(all) },
    clarifications: [],
  };
}

/** The most that one request may be billed for; undefined where nothing limits it. */
function outputOf({ outputLimit, overshoot, choices }: Asked): number | undefined {
  // A limit of zero bounds what comes out too: nothing does.
  if (outputLimit === undefined || outputLimit === 0) return outputLimit;
  if (overshoot === "model maximum") return undefined;
  return (outputLimit * overshoot.times + overshoot.plus) * choices;
}

function inputOf(all: readonly Asked[], besides: readonly string[]): InputBound {
  const inputs = all.map(({ input }) => input);
  const sum = (of: (input: InputBound) => number): number =>
    inputs.reduce((total, input) => total + of(input), 0);
  const some = (of: (input: InputBound) => readonly string[]): readonly string[] => [
    ...new Set(inputs.flatMap(of)),
  ];
  const passing = some(({ passesFor }) => passesFor);
  const window = some(({ upToWindow }) => upToWindow);
  return {
    tokens: sum(({ tokens }) => tokens),
    hasMedia: inputs.some(({ hasMedia }) => hasMedia),
    isMany: true,
    // Each of them has the window for itself, and a bound of one window is none.
    upToWindow: [],
    passes: 1,
    passesFor: [],
    toolLimits: [],
    unbounded: [...some(({ unbounded }) => unbounded), ...passing, ...window, ...besides],
    unclear: some(({ unclear }) => unclear),
    searchesMax: sum(({ searchesMax }) => searchesMax),
    fileSearchesMax: sum(({ fileSearchesMax }) => fileSearchesMax),
    codeSessionsMax: sum(({ codeSessionsMax }) => codeSessionsMax),
    texts: () => inputs.flatMap((input) => input.texts()),
    besides: sum((input) => input.besides),
    spared: sum(({ spared }) => spared),
  };
}

function longest(writes: readonly CacheWrites[]): CacheWrites {
  return writes.includes("1h") ? "1h" : writes.includes("5m") ? "5m" : "none";
}

/** Where all are served; where they differ, what has the dearer price is asked for by one. */
function placeOf(all: readonly Asked[]): string | undefined {
  return all.map(({ service }) => service.place).find((place) => place !== undefined);
}
