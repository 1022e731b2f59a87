// Gemini's embeddings, one at a time or in batches. Most answers report no usage: what is held is
// booked.
// https://ai.google.dev/api/embeddings

import { embeddingsAsked } from "../embeddings-asked.ts";
import { fieldsOf, tallyFields } from "../fields.ts";
import type { Fields } from "../fields.ts";
import { InputTally } from "../input-bound.ts";
import { countAt, fieldOf, listAt, textAt } from "../json/untrusted.ts";
import { unknownCounts } from "../wire-usage.ts";
import type { AnswerReading, WireUsage } from "../wire-usage.ts";
import type { Asked, Wire } from "../wire.ts";
import { tallyContents } from "./content.ts";
import { gemini, MODEL_IN_PATH } from "./generate-content.ts";
import { either } from "./spelling.ts";

const FIELDS: Fields = {
  ...fieldsOf("read", ["model", "content", "requests"]),
  ...fieldsOf("content", ["title"]),
  ...fieldsOf("steers", [
    "taskType",
    "task_type",
    "outputDimensionality",
    "output_dimensionality",
    "autoTruncate",
    "embedContentConfig",
    "embed_content_config",
  ]),
};

const KNOWN_COUNTS: ReadonlySet<string> = new Set([
  "promptTokenCount",
  "totalTokenCount",
  "tokenCount",
]);

/** Gemini embedContent and batchEmbedContents. */
export const geminiEmbeddings: Wire = {
  ...gemini,
  name: "gemini-embeddings",
  settings: [],
  asked({ body, bytes, url }): Asked {
    const model = MODEL_IN_PATH.exec(url.pathname)?.[1];
    const named = new Set<string>();
    const tally = new InputTally();
    tally.isMany = true;
    tallyFields(body, FIELDS, undefined, tally);
    tallyContents(fieldOf(body, "content"), model, tally);
    for (const each of listAt(body, "requests")) {
      if (typeof each !== "object" || each === null) continue;
      tallyFields(each, FIELDS, undefined, tally);
      tallyContents(fieldOf(each, "content"), model, tally);
      const own = textAt(each, "model")?.replace(/^models\//, "");
      if (own !== undefined && own !== model) named.add(own);
    }
    return embeddingsAsked(model, tally.bound(body, bytes), [...named]);
  },
  limitEdits: () => [[]],
  reading: () => new EmbeddingsReading(),
};

class EmbeddingsReading implements AnswerReading {
  readonly outputBytes = 0;
  readonly hidesOutput = false;
  readonly awaitsUsage = false;
  hasError = false;
  #report: unknown;

  read(message: unknown): void {
    this.hasError = (fieldOf(message, "error") ?? undefined) !== undefined;
    this.#report = either(message, "usageMetadata");
  }

  done(): void {}

  usage(): WireUsage | undefined {
    // The larger of total and parts (M3).
    const inputTokens = Math.max(
      countAt(this.#report, "promptTokenCount") ?? 0,
      countAt(this.#report, "totalTokenCount") ?? 0,
    );
    if (inputTokens === 0) return undefined;
    return {
      usage: { inputTokens, outputTokens: 0 },
      passes: [],
      isWhole: true,
      doubts: unknownCounts(this.#report, KNOWN_COUNTS),
      model: undefined,
      service: {},
      reportedUsd: undefined,
    };
  }
}
