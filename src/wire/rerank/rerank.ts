// Ranking of documents by a query. Cohere, and Bedrock with it, bill a search for each hundred
// documents; Voyage, Jina and Together bill the tokens of the documents and, with each, the query.
// https://docs.cohere.com/reference/rerank, https://docs.voyageai.com/reference/reranker-api,
// https://api.jina.ai/redoc, https://docs.together.ai/reference/rerank

import { inputBytesOf } from "../input-bound.ts";
import { embeddingsAsked } from "../embeddings-asked.ts";
import { fieldsOf, tallyFields } from "../fields.ts";
import type { Fields } from "../fields.ts";
import { InputTally } from "../input-bound.ts";
import { at, countAt, fieldOf, listAt, readCount, textAt } from "../json/untrusted.ts";
import { openaiRefusal } from "../openai/parts.ts";
import { WholeReading } from "../whole-reading.ts";
import type { WireUsage } from "../wire-usage.ts";
import type { Asked, Wire } from "../wire.ts";

const FIELDS: Fields = {
  ...fieldsOf("read", ["model", "documents", "query", "max_tokens_per_doc"]),
  ...fieldsOf("steers", [
    "api_version",
    "top_n",
    "top_k",
    "return_documents",
    "return_embeddings",
    "rank_fields",
    "max_chunks_per_doc",
    "truncation",
    "priority",
  ]),
};

/** The documents of a search. https://docs.cohere.com/docs/rerank-overview */
const DOCUMENTS_A_SEARCH = 100;
/**
 * A document that is longer than 510 tokens with its query counts as several; a query takes up to
 * half of that. https://cohere.com/pricing
 */
const CHUNK_TOKENS = 255;
/** What is left of a document. */
const DOCUMENT_TOKENS_MAX = 4096;
/** What stands between a query and a document. */
const SEPARATOR_TOKENS = 16;

/** Ranking, in the words of all. */
export const rerank: Wire = {
  name: "rerank",
  settings: [],
  asked({ body, bytes, provider }): Asked {
    const tally = new InputTally();
    tally.isMany = true;
    tallyFields(body, FIELDS, provider.fields?.rerank, tally);
    const documents = listAt(body, "documents");
    const query = fieldOf(body, "query") ?? "";
    const tokensMax =
      readCount("max_tokens_per_doc", fieldOf(body, "max_tokens_per_doc")) ?? DOCUMENT_TOKENS_MAX;
    const searchUnits = tallyRanking({ query, documents, tokensMax }, tally);
    return {
      ...embeddingsAsked(textAt(body, "model"), tally.bound(body, bytes)),
      counted: { searchUnits },
    };
  },
  limitEdits: () => [[]],
  reading: () => new WholeReading(usageOf),
  refusal: (notice) => ({ ...openaiRefusal(notice), message: notice.message }),
};

/** What is to be ranked. */
export interface Ranking {
  readonly query: unknown;
  readonly documents: readonly unknown[];
  /** What is left of a document, in tokens. */
  readonly tokensMax?: number;
}

/** Counts the query, which is read with every document, and returns the most searches. */
export function tallyRanking(
  { query, documents, tokensMax = DOCUMENT_TOKENS_MAX }: Ranking,
  tally: InputTally,
): number {
  const queryBytes = inputBytesOf(JSON.stringify(query));
  tally.add((queryBytes + SEPARATOR_TOKENS) * documents.length);
  let chunks = 0;
  for (const document of documents) {
    const tokens = Math.min(bytesOfDocument(document), tokensMax);
    chunks += Math.max(1, Math.ceil(tokens / CHUNK_TOKENS));
  }
  return Math.max(1, Math.ceil(chunks / DOCUMENTS_A_SEARCH));
}

function bytesOfDocument(document: unknown): number {
  return inputBytesOf(typeof document === "string" ? document : JSON.stringify(document));
}

function usageOf(answer: unknown): Partial<WireUsage> | undefined {
  const searchUnits = countAt(answer, "meta", "billed_units", "search_units");
  if (searchUnits !== undefined) return { usage: { searchUnits } };
  const usage = fieldOf(answer, "usage");
  const counts = ["total_tokens", "prompt_tokens"].flatMap((name) => countAt(usage, name) ?? []);
  const billed = countAt(at(answer, "meta", "billed_units"), "input_tokens");
  const inputTokens = Math.max(0, billed ?? 0, ...counts);
  return inputTokens === 0 ? undefined : { usage: { inputTokens } };
}
