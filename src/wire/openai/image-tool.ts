// The tool of Responses that makes images: another model, at its own price.
// https://developers.openai.com/api/docs/guides/tools-image-generation

import { imageOutputTokens } from "../images/sizes.ts";
import { at, countAt, has, listAt, textAt, typeOf } from "../json/untrusted.ts";
import { unknownCounts } from "../wire-usage.ts";
import type { ModelPass } from "../wire-usage.ts";
import type { BesideCalls } from "../wire.ts";

/** The type of the tool, and how many images are held for where a request sets no limit. */
export const IMAGE_TOOL = "image_generation";
export const IMAGE_CALLS_MAX = 4;

/** The models that may make one where the request names none. */
const MODELS: readonly string[] = ["gpt-image-1", "gpt-image-1.5", "gpt-image-2"];
/** The longest prompt, at a token for each character, and as many images as a call takes. */
const PROMPT_TOKENS = 32_000;
const IMAGES_IN_MAX = 16;
/** A large image that is looked at closely. */
const IMAGE_IN_TOKENS = 7500;

/** Counts of what tools have used; `num_requests` are searches. */
const KNOWN_COUNTS: ReadonlySet<string> = new Set([
  "num_requests",
  "input_tokens",
  "output_tokens",
  "total_tokens",
  "image_tokens",
  "text_tokens",
]);

/** Returns the calls of an image model that a response may make; empty without the tool. */
export function imageCallsOf(body: object): readonly BesideCalls[] {
  const tool = listAt(body, "tools").find((each) => typeOf(each) === IMAGE_TOOL);
  if (tool === undefined) return [];
  const times = countAt(body, "max_tool_calls") ?? IMAGE_CALLS_MAX;
  const named = textAt(tool, "model");
  const models = named === undefined || named === "auto" ? MODELS : [named];
  const tokens = models.map((model) => outputTokensOf(model, tool));
  // What was made before may go into the next.
  const images = Math.min(IMAGES_IN_MAX, imagesIn(body) + times - 1);
  return [
    {
      models,
      times,
      inputTokens: PROMPT_TOKENS + images * IMAGE_IN_TOKENS,
      outputTokens: Math.max(...tokens),
    },
  ];
}

function outputTokensOf(model: string, tool: unknown): number {
  return imageOutputTokens({
    model,
    size: textAt(tool, "size"),
    quality: textAt(tool, "quality"),
    partials: countAt(tool, "partial_images") ?? 0,
  });
}

/** Returns what the image model has used of a response: as reported, or by size and quality. */
export function imagePassesOf(response: unknown): {
  readonly passes: readonly ModelPass[];
  readonly doubts: readonly string[];
} {
  const calls = listAt(response, "output").filter(
    (item) => typeOf(item) === `${IMAGE_TOOL}_call` && textAt(item, "status") !== "failed",
  );
  const tool = listAt(response, "tools").find((each) => typeOf(each) === IMAGE_TOOL);
  const model = textAt(tool, "model") ?? MODELS[0];
  const unknown = unknownCounts(at(response, "tool_usage"), KNOWN_COUNTS);
  const report = at(response, "tool_usage", "image_gen");
  const input = countAt(report, "input_tokens") ?? 0;
  const output = countAt(report, "output_tokens") ?? 0;
  if (output > 0) {
    const images = countAt(report, "input_tokens_details", "image_tokens") ?? 0;
    const text = countAt(report, "output_tokens_details", "text_tokens") ?? 0;
    const usage = {
      inputTokens: Math.max(0, input - images),
      inputImageTokens: Math.min(images, input),
      outputTokens: Math.min(text, output),
      outputImageTokens: Math.max(0, output - text),
    };
    return { passes: [{ model, usage }], doubts: unknown };
  }
  const passes = calls.map((call) => ({
    model,
    usage: { outputImageTokens: outputTokensOf(model ?? "", call) },
  }));
  const bySize = calls.length > 0 ? ["images of the answer are booked by their size alone"] : [];
  return { passes, doubts: [...bySize, ...unknown] };
}

/** How many images a request shows; what is kept from before is not shown. */
function imagesIn(body: object): number {
  const isContinued = has(body, "previous_response_id") || has(body, "conversation");
  if (isContinued) return IMAGES_IN_MAX;
  let count = 0;
  for (const item of listAt(body, "input"))
    for (const parts of [[item], listAt(item, "content"), listAt(item, "output")])
      count += parts.filter((each) => /image/.test(typeOf(each) ?? "")).length;
  return count;
}
