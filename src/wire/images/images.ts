// Images by OpenAI's models, made and changed, and by servers with the same route.
// https://platform.openai.com/docs/api-reference/images

import { embeddingsAsked } from "../embeddings-asked.ts";
import { fieldsOf, tallyFields } from "../fields.ts";
import type { Fields } from "../fields.ts";
import { InputTally } from "../input-bound.ts";
import { countAt, fieldOf, has, listAt, readCount, textAt, timesOf } from "../json/untrusted.ts";
import { modelOf } from "../openai/chat.ts";
import { openaiRefusal } from "../openai/parts.ts";
import { WholeReading } from "../whole-reading.ts";
import { rest, unknownCounts } from "../wire-usage.ts";
import type { WireUsage } from "../wire-usage.ts";
import type { Asked, Wire, WireRequest } from "../wire.ts";
import { imageOutputTokens } from "./sizes.ts";

const FIELDS: Fields = {
  ...fieldsOf("read", ["model", "n", "size", "quality", "partial_images", "stream"]),
  ...fieldsOf("read", ["image", "image[]", "images", "images[]", "mask"]),
  ...fieldsOf("content", ["prompt"]),
  ...fieldsOf("steers", [
    "background",
    "input_fidelity",
    "moderation",
    "output_compression",
    "output_format",
    "response_format",
    "style",
    "width",
    "height",
    "steps",
    "negative_prompt",
  ]),
};
/** More than any documented image has that goes in. */
const IMAGE_TOKENS_MAX = 20_000;
const IMAGES: readonly string[] = ["image", "image[]", "images", "images[]"];
const KNOWN: ReadonlySet<string> = new Set([
  "input_tokens",
  "output_tokens",
  "total_tokens",
  "text_tokens",
  "image_tokens",
  "cached_tokens",
]);

/** `/images/generations`. */
export const openaiImages: Wire = {
  name: "openai-images",
  settings: [],
  asked,
  limitEdits: () => [[]],
  reading: (_provider, wanted) => new WholeReading((answer) => usageOf(answer, wanted)),
  refusal: openaiRefusal,
};

/** `/images/edits`, a form with the images. */
export const openaiImageEdits: Wire = { ...openaiImages, name: "openai-image-edits", isForm: true };

function asked(request: WireRequest): Asked {
  const { body, bytes, provider } = request;
  const model = modelOf(request);
  const tally = new InputTally();
  tallyFields(body, FIELDS, provider.fields?.["openai-images"], tally);
  for (const name of IMAGES.filter((each) => has(body, each))) {
    const given = fieldOf(body, name);
    const count = Array.isArray(given) ? given.length : 1;
    for (let at = 0; at < count; at++) tally.media(undefined, IMAGE_TOKENS_MAX);
  }
  const images = timesOf("n", fieldOf(body, "n"));
  const partials = readCount("partial_images", fieldOf(body, "partial_images")) ?? 0;
  const [size, quality] = [textAt(body, "size"), textAt(body, "quality")];
  const tokens = imageOutputTokens({ model: model ?? "", size, quality, partials });
  const stream = fieldOf(body, "stream");
  return {
    ...embeddingsAsked(model, tally.bound(body, bytes)),
    streams: stream === true || stream === "true",
    counted: { images },
    outputLimit: tokens,
    outputLimitMin: tokens,
    choices: images,
    isOutputHidden: true,
    outputMedia: ["image"],
  };
}

/** Tokens as they are reported; where a model is sold by the image, as many as there are. */
function usageOf(answer: unknown, wanted: Asked | undefined): Partial<WireUsage> | undefined {
  const report = fieldOf(answer, "usage");
  const input = countAt(report, "input_tokens");
  const output = countAt(report, "output_tokens");
  const made = listAt(answer, "data").length;
  const images = made > 0 ? made : (wanted?.counted?.images ?? 0);
  if (input === undefined || output === undefined) return { usage: { images }, isWhole: false };
  const details = fieldOf(report, "input_tokens_details");
  const inputImageTokens = Math.min(input, countAt(details, "image_tokens") ?? 0);
  const text = countAt(report, "output_tokens_details", "text_tokens") ?? 0;
  return {
    usage: {
      inputTokens: rest(input, inputImageTokens),
      inputImageTokens,
      outputTokens: Math.min(text, output),
      outputImageTokens: rest(output, text),
      images,
    },
    doubts: unknownCounts(report, KNOWN),
  };
}
