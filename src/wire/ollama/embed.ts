// Ollama's embeddings. https://docs.ollama.com/api/embed

import { embeddingsAsked } from "../embeddings-asked.ts";
import { fieldsOf, tallyFields } from "../fields.ts";
import type { Fields } from "../fields.ts";
import { InputTally } from "../input-bound.ts";
import { countAt, textAt } from "../json/untrusted.ts";
import { WholeReading } from "../whole-reading.ts";
import type { Wire } from "../wire.ts";
import { ollamaChat } from "./chat.ts";

const FIELDS: Fields = {
  ...fieldsOf("read", ["model", "options"]),
  ...fieldsOf("content", ["input", "prompt"]),
  ...fieldsOf("steers", ["keep_alive", "truncate", "dimensions"]),
};

/** `/api/embed`, and `/api/embeddings` before it, which reports nothing. */
export const ollamaEmbeddings: Wire = {
  name: "ollama-embeddings",
  settings: [],
  asked({ body, bytes, provider }) {
    const tally = new InputTally();
    tally.isMany = true;
    tallyFields(body, FIELDS, provider.fields?.["ollama-embeddings"], tally);
    return embeddingsAsked(textAt(body, "model"), tally.bound(body, bytes));
  },
  limitEdits: () => [[]],
  reading: () =>
    new WholeReading((answer) => {
      const inputTokens = countAt(answer, "prompt_eval_count");
      return inputTokens === undefined ? undefined : { usage: { inputTokens } };
    }),
  refusal: (notice) => ollamaChat.refusal(notice),
};
