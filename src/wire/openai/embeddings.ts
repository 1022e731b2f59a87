// OpenAI embeddings, and those of others in the same words. Nothing comes out that is priced.
// https://platform.openai.com/docs/api-reference/embeddings

import { embeddingsAsked } from "../embeddings-asked.ts";
import { fieldsOf, tallyFields } from "../fields.ts";
import type { Fields } from "../fields.ts";
import { InputTally } from "../input-bound.ts";
import { countAt, fieldOf, listAt, textAt } from "../json/untrusted.ts";
import type { Provider } from "../provider.ts";
import type { AnswerReading, WireUsage } from "../wire-usage.ts";
import { unknownCounts } from "../wire-usage.ts";
import type { Asked, Wire } from "../wire.ts";
import { modelOf } from "./chat.ts";
import { OpenaiContent, openaiRefusal } from "./parts.ts";

/** The fields of OpenAI, Voyage, Jina, Mistral, vLLM and others. */
const FIELDS: Fields = {
  ...fieldsOf("read", ["model"]),
  ...fieldsOf("content", ["input", "inputs", "instruction", "prompt"]),
  ...fieldsOf("steers", [
    "dimensions",
    "output_dimension",
    "encoding_format",
    "embedding_type",
    "embedding_types",
    "output_dtype",
    "input_type",
    "task",
    "truncate",
    "truncation",
    "normalized",
    "late_chunking",
    "user",
    "metadata",
    "provider",
    "priority",
    "return_multivector",
  ]),
};
const KNOWN_COUNTS: ReadonlySet<string> = new Set([
  "prompt_tokens",
  "total_tokens",
  "input_tokens",
  "completion_tokens",
  "cached_tokens",
  "audio_tokens",
]);

/** OpenAI embeddings. */
export const openaiEmbeddings: Wire = {
  name: "openai-embeddings",
  settings: [],
  asked(request): Asked {
    const { body, bytes, provider } = request;
    const model = modelOf(request);
    const tally = new InputTally();
    tally.isMany = true;
    tallyFields(body, FIELDS, provider.fields?.["openai-embeddings"], tally);
    const content = new OpenaiContent(tally, request, model);
    for (const part of listAt(body, "input")) {
      if (typeof part !== "object" || part === null || Array.isArray(part)) continue;
      const image = fieldOf(part, "image");
      if (image === undefined) content.content([part]);
      else content.image(typeof image === "string" ? image : undefined);
    }
    return embeddingsAsked(model, tally.bound(body, bytes));
  },
  limitEdits: () => [[]],
  reading: (provider) => new EmbeddingsReading(provider),
  refusal: openaiRefusal,
};

class EmbeddingsReading implements AnswerReading {
  readonly outputBytes = 0;
  readonly hidesOutput = false;
  readonly awaitsUsage = false;
  hasError = false;
  readonly #provider: Provider;
  #answer: unknown;

  constructor(provider: Provider) {
    this.#provider = provider;
  }

  read(message: unknown): void {
    this.#answer = message;
    this.hasError = (fieldOf(message, "error") ?? undefined) !== undefined;
  }

  done(): void {}

  usage(): WireUsage | undefined {
    const report = fieldOf(this.#answer, "usage");
    const counts = ["prompt_tokens", "input_tokens", "total_tokens"].flatMap(
      (name) => countAt(report, name) ?? [],
    );
    const reportedUsd = this.#provider.reportedUsd?.(this.#answer, report);
    // No input at all is not a count. Voyage reports the total alone.
    const inputTokens = Math.max(0, ...counts);
    if (inputTokens === 0 && reportedUsd === undefined) return undefined;
    const known = new Set([...KNOWN_COUNTS, ...(this.#provider.knownCounts ?? [])]);
    return {
      usage: { inputTokens, outputTokens: 0 },
      passes: [],
      isWhole: inputTokens > 0,
      doubts: reportedUsd === undefined ? unknownCounts(report, known) : [],
      model: textAt(this.#answer, "model"),
      service: {},
      reportedUsd,
    };
  }
}
