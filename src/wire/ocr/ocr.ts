// Documents that are read page by page. https://docs.mistral.ai/api/endpoint/ocr

import { embeddingsAsked } from "../embeddings-asked.ts";
import { fieldsOf, tallyFields } from "../fields.ts";
import type { Fields } from "../fields.ts";
import { InputTally } from "../input-bound.ts";
import { countAt, fieldOf, has, listAt, textAt } from "../json/untrusted.ts";
import { pdfFactsOf } from "../media/pdf.ts";
import { openaiRefusal } from "../openai/parts.ts";
import { WholeReading } from "../whole-reading.ts";
import type { Asked, Wire } from "../wire.ts";

const FIELDS: Fields = {
  ...fieldsOf("read", ["model", "document", "pages"]),
  ...fieldsOf("steers", [
    "include_image_base64",
    "image_limit",
    "image_min_size",
    "table_format",
    "extract_header",
    "extract_footer",
    "confidence_scores_granularity",
    "include_blocks",
  ]),
  // Its pages have a dearer price.
  bbox_annotation_format: { unbounded: "bbox_annotation_format, whose pages cost more" },
  document_annotation_format: { unbounded: "document_annotation_format, whose pages cost more" },
};

/** Mistral's `/ocr`. */
export const mistralOcr: Wire = {
  name: "mistral-ocr",
  settings: [],
  asked({ body, provider }): Asked {
    const tally = new InputTally();
    tallyFields(body, FIELDS, provider.fields?.["mistral-ocr"], tally);
    const pages = pagesOf(body);
    if (pages === undefined)
      tally.unbounded("a document whose pages are not in the request; say which with `pages`");
    return {
      ...embeddingsAsked(textAt(body, "model"), tally.bound({}, 0)),
      counted: { pages: pages ?? 0 },
    };
  },
  limitEdits: () => [[]],
  reading: () =>
    new WholeReading((answer) => {
      const pages = countAt(answer, "usage_info", "pages_processed");
      return pages === undefined ? undefined : { usage: { pages } };
    }),
  refusal: openaiRefusal,
};

/** As many as the request names; one of an image; all of a PDF that stands in it. */
function pagesOf(body: object): number | undefined {
  const named = listAt(body, "pages").length;
  if (named > 0) return named;
  const document = fieldOf(body, "document");
  if (has(document, "image_url")) return 1;
  const address = textAt(document, "document_url");
  return address?.startsWith("data:") === true ? pdfFactsOf(address)?.pages : undefined;
}
