// Texts by watsonx.ai. https://cloud.ibm.com/apidocs/watsonx-ai#text-generation

import { PLAIN_REQUEST } from "../plain-request.ts";
import { bytesIn } from "../bytes.ts";
import { fieldsOf, tallyFields } from "../fields.ts";
import type { Fields } from "../fields.ts";
import { InputTally } from "../input-bound.ts";
import { countAt, fieldOf, has, listAt, readCount, textAt, at } from "../json/untrusted.ts";
import type { AnswerReading, WireUsage } from "../wire-usage.ts";
import type { Asked, Wire } from "../wire.ts";

const FIELDS: Fields = {
  ...fieldsOf("read", ["model_id", "input", "parameters"]),
  ...fieldsOf("steers", ["space_id", "project_id"]),
  moderations: { unbounded: "moderations, additional models that read the text" },
};
/** What is written where the request does not say. */
const LIMIT_DEFAULT = 200;

/** `/text/generation`, whole and streamed. */
export const watsonxText: Wire = {
  name: "watsonx-text",
  settings: ["parameters"],
  asked({ body, bytes, provider, url }): Asked {
    const model = textAt(body, "model_id");
    const tally = new InputTally();
    tallyFields(body, FIELDS, provider.fields?.["watsonx-text"], tally);
    tally.hiddenPromptTokens =
      provider.hiddenPromptTokens?.({ model: model ?? "", url, body }) ?? 0;
    const limit = readCount("max_new_tokens", at(body, "parameters", "max_new_tokens"));
    return {
      ...PLAIN_REQUEST,
      model,
      streams: url.pathname.endsWith("_stream"),
      input: tally.bound(body, bytes),
      outputLimit: limit ?? LIMIT_DEFAULT,
      isOutputHidden: false,
    };
  },
  limitEdits: (_request, limit) => [[[["parameters", "max_new_tokens"], limit]]],
  reading: () => new WatsonxReading(),
  refusal: ({ code, message }) => ({ errors: [{ code, message }], status_code: 402 }),
};

/** Each event tells how much there is by then; some of what goes in at the first alone. */
class WatsonxReading implements AnswerReading {
  outputBytes = 0;
  readonly hidesOutput = false;
  readonly awaitsUsage = false;
  hasError = false;
  #input: number | undefined;
  #output: number | undefined;
  #model: string | undefined;

  read(message: unknown): void {
    if (has(message, "errors")) this.hasError = true;
    this.#model = textAt(message, "model_id") ?? this.#model;
    for (const result of listAt(message, "results")) {
      this.outputBytes += bytesIn(fieldOf(result, "generated_text"));
      this.#input = Math.max(this.#input ?? 0, countAt(result, "input_token_count") ?? 0);
      this.#output = Math.max(this.#output ?? 0, countAt(result, "generated_token_count") ?? 0);
    }
  }

  done(): void {}

  usage(): WireUsage | undefined {
    if (this.#input === undefined || this.#output === undefined) return undefined;
    const isEmpty = this.#input === 0 || (this.#output === 0 && this.outputBytes > 0);
    return {
      usage: { inputTokens: this.#input, outputTokens: this.#output },
      passes: [],
      isWhole: !isEmpty,
      doubts: [],
      model: this.#model,
      service: {},
      reportedUsd: undefined,
    };
  }
}
