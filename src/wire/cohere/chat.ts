// Cohere's own chat, in both of its versions, and the completions before them.
// https://docs.cohere.com/reference/chat, https://docs.cohere.com/v1/reference/chat

import { objectReader } from "../stream/json-objects.ts";
import { PLAIN_REQUEST } from "../plain-request.ts";
import { fieldsOf, tallyFields } from "../fields.ts";
import type { Fields } from "../fields.ts";
import { InputTally } from "../input-bound.ts";
import { fieldOf, listAt, readCount, textAt, timesOf } from "../json/untrusted.ts";
import { mayReason, OpenaiContent } from "../openai/parts.ts";
import type { Asked, RefusalNotice, Wire, WireRequest } from "../wire.ts";
import { CohereReading } from "./reading.ts";

const FIELDS: Fields = {
  ...fieldsOf("read", [
    "model",
    "messages",
    "stream",
    "max_tokens",
    "tools",
    "thinking",
    "num_generations",
    "connectors",
    "search_queries_only",
  ]),
  ...fieldsOf("content", [
    "message",
    "prompt",
    "preamble",
    "chat_history",
    "documents",
    "tool_results",
    "response_format",
    "citation_options",
  ]),
  ...fieldsOf("steers", [
    "temperature",
    "p",
    "k",
    "seed",
    "stop_sequences",
    "frequency_penalty",
    "presence_penalty",
    "safety_mode",
    "strict_tools",
    "force_single_step",
    "tool_choice",
    "logprobs",
    "priority",
    "prompt_truncation",
    "citation_quality",
    "return_prompt",
    "return_prompts",
    "return_likelihoods",
    "raw_prompting",
    "truncate",
    "max_input_tokens",
  ]),
  // https://docs.cohere.com/v1/docs/connectors
  connectors: { unbounded: "connectors, a search that the provider runs" },
  conversation_id: { window: "a conversation" },
  preset: { window: "a preset" },
};

/** Cohere's chat. Streams of the first version are objects, one a line. */
export const cohereChat: Wire = {
  name: "cohere-chat",
  settings: [],
  objects: objectReader,
  asked(request): Asked {
    const { body, bytes, provider, url } = request;
    const model = textAt(body, "model");
    const tally = new InputTally();
    tallyFields(body, FIELDS, provider.fields?.["cohere-chat"], tally);
    tallyMessages(request, model, tally);
    tally.hasTools = listAt(body, "tools").length > 0 || listAt(body, "documents").length > 0;
    tally.hiddenPromptTokens =
      provider.hiddenPromptTokens?.({ model: model ?? "", url, body }) ?? 0;
    return {
      ...PLAIN_REQUEST,
      model,
      streams: fieldOf(body, "stream") === true,
      input: tally.bound(body, bytes),
      outputLimit: readCount("max_tokens", fieldOf(body, "max_tokens")),
      choices: timesOf("num_generations", fieldOf(body, "num_generations")),
      isOutputHidden: mayReason(model, undefined),
    };
  },
  limitEdits: (_request, limit) => [[[["max_tokens"], limit]]],
  reading: () => new CohereReading(),
  refusal: cohereRefusal,
};

/** https://docs.cohere.com/reference/errors */
export function cohereRefusal({ code, message, evidence }: RefusalNotice): object {
  return { message, error_code: code, budget: evidence };
}

function tallyMessages(request: WireRequest, model: string | undefined, tally: InputTally): void {
  const content = new OpenaiContent(tally, request, model);
  for (const message of listAt(request.body, "messages")) {
    const parts = fieldOf(message, "content");
    // Documents of a tool's result are text.
    const isText =
      Array.isArray(parts) && parts.every((part) => fieldOf(part, "type") === "document");
    if (!isText) content.content(parts);
  }
}
