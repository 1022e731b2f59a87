// Batches of Anthropic messages: accepted at once, processed when they are first fetched, billed at
// half the price.

import { messagesFormat } from "./messages-format.ts";
import type { Behavior, ReceivedRequest } from "./behavior.ts";
import { field, listIn, stringIn } from "./format.ts";
import type { Work } from "./work.ts";

interface Batch {
  readonly id: string;
  readonly results: readonly Result[];
  pollsLeft: number;
}

interface Result {
  readonly custom_id: string;
  readonly result: object;
}

/** Does the work of one request of a batch, and bills it. */
type DoWork = (request: ReceivedRequest, behavior: Behavior) => Work;

/** The answer to a batch: JSON, or lines of it. */
export type BatchAnswer = { readonly body: object } | { readonly lines: readonly object[] };

const PATH = /\/messages\/batches(?:\/([^/?]+)(?:\/(results|cancel))?)?(?:\?|$)/;

/** The batches. */
export class MessageBatches {
  readonly #batches = new Map<string, Batch>();
  readonly #work: DoWork;

  constructor(work: DoWork) {
    this.#work = work;
  }

  /** Answers a request that is about a batch; undefined for any other. */
  answer(request: ReceivedRequest, behavior: Behavior, url: string): BatchAnswer | undefined {
    const match = PATH.exec(request.path);
    if (match === null) return undefined;
    const [, id, part] = match;
    if (id === undefined) return { body: this.#stateOf(this.#make(request, behavior), url) };
    const batch = this.#batches.get(id);
    if (batch === undefined) return undefined;
    if (part === "results") return { lines: batch.results };
    if (part === "cancel") batch.pollsLeft = 0;
    else batch.pollsLeft--;
    return { body: this.#stateOf(batch, url) };
  }

  #make(request: ReceivedRequest, behavior: Behavior): Batch {
    const id = `msgbatch_${request.index}`;
    const results = listIn(request.body, "requests").map((each) => {
      const params = field(each, "params");
      const one = { ...request, body: params, text: JSON.stringify(params) };
      const work = this.#work({ ...one, model: stringIn(params, "model") }, behavior);
      const result =
        "refusal" in work
          ? {
              type: "errored",
              error: messagesFormat.error(work.refusal.status, work.refusal.message),
            }
          : { type: "succeeded", message: messagesFormat.whole(work.answer, behavior, request) };
      return { custom_id: stringIn(each, "custom_id"), result };
    });
    const batch = { id, results, pollsLeft: behavior.polls ?? 1 };
    this.#batches.set(id, batch);
    return batch;
  }

  #stateOf({ id, results, pollsLeft }: Batch, url: string): object {
    const hasEnded = pollsLeft < 0;
    const succeeded = results.filter(({ result }) => "message" in result).length;
    const counts = { succeeded, errored: results.length - succeeded, processing: 0 };
    return {
      id,
      type: "message_batch",
      processing_status: hasEnded ? "ended" : "in_progress",
      request_counts: hasEnded ? counts : { processing: results.length, succeeded: 0, errored: 0 },
      results_url: hasEnded ? `${url}/v1/messages/batches/${id}/results` : null,
    };
  }
}
