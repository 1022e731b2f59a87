// Batches of Anthropic messages: many requests at once, worked on within a day at half the price.
// Their results, which tell the usage of each, are fetched later.
// https://platform.claude.com/docs/en/build-with-claude/batch-processing

import { objectReader } from "../stream/json-objects.ts";
import { batchAsked } from "../batch-asked.ts";
import { BatchReading } from "../batch-reading.ts";
import { inputBytesOf } from "../input-bound.ts";
import { at, countAt, fieldOf, listAt, textAt, typeOf } from "../json/untrusted.ts";
import type { WorkUnderWay } from "../wire-usage.ts";
import type { Asked, Wire, WireRequest } from "../wire.ts";
import { anthropicMessages } from "./messages.ts";
import { AnthropicMessagesReading } from "./messages-usage.ts";

/** Batches of Anthropic messages. */
export const anthropicBatches: Wire = {
  name: "anthropic-batches",
  settings: [],
  // Results are lines of objects.
  objects: objectReader,
  asked(request): Asked {
    const all = requestsOf(request).map((each) => anthropicMessages.asked(each));
    return batchAsked(all, unknownFields(request.body));
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

/** Reads what is said of a batch, and its results. */
class AnthropicBatchReading extends BatchReading {
  read(message: unknown): void {
    if (typeOf(message) === "error") this.hasError = true;
    else if (typeOf(message) === "message_batch") this.batch = message;
    else if (at(message, "result") !== undefined) this.#result(fieldOf(message, "result"));
  }

  protected progress(batch: unknown): Omit<WorkUnderWay, "id"> {
    const hasEnded = textAt(batch, "processing_status") === "ended";
    return { isOver: hasEnded && countAt(batch, "request_counts", "succeeded") === 0 };
  }

  /** One result; what has failed, was given up or came too late is not billed. */
  #result(result: unknown): void {
    this.hasResults = true;
    if (typeOf(result) !== "succeeded") return;
    const reading = new AnthropicMessagesReading(this.provider);
    reading.read(fieldOf(result, "message"), "message");
    this.add(reading.usage());
  }
}
