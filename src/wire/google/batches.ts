// Batches of the Gemini API: requests that stand in the request itself, worked on within a day at
// half the price. The operation, which is fetched later, has their answers in it.
// https://ai.google.dev/gemini-api/docs/batch-api, https://ai.google.dev/api/batch-api

import { objectReader } from "../stream/json-objects.ts";
import { batchAsked } from "../batch-asked.ts";
import { BatchReading } from "../batch-reading.ts";
import { inputBytesOf } from "../input-bound.ts";
import { at, fieldOf, has, listAt, readCount, textAt } from "../json/untrusted.ts";
import type { Provider } from "../provider.ts";
import type { WorkUnderWay } from "../wire-usage.ts";
import type { Asked, Wire, WireRequest } from "../wire.ts";
import { geminiEmbeddings } from "./embed-content.ts";
import { gemini, MODEL_IN_PATH } from "./generate-content.ts";
import { GeminiReading } from "./generate-content-usage.ts";
import { either, isSpelledTwice } from "./spelling.ts";

const METHOD = /:(?:batchGenerateContent|asyncBatchEmbedContent)$/;
const KNOWN: ReadonlySet<string> = new Set([
  "displayName",
  "display_name",
  "inputConfig",
  "input_config",
  "priority",
  "model",
]);

/** `:batchGenerateContent` and `:asyncBatchEmbedContent`, with requests and without files. */
export const geminiBatches: Wire = {
  name: "gemini-batches",
  settings: ["batch"],
  objects: objectReader,
  asked(request): Asked {
    const batch = fieldOf(request.body, "batch");
    const input = either(batch, "inputConfig");
    const all = listAt(fieldOf(input, "requests"), "requests").map((each) =>
      askedBy(fieldOf(each, "request"), request),
    );
    const isFile = has(input, "fileName") || has(input, "file_name");
    const unknown = Object.keys(Object(batch)).find((name) => !KNOWN.has(name));
    const model = MODEL_IN_PATH.exec(request.url.pathname)?.[1];
    const asked = batchAsked(all, [
      ...(isFile ? ["a file of requests; hand the requests themselves to the batch (`src`)"] : []),
      ...(isSpelledTwice(batch, "inputConfig") ? ["batch.inputConfig, which is there twice"] : []),
      ...(unknown === undefined ? [] : [`the field batch.${unknown.slice(0, 40)}`]),
    ]);
    return isFile ? { ...asked, model } : asked;
  },
  limitEdits: () => [],
  reading: (provider, asked) => new GeminiBatchReading(provider, asked?.outputLimit === 0),
  refusal: (notice) => gemini.refusal(notice),
};

/** What one request asks for, as if it were sent by itself. */
function askedBy(body: unknown, { url, provider }: WireRequest): Asked {
  const given = typeof body === "object" && body !== null ? body : {};
  const { model: named, ...read } = { model: undefined, ...given };
  const isEmbedding = url.pathname.endsWith("EmbedContent");
  const text = JSON.stringify(read);
  const own = new URL(url);
  own.pathname = url.pathname.replace(METHOD, isEmbedding ? ":embedContent" : ":generateContent");
  const wire = isEmbedding ? geminiEmbeddings : gemini;
  const asked = wire.asked({ body: read, text, bytes: inputBytesOf(text), url: own, provider });
  const isSame = named === undefined || named === `models/${asked.model}`;
  // A request that names another model than the address is not known to be served by either.
  return isSame ? asked : { ...asked, model: undefined };
}

const FINAL = /_STATE_(?:SUCCEEDED|FAILED|CANCELLED|EXPIRED)$/;

/** Reads an operation, and the answers in it. */
class GeminiBatchReading extends BatchReading {
  readonly #isEmbedding: boolean;

  constructor(provider: Provider, isEmbedding: boolean) {
    super(provider);
    this.#isEmbedding = isEmbedding;
  }

  read(message: unknown): void {
    if (textAt(message, "name") === undefined) {
      if (has(message, "error")) this.hasError = true;
      return;
    }
    this.batch = message;
    const output = fieldOf(message, "response") ?? at(message, "metadata", "output");
    const answers =
      fieldOf(output, "inlinedResponses") ?? fieldOf(output, "inlinedEmbedContentResponses");
    const listed = Array.isArray(answers) ? answers : listAt(answers, "inlinedResponses");
    for (const each of listed) this.#result(fieldOf(each, "response"));
  }

  override get later(): WorkUnderWay | undefined {
    const id = textAt(this.batch, "name")?.replace(/^.*\//, "");
    return id === undefined ? undefined : { id, ...this.progress() };
  }

  protected progress(): Omit<WorkUnderWay, "id"> {
    return { isOver: this.hasResults || this.#isFree() };
  }

  /** Whether it is final, and nothing succeeded. A count of 0 is left out. */
  #isFree(): boolean {
    const metadata = fieldOf(this.batch, "metadata");
    if (!FINAL.test(textAt(metadata, "state") ?? "")) return false;
    const stats = fieldOf(metadata, "batchStats");
    if (!has(metadata, "batchStats")) return false;
    return (readCount("count", fieldOf(stats, "successfulRequestCount")) ?? 0) === 0;
  }

  /** One result; what has failed is not billed. */
  #result(response: unknown): void {
    if (response === undefined) return;
    this.hasResults = true;
    const reading = new GeminiReading();
    reading.read(response);
    // Nothing comes out of embeddings that is counted.
    const reported = reading.usage(true);
    const usage = { ...reported?.usage, outputTokens: 0 };
    const isCounted = reported?.usage.inputTokens !== undefined && this.#isEmbedding;
    this.add(isCounted ? { ...reported, usage, isWhole: true } : reported);
  }
}
