// Batches of OpenAI's: a file of requests, worked on within a day at half the price. Another file,
// which is fetched later, tells the usage of each.
// https://platform.openai.com/docs/api-reference/batch

import { objectReader } from "../stream/json-objects.ts";
import { batchAsked } from "../batch-asked.ts";
import { BatchReading } from "../batch-reading.ts";
import { fieldsOf, tallyFields } from "../fields.ts";
import type { Fields } from "../fields.ts";
import { InputTally } from "../input-bound.ts";
import { countAt, fieldOf, has, textAt } from "../json/untrusted.ts";
import type { AnswerReading, WorkUnderWay } from "../wire-usage.ts";
import type { Asked, Wire } from "../wire.ts";
import { OpenaiChatReading } from "./chat-usage.ts";
import { openaiCompletions } from "./completions.ts";
import { openaiEmbeddings } from "./embeddings.ts";
import { openaiRefusal } from "./parts.ts";
import { OpenaiResponsesReading } from "./responses-usage.ts";

const FIELDS: Fields = {
  ...fieldsOf("read", ["input_file_id", "endpoint"]),
  ...fieldsOf("steers", ["completion_window", "metadata", "output_expires_after"]),
};

/** `/batches`: what the file asks for that was uploaded before. */
export const openaiBatches: Wire = {
  name: "openai-batches",
  settings: [],
  // Results are lines of objects.
  objects: objectReader,
  asked({ body, bytes, uploaded = batchAsked([], []) }): Asked {
    const tally = new InputTally();
    tallyFields(body, FIELDS, undefined, tally);
    const { unbounded } = tally.bound(body, bytes);
    const { input } = uploaded;
    return { ...uploaded, input: { ...input, unbounded: [...input.unbounded, ...unbounded] } };
  },
  limitEdits: () => [],
  reading: (provider) => new OpenaiBatchReading(provider),
  refusal: openaiRefusal,
};

/** States in which a batch is final. */
const FINAL: ReadonlySet<string> = new Set(["completed", "failed", "expired", "cancelled"]);
const SUCCESS = 200;

/** Reads what is said of a batch, and its results. */
class OpenaiBatchReading extends BatchReading {
  read(message: unknown): void {
    if (fieldOf(message, "object") === "batch") this.batch = message;
    else if (has(message, "custom_id") && has(message, "response"))
      this.#result(fieldOf(message, "response"));
    else if (has(message, "error")) this.hasError = true;
  }

  protected progress(batch: unknown): Omit<WorkUnderWay, "id"> {
    const isFinal = FINAL.has(textAt(batch, "status") ?? "");
    const isFree = countAt(batch, "request_counts", "completed") === 0;
    return { isOver: isFinal && isFree, resultsId: textAt(batch, "output_file_id") };
  }

  /** One result; what has failed is not billed. */
  #result(response: unknown): void {
    this.hasResults = true;
    if (countAt(response, "status_code") !== SUCCESS) return;
    const body = fieldOf(response, "body");
    const reading = this.#readingOf(textAt(body, "object"));
    reading.read(body, "");
    this.add(reading.usage(true));
  }

  #readingOf(object: string | undefined): AnswerReading {
    if (object === "response") return new OpenaiResponsesReading(this.provider);
    if (object === "list") return openaiEmbeddings.reading(this.provider);
    if (object === "text_completion") return openaiCompletions.reading(this.provider);
    return new OpenaiChatReading(this.provider);
  }
}

/** Uploads: what they are answered tells by which id a file is named. */
export const openaiUploads: Wire = {
  ...openaiBatches,
  reading: () => new UploadReading(),
};

class UploadReading implements AnswerReading {
  readonly outputBytes = 0;
  readonly hidesOutput = false;
  readonly awaitsUsage = false;
  readonly hasError = false;
  #id: string | undefined;

  read(message: unknown): void {
    this.#id ??= textAt(message, "id");
  }

  done(): void {}

  get later(): WorkUnderWay | undefined {
    return this.#id === undefined ? undefined : { id: this.#id, isOver: true };
  }

  usage(): undefined {}
}
