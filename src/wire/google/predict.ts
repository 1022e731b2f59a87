// Google's models behind `:predict`: images by Imagen, videos by Veo, embeddings at Vertex.
// https://ai.google.dev/gemini-api/docs/imagen, https://ai.google.dev/gemini-api/docs/video,
// https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api

import { embeddingsAsked } from "../embeddings-asked.ts";
import { fieldsOf, tallyFields } from "../fields.ts";
import { InputTally } from "../input-bound.ts";
import { at, countAt, fieldOf, listAt, readCount, textAt } from "../json/untrusted.ts";
import { modelInPath } from "../model-in-path.ts";
import { WholeReading } from "../whole-reading.ts";
import type { WireUsage } from "../wire-usage.ts";
import type { Asked, Wire } from "../wire.ts";
import { gemini } from "./generate-content.ts";

const FIELDS = {
  ...fieldsOf("content", ["instances"]),
  ...fieldsOf("read", ["parameters"]),
  ...fieldsOf("steers", ["labels"]),
};
const MODEL = /\/models\/([^/:]+):predict(?:LongRunning)?$/;
const VIDEO = /^veo-/;
/** What is made where the request does not say how many, or how long. */
const IMAGES_DEFAULT = 4;
const VIDEOS_DEFAULT = 4;
const SECONDS_DEFAULT = 8;
/** The resolutions of the listed price. */
const LISTED: ReadonlySet<string> = new Set(["720p", "1080p"]);

/** `:predict` and `:predictLongRunning`. */
export const googlePredict: Wire = {
  name: "google-predict",
  settings: ["parameters"],
  asked({ body, bytes, url, provider }): Asked {
    const model = modelInPath(url, MODEL);
    const tally = new InputTally();
    tally.isMany = true;
    tallyFields(body, FIELDS, provider.fields?.["google-predict"], tally);
    const embedding = embeddingsAsked(model, tally.bound(body, bytes));
    const parameters = fieldOf(body, "parameters");
    const count = readCount("sampleCount", fieldOf(parameters, "sampleCount"));
    if (model?.startsWith("imagen") === true)
      return {
        ...embedding,
        counted: { images: count ?? IMAGES_DEFAULT },
        outputMedia: ["image"],
      };
    if (!VIDEO.test(model ?? "")) return embedding;
    const resolution = textAt(parameters, "resolution")?.toLowerCase();
    const seconds = readCount("durationSeconds", fieldOf(parameters, "durationSeconds"));
    const videos = count ?? (provider.id === "google" ? 1 : VIDEOS_DEFAULT);
    return {
      ...embedding,
      counted: { videoSeconds: videos * (seconds ?? SECONDS_DEFAULT) },
      outputMedia: ["video"],
      service: { tier: LISTED.has(resolution ?? "") ? undefined : resolution },
    };
  },
  limitEdits: () => [[]],
  reading: (_provider, asked) => new WholeReading((answer) => usageOf(answer, asked)),
  refusal: (notice) => gemini.refusal(notice),
};

/** Images that were kept back are not billed; a video is not made yet. */
function usageOf(answer: unknown, asked: Asked | undefined): Partial<WireUsage> | undefined {
  const predictions = listAt(answer, "predictions");
  const images = asked?.counted?.images;
  if (images !== undefined) return { usage: { images: Math.min(images, predictions.length) } };
  if (asked?.counted !== undefined) return undefined;
  let inputTokens = 0;
  for (const each of predictions) {
    const tokens = countAt(at(each, "embeddings", "statistics"), "token_count");
    if (tokens === undefined) return undefined;
    inputTokens += tokens;
  }
  return inputTokens === 0 ? undefined : { usage: { inputTokens } };
}
