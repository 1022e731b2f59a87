// llama.cpp's own completions. https://github.com/ggml-org/llama.cpp/tree/master/tools/server

import { PLAIN_REQUEST } from "../plain-request.ts";
import { fieldsOf, tallyFields } from "../fields.ts";
import type { Fields } from "../fields.ts";
import { InputTally } from "../input-bound.ts";
import { countAt, fieldOf, textAt, timesOf } from "../json/untrusted.ts";
import { openaiRefusal } from "../openai/parts.ts";
import { WholeReading } from "../whole-reading.ts";
import type { WireUsage } from "../wire-usage.ts";
import type { Asked, Wire } from "../wire.ts";

const FIELDS: Fields = {
  ...fieldsOf("read", ["model", "prompt", "n_predict", "stream", "n_cmpl"]),
  ...fieldsOf("content", ["grammar", "json_schema", "input_prefix", "input_suffix", "input_extra"]),
  ...fieldsOf("steers", [
    "cache_prompt",
    "dynatemp_range",
    "id_slot",
    "ignore_eos",
    "min_p",
    "mirostat",
    "mirostat_eta",
    "mirostat_tau",
    "n_keep",
    "n_probs",
    "repeat_last_n",
    "return_tokens",
    "samplers",
    "stop",
    "t_max_predict_ms",
    "timings_per_token",
    "typical_p",
  ]),
};

/** `/completion`. The model is the one that the server has loaded. */
export const llamaCompletion: Wire = {
  name: "llama-completion",
  settings: [],
  asked({ body, bytes, provider }): Asked {
    const tally = new InputTally();
    tallyFields(body, FIELDS, provider.fields?.["llama-completion"], tally);
    const prompt = fieldOf(body, "prompt");
    const prompts = Array.isArray(prompt)
      ? prompt.filter((each) => typeof each !== "number").length
      : 1;
    tally.isMany = prompts > 1;
    return {
      ...PLAIN_REQUEST,
      model: textAt(body, "model") ?? "llama.cpp",
      streams: fieldOf(body, "stream") === true,
      input: tally.bound(body, bytes),
      // -1 is without a limit, and so is what is no count.
      outputLimit: countAt(body, "n_predict"),
      choices: Math.max(1, prompts) * timesOf("n_cmpl", fieldOf(body, "n_cmpl")),
      isOutputHidden: false,
    };
  },
  limitEdits: (_request, limit) => [[[["n_predict"], limit]]],
  reading: () => new LlamaReading(),
  refusal: openaiRefusal,
};

class LlamaReading extends WholeReading {
  #last: unknown;

  constructor() {
    super((answer) => usageOf(answer));
    this.hidesOutput = false;
  }

  override read(message: unknown): void {
    this.outputBytes += new TextEncoder().encode(textAt(message, "content") ?? "").length;
    if (fieldOf(message, "error") !== undefined) this.hasError = true;
    if (countAt(message, "tokens_predicted") !== undefined) this.#last = message;
    if (fieldOf(message, "stop") !== false) super.read({ ...Object(this.#last), usage: {} });
  }
}

function usageOf(answer: unknown): Partial<WireUsage> | undefined {
  const inputTokens = countAt(answer, "tokens_evaluated");
  const outputTokens = countAt(answer, "tokens_predicted");
  if (inputTokens === undefined || outputTokens === undefined) return undefined;
  return { usage: { inputTokens, outputTokens } };
}
