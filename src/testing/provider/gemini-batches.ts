// Batches of the Gemini API: accepted at once, processed when they are first fetched, billed at
// half the price.

import type { Behavior, ReceivedRequest } from "./behavior.ts";
import { field, listIn } from "./format.ts";
import { geminiFormat } from "./gemini-format.ts";
import type { Work } from "./work.ts";

interface Batch {
  readonly name: string;
  readonly results: readonly object[];
  pollsLeft: number;
}

/** Does the work of one request of a batch, and bills it. */
type DoWork = (request: ReceivedRequest, behavior: Behavior) => Work;

/** The batches. */
export class GeminiBatches {
  readonly #batches = new Map<string, Batch>();
  readonly #work: DoWork;

  constructor(work: DoWork) {
    this.#work = work;
  }

  /** Answers a request that is about a batch; undefined for any other. */
  answer(request: ReceivedRequest, behavior: Behavior): object | undefined {
    if (request.path.includes(":batchGenerateContent")) return this.#make(request, behavior);
    const name = /\/(batches\/[^/:?]+)(?::cancel)?(?:\?|$)/.exec(request.path)?.[1] ?? "";
    const batch = this.#batches.get(name);
    if (batch === undefined) return undefined;
    batch.pollsLeft--;
    return operationOf(batch);
  }

  #make(request: ReceivedRequest, behavior: Behavior): object {
    const requests = listIn(field(request.body, "batch", "inputConfig", "requests"), "requests");
    const results = requests.map((each) => {
      const body = field(each, "request");
      const work = this.#work({ ...request, body, text: JSON.stringify(body) }, behavior);
      if ("refusal" in work) return { error: { code: 3, message: work.refusal.message } };
      return { response: geminiFormat.whole(work.answer, behavior, request) };
    });
    const name = `batches/${request.index}`;
    const batch = { name, results, pollsLeft: behavior.polls ?? 1 };
    this.#batches.set(name, batch);
    return operationOf({ ...batch, pollsLeft: Number.POSITIVE_INFINITY });
  }
}

function operationOf({ name, results, pollsLeft }: Batch): object {
  const isDone = pollsLeft < 0;
  const successful = results.filter((each) => "response" in each).length;
  const requestCount = String(results.length);
  return {
    name,
    metadata: {
      name,
      state: isDone ? "BATCH_STATE_SUCCEEDED" : "BATCH_STATE_RUNNING",
      ...(isDone && { output: { inlinedResponses: { inlinedResponses: results } } }),
      batchStats: {
        requestCount,
        ...(isDone && successful > 0 && { successfulRequestCount: String(successful) }),
      },
    },
    ...(isDone && {
      done: true,
      response: { inlinedResponses: { inlinedResponses: results } },
    }),
  };
}
