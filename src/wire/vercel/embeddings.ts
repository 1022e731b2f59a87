// Embeddings in the protocol of the AI SDK's own gateway.
// https://github.com/vercel/ai/tree/main/packages/gateway

import { embeddingsAsked } from "../embeddings-asked.ts";
import { fieldsOf, tallyFields } from "../fields.ts";
import type { Fields } from "../fields.ts";
import { InputTally } from "../input-bound.ts";
import { countAt, fieldOf, has } from "../json/untrusted.ts";
import { openaiRefusal } from "../openai/parts.ts";
import { WholeReading } from "../whole-reading.ts";
import type { Wire } from "../wire.ts";

const FIELDS: Fields = {
  ...fieldsOf("content", ["values"]),
  ...fieldsOf("steers", ["dimensions"]),
  providerOptions: { unbounded: "providerOptions, which may choose other models" },
};

/** `/embedding-model`. */
export const vercelEmbeddings: Wire = {
  name: "vercel-embeddings",
  settings: [],
  asked({ body, bytes, provider, header }) {
    const tally = new InputTally();
    tally.isMany = true;
    tallyFields(body, FIELDS, provider.fields?.["vercel-embeddings"], tally);
    const model = header?.("ai-embedding-model-id") ?? header?.("ai-model-id");
    return embeddingsAsked(model, tally.bound(body, bytes));
  },
  limitEdits: () => [[]],
  reading: (provider) =>
    new WholeReading((answer) => {
      const inputTokens = countAt(answer, "usage", "tokens");
      if (inputTokens === undefined) return undefined;
      const metadata = has(answer, "providerMetadata") ? fieldOf(answer, "providerMetadata") : {};
      return {
        usage: { inputTokens },
        reportedUsd: provider.reportedUsd?.({ provider_metadata: metadata }, undefined),
      };
    }),
  refusal: openaiRefusal,
};
