// Batches of Anthropic messages: many requests at once, worked on within a day at half the price.
// Their results, which tell the usage of each, are fetched later.
// https://platform.claude.com/docs/en/build-with-claude/batch-processing

import { inputBytesOf } from "../input-bound.ts";
import type { CacheWrites, InputBound } from "../input-bound.ts";
import { at, countAt, fieldOf, listAt, textAt, typeOf } from "../json/untrusted.ts";
import type { Provider } from "../provider.ts";
import type { AnswerReading, ModelPass, WireUsage, WorkUnderWay } from "../wire-usage.ts";
import type { Asked, Wire, WireRequest } from "../wire.ts";
import { anthropicMessages } from "./messages.ts";
import { AnthropicMessagesReading } from "./messages-usage.ts";

/** What all of a batch is served as. */
const BATCH = "batch";
const NO_MODEL = "a request of the batch that names no model";

/** Batches of Anthropic messages. */
export const anthropicBatches: Wire = {
  name: "anthropic-batches",
  settings: [],
  // Results are lines of objects.
  streamsObjects: true,
  asked(request): Asked {
    const all = requestsOf(request).map((each) => anthropicMessages.asked(each));
    const models = [...new Set(all.map(({ model }) => model ?? ""))];
    const limits = all.map((asked) => outputOf(asked));
    const outputLimit = limits.reduce<number>((sum, limit) => sum + (limit ?? 0), 0);
    return {
      model: models.find((model) => model !== ""),
      otherModels: models.filter((model) => model !== ""),
      streams: true,
      input: inputOf(all, [
        ...unknownFields(request.body),
        ...(models.includes("") ? [NO_MODEL] : []),
        ...(limits.includes(undefined) ? ["a request of the batch without max_tokens"] : []),
      ]),
      cacheWrites: longest(all.map(({ cacheWrites }) => cacheWrites)),
      outputLimit,
      overshoot: { times: 1, plus: 0 },
      // The limits are those of its requests, and nothing shorter is written into them.
      outputLimitMin: outputLimit,
      choices: 1,
      isOutputHidden: true,
      outputMedia: [],
      service: { tier: BATCH, place: placeOf(all) },
      clarifications: [],
    };
  },
  limitEdits: () => [],
  reading: (provider) => new AnthropicBatchReading(provider),
  refusal: (notice) => anthropicMessages.refusal(notice),
};

function requestsOf({ body, url, provider }: WireRequest): WireRequest[] {
  return listAt(body, "requests").map((request) => {
    const params = fieldOf(request, "params");
    const read = typeof params === "object" && params !== null ? params : {};
    const text = JSON.stringify(read);
    return { body: read, text, bytes: inputBytesOf(text), url, provider };
  });
}

/** A batch has requests and nothing besides. */
function unknownFields(body: object): readonly string[] {
  return Object.keys(body)
    .filter((name) => name !== "requests")
    .map((name) => `the field ${name.slice(0, 40)}, which is not known`);
}

/** The most that one request may be billed for; undefined where nothing limits it. */
function outputOf({ outputLimit, overshoot }: Asked): number | undefined {
  if (outputLimit === undefined || overshoot === "model maximum") return undefined;
  return outputLimit * overshoot.times + overshoot.plus;
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

/** Reads what is said of a batch, and its results. */
class AnthropicBatchReading implements AnswerReading {
  readonly outputBytes = 0;
  readonly hidesOutput = true;
  readonly awaitsUsage = false;
  hasError = false;
  readonly #provider: Provider;
  readonly #passes: ModelPass[] = [];
  readonly #doubts = new Set<string>();
  #isWhole = true;
  #batch: unknown;
  #hasResults = false;

  constructor(provider: Provider) {
    this.#provider = provider;
  }

  read(message: unknown): void {
    if (typeOf(message) === "error") this.hasError = true;
    else if (typeOf(message) === "message_batch") this.#batch = message;
    else if (at(message, "result") !== undefined) this.#result(fieldOf(message, "result"));
  }

  done(): void {}

  get later(): WorkUnderWay | undefined {
    if (this.#hasResults) return { id: "", isOver: true };
    const id = textAt(this.#batch, "id");
    if (id === undefined) return undefined;
    const hasEnded = textAt(this.#batch, "processing_status") === "ended";
    const isFree = hasEnded && countAt(this.#batch, "request_counts", "succeeded") === 0;
    return { id, isOver: isFree };
  }

  usage(): WireUsage | undefined {
    if (this.later?.isOver !== true) return undefined;
    return {
      usage: {},
      passes: this.#passes,
      isWhole: this.#isWhole,
      doubts: [...this.#doubts],
      model: undefined,
      service: { tier: BATCH },
      reportedUsd: undefined,
    };
  }

  /** One result; what has failed, was given up or came too late is not billed. */
  #result(result: unknown): void {
    this.#hasResults = true;
    if (typeOf(result) !== "succeeded") return;
    const reading = new AnthropicMessagesReading(this.#provider);
    reading.read(fieldOf(result, "message"), "message");
    const reported = reading.usage();
    this.#isWhole &&= reported?.isWhole === true;
    if (reported === undefined) return;
    this.#passes.push({ model: reported.model, usage: reported.usage }, ...reported.passes);
    for (const doubt of reported.doubts) this.#doubts.add(doubt);
  }
}
