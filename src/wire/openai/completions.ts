// Completions of a text, the older format of OpenAI's that many servers speak.
// https://platform.openai.com/docs/api-reference/completions/create

import { fieldsOf, tallyFields } from "../fields.ts";
import type { Fields } from "../fields.ts";
import { InputTally } from "../input-bound.ts";
import { fieldOf, readCount, timesOf } from "../json/untrusted.ts";
import type { Asked, Wire } from "../wire.ts";
import { CHAT_FIELDS } from "./chat-fields.ts";
import { factsOf, modelOf, openaiChat, tierOf } from "./chat.ts";

const FIELDS: Fields = {
  ...CHAT_FIELDS,
  ...fieldsOf("read", ["prompt", "best_of"]),
  ...fieldsOf("content", ["suffix"]),
  ...fieldsOf("steers", ["echo"]),
};
/** The default of `max_tokens`; other servers have other ones. */
const OPENAI_LIMIT = 16;
/** Providers whose documentation says so. */
const HAS_DEFAULT: ReadonlySet<string> = new Set(["openai", "azure"]);

/** OpenAI completions. Answers have the shape of a chat completion's. */
export const openaiCompletions: Wire = {
  ...openaiChat,
  name: "openai-completions",
  asked(request): Asked {
    const { body, bytes, provider } = request;
    const tally = new InputTally();
    tally.isMany = true;
    tallyFields(body, FIELDS, provider.fields?.["openai-completions"], tally);
    tally.hiddenPromptTokens = provider.hiddenPromptTokens?.(factsOf(request)) ?? 0;
    const limit = readCount("max_tokens", fieldOf(body, "max_tokens"));
    return {
      model: modelOf(request),
      otherModels: provider.otherModels?.(body) ?? [],
      streams: fieldOf(body, "stream") === true,
      input: tally.bound(body, bytes),
      cacheWrites: "1h",
      outputLimit: limit ?? (HAS_DEFAULT.has(provider.id) ? OPENAI_LIMIT : undefined),
      overshoot: provider.overshoot?.(factsOf(request)) ?? { times: 1, plus: 0 },
      outputLimitMin: 1,
      choices: promptsIn(body) * answersOf(body),
      isOutputHidden: true,
      outputMedia: [],
      service: { tier: tierOf(body) },
      clarifications: [],
    };
  },
  limitEdits: (_request, limit) => [[[["max_tokens"], limit]]],
};

/** `best_of` answers are written and billed, of which `n` are returned. */
function answersOf(body: object): number {
  const written = timesOf("best_of", fieldOf(body, "best_of"));
  return Math.max(written, timesOf("n", fieldOf(body, "n")));
}

/** A list of texts, or of lists of tokens, is as many prompts; a list of tokens is one. */
function promptsIn(body: object): number {
  const prompt = fieldOf(body, "prompt");
  if (!Array.isArray(prompt)) return 1;
  return Math.max(1, prompt.filter((each) => typeof each !== "number").length);
}
