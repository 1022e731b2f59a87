// Requests for OpenAI Responses, and for embeddings.
// https://platform.openai.com/docs/api-reference/responses/create

import { edited } from "./edits.ts";
import { at, countAt, fieldOf, textAt } from "./json.ts";
import { InputTally } from "./input-bound.ts";
import {
  OpenaiResponsesReader,
  usageOfOpenaiEmbeddings,
  usageOfOpenaiResponses,
} from "./openai-responses.ts";
import {
  LISTED_SERVICES,
  mayReason,
  openaiRefusal,
  tallyContent,
  tallyTools,
} from "./openai-parts.ts";
import type { Asked, Wire } from "./wire.ts";

/** What a request refers to that the provider keeps, and the caller cannot see. */
const KEPT_ELSEWHERE: readonly (readonly [name: string, what: string])[] = [
  ["previous_response_id", "a previous response"],
  ["conversation", "a conversation"],
  ["prompt", "a stored prompt"],
];
/** The API takes no lower limit. */
const OUTPUT_LIMIT_MIN = 16;

/** OpenAI Responses. */
export const openaiResponses: Wire = {
  name: "openai-responses",
  provider: "openai",
  streamsObjects: false,
  listedServices: LISTED_SERVICES,
  asked(body, bytes): Asked {
    const model = textAt(body, "model");
    const tally = new InputTally();
    tallyContent(fieldOf(body, "input"), model, tally);
    tallyTools(body, tally);
    for (const [name, what] of KEPT_ELSEWHERE)
      if ((at(body, name) ?? undefined) !== undefined) tally.upToWindow(what);
    return {
      model,
      streams: fieldOf(body, "stream") === true,
      input: tally.bound(body, bytes),
      outputLimit: countAt(body, "max_output_tokens"),
      outputLimitMin: OUTPUT_LIMIT_MIN,
      choices: 1,
      isOutputHidden: mayReason(model, textAt(body, "reasoning", "effort")),
      hasMediaOutput: false,
      service: textAt(body, "service_tier"),
    };
  },
  withOutputLimit: (text, _body, limit) => edited(text, [[["max_output_tokens"], limit]]),
  usageOf: usageOfOpenaiResponses,
  reader: () => new OpenaiResponsesReader(),
  refusal: openaiRefusal,
};

/** OpenAI embeddings: nothing comes out that is priced. */
export const openaiEmbeddings: Wire = {
  name: "openai-embeddings",
  provider: "openai",
  streamsObjects: false,
  listedServices: LISTED_SERVICES,
  asked(body, bytes): Asked {
    return {
      model: textAt(body, "model"),
      streams: false,
      input: embeddingsInput(body, bytes),
      outputLimit: 0,
      outputLimitMin: 0,
      choices: 1,
      isOutputHidden: false,
      hasMediaOutput: false,
      service: undefined,
    };
  },
  withOutputLimit: (text) => text,
  usageOf: usageOfOpenaiEmbeddings,
  reader: () => new OpenaiResponsesReader(),
  refusal: openaiRefusal,
};

function embeddingsInput(body: unknown, bytes: number): Asked["input"] {
  const tally = new InputTally();
  tallyContent(fieldOf(body, "input"), undefined, tally);
  return tally.bound(body, bytes);
}
