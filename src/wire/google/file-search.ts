// Files for Gemini's file search: embedded once, at the price of their tokens, which no answer
// tells. The request that begins an upload says how long the file is; the file itself goes to an
// address in its answer, past any proxy, so that all of it is held and booked when it begins.
// https://ai.google.dev/gemini-api/docs/file-search#pricing, https://ai.google.dev/api/file-search

import { embeddingsAsked } from "../embeddings-asked.ts";
import { fieldsOf, tallyFields } from "../fields.ts";
import { InputTally } from "../input-bound.ts";
import { readCount, textAt } from "../json/untrusted.ts";
import { WholeReading } from "../whole-reading.ts";
import type { Asked, Wire, WireRequest } from "../wire.ts";
import { gemini } from "./generate-content.ts";
import { either } from "./spelling.ts";

const FIELDS = {
  ...fieldsOf("read", ["chunkingConfig", "chunking_config"]),
  ...fieldsOf("steers", [
    "displayName",
    "display_name",
    "mimeType",
    "mime_type",
    "customMetadata",
    "custom_metadata",
  ]),
};
/** The dearer of the two models that a store may have; it reads text as the other does. */
const MODELS = ["gemini-embedding-2", "gemini-embedding-001"] as const;
/** Types whose text is no longer than their bytes. */
const IS_TEXT = /^(?:text\/[\w.+-]+|application\/(?:json|xml|sql|typescript|javascript|x-[\w-]+))$/;
const DIGITS = /^\d{1,15}$/;
/** What is added to each piece, such as the name of its file. */
const PIECE_TOKENS = 32;
/** Pieces are not shorter than this, unless the request says so. */
const PIECE_MIN = 100;
/** How often a token may be embedded where the request does not say how much pieces overlap. */
const OVERLAP_TIMES = 2;

/** `:uploadToFileSearchStore`. */
export const geminiFileSearch: Wire = {
  ...gemini,
  name: "gemini-file-search",
  settings: [],
  asked(request): Asked {
    const { body, provider } = request;
    const tally = new InputTally();
    tally.isMany = true;
    tallyFields(body, FIELDS, provider.fields?.["gemini-file-search"], tally);
    const size = sizeOf(request);
    if (size === undefined)
      tally.unbounded("a file of which the header X-Goog-Upload-Header-Content-Length is missing");
    else if (!IS_TEXT.test(typeOf(request)))
      tally.unbounded(
        "a file that is not plain text (mimeType), and may have more tokens than bytes",
      );
    else tally.add(tokensOf(size, body));
    return embeddingsAsked(MODELS[0], tally.bound({}, 0), [MODELS[1]]);
  },
  limitEdits: () => [[]],
  reading: () => new WholeReading(() => undefined),
};

function sizeOf({ header }: WireRequest): number | undefined {
  const stated = header?.("x-goog-upload-header-content-length") ?? "";
  return DIGITS.test(stated) ? Number(stated) : undefined;
}

function typeOf({ body, header }: WireRequest): string {
  const stated = textAt(body, "mimeType") ?? textAt(body, "mime_type");
  return (stated ?? header?.("x-goog-upload-header-content-type") ?? "").replace(/;.*$/, "");
}

/** A token for each byte, as often as pieces overlap, and what is added to each. */
function tokensOf(size: number, body: object): number {
  const pieces = either(either(body, "chunkingConfig"), "whiteSpaceConfig");
  const most = readCount("maxTokensPerChunk", fieldIn(pieces, "maxTokensPerChunk"));
  const overlap = readCount("maxOverlapTokens", fieldIn(pieces, "maxOverlapTokens")) ?? 0;
  const isSaid = most !== undefined && overlap < most;
  const step = isSaid ? most - overlap : PIECE_MIN;
  const times = isSaid ? most / step : OVERLAP_TIMES;
  return Math.ceil(size * times + (Math.ceil(size / step) + 1) * PIECE_TOKENS);
}

function fieldIn(pieces: unknown, name: string): unknown {
  return typeof pieces === "object" && pieces !== null ? either(pieces, name) : undefined;
}
