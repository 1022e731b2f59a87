// Rankings by Bedrock's own API, which bills them by the query of a hundred documents.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_Rerank.html

import { embeddingsAsked } from "../embeddings-asked.ts";
import { fieldsOf, tallyFields } from "../fields.ts";
import { InputTally } from "../input-bound.ts";
import { at, fieldOf, listAt, textAt } from "../json/untrusted.ts";
import { tallyRanking } from "../rerank/rerank.ts";
import { framedEvents } from "../stream/event-stream.ts";
import { WholeReading } from "../whole-reading.ts";
import type { Asked, Wire } from "../wire.ts";
import { bedrockRefusal } from "./refusal.ts";

const FIELDS = {
  ...fieldsOf("read", ["queries", "sources", "rerankingConfiguration"]),
  ...fieldsOf("steers", ["nextToken"]),
};
/** The model at the end of its ARN. */
const MODEL = /(?:^|\/)([^/]+)$/;

/** `Rerank` of the runtime for agents. */
export const bedrockRerank: Wire = {
  name: "bedrock-rerank",
  settings: [],
  frames: framedEvents,
  asked({ body, bytes, provider }): Asked {
    const tally = new InputTally();
    tally.isMany = true;
    tallyFields(body, FIELDS, provider.fields?.["bedrock-rerank"], tally);
    const queries = listAt(body, "queries");
    const documents = listAt(body, "sources").map((each) => fieldOf(each, "inlineDocumentSource"));
    if (documents.some((each) => each === undefined))
      tally.unbounded("a source that is not in the request");
    let searchUnits = 0;
    for (const query of queries) searchUnits += tallyRanking({ query, documents }, tally);
    const chosen = at(body, "rerankingConfiguration", "bedrockRerankingConfiguration");
    const arn = textAt(chosen, "modelConfiguration", "modelArn") ?? "";
    return {
      ...embeddingsAsked(MODEL.exec(arn)?.[1], tally.bound(body, bytes)),
      counted: { searchUnits: Math.max(1, searchUnits) },
    };
  },
  limitEdits: () => [[]],
  reading: (_provider, asked) => rankingReading(asked),
  refusal: bedrockRefusal,
};

/** Answers tell nothing: what was asked for is billed. */
export function rankingReading(asked: Asked | undefined): WholeReading {
  return new WholeReading((answer) =>
    fieldOf(answer, "results") === undefined ? undefined : { usage: { ...asked?.counted } },
  );
}
