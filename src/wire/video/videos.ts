// Videos by Sora: the request is the bill, by the second and the size.
// https://platform.openai.com/docs/api-reference/videos/create

import { embeddingsAsked } from "../embeddings-asked.ts";
import { fieldsOf, tallyFields } from "../fields.ts";
import type { Fields } from "../fields.ts";
import { InputTally } from "../input-bound.ts";
import { fieldOf, readCount, textAt } from "../json/untrusted.ts";
import { openaiRefusal } from "../openai/parts.ts";
import { WholeReading } from "../whole-reading.ts";
import type { Asked, Wire } from "../wire.ts";

const FIELDS: Fields = {
  ...fieldsOf("read", ["model", "seconds", "size"]),
  ...fieldsOf("content", ["prompt"]),
  ...fieldsOf("steers", ["input_reference", "characters"]),
};
const SECONDS_DEFAULT = 4;
/** What its price list calls sizes; what is listed first needs no word. */
const SIZES: Readonly<Record<string, string | undefined>> = {
  "720x1280": undefined,
  "1280x720": undefined,
  "1024x1792": "1024p",
  "1792x1024": "1024p",
  "1080x1920": "1080p",
  "1920x1080": "1080p",
};

/** `/videos`. What is made later is booked when it is ordered. */
export const openaiVideos: Wire = {
  name: "openai-videos",
  settings: [],
  isForm: true,
  asked({ body, provider }): Asked {
    const tally = new InputTally();
    tallyFields(body, FIELDS, provider.fields?.["openai-videos"], tally);
    const size = textAt(body, "size");
    const tier = size === undefined || size in SIZES ? SIZES[size ?? ""] : size;
    const videoSeconds = readCount("seconds", fieldOf(body, "seconds")) ?? SECONDS_DEFAULT;
    return {
      ...embeddingsAsked(textAt(body, "model") ?? "sora-2", tally.bound({}, 0)),
      counted: { videoSeconds },
      outputMedia: ["video"],
      service: { tier },
    };
  },
  limitEdits: () => [[]],
  reading: () => new WholeReading(() => undefined),
  refusal: openaiRefusal,
};
