// Cohere's own embeddings, in both of their versions. Images are billed by their own tokens.
// https://docs.cohere.com/reference/embed

import { embeddingsAsked } from "../embeddings-asked.ts";
import { fieldsOf, tallyFields } from "../fields.ts";
import type { Fields } from "../fields.ts";
import { InputTally } from "../input-bound.ts";
import { fieldOf, listAt, textAt } from "../json/untrusted.ts";
import { OpenaiContent } from "../openai/parts.ts";
import type { Asked, Wire } from "../wire.ts";
import { cohereRefusal } from "./chat.ts";
import { CohereReading } from "./reading.ts";

const FIELDS: Fields = {
  ...fieldsOf("read", ["model", "images", "inputs"]),
  ...fieldsOf("content", ["texts"]),
  ...fieldsOf("steers", [
    "input_type",
    "embedding_types",
    "truncate",
    "output_dimension",
    "max_tokens",
    "priority",
  ]),
};

/** Cohere's embeddings. */
export const cohereEmbeddings: Wire = {
  name: "cohere-embeddings",
  settings: [],
  asked(request): Asked {
    const { body, bytes, provider } = request;
    const model = textAt(body, "model");
    const tally = new InputTally();
    tally.isMany = true;
    tallyFields(body, FIELDS, provider.fields?.["cohere-embeddings"], tally);
    const content = new OpenaiContent(tally, request, model);
    for (const image of listAt(body, "images"))
      content.image(typeof image === "string" ? image : undefined);
    for (const input of listAt(body, "inputs")) content.content(fieldOf(input, "content"));
    return embeddingsAsked(model, tally.bound(body, bytes));
  },
  limitEdits: () => [[]],
  reading: () => new CohereReading(),
  refusal: cohereRefusal,
};
