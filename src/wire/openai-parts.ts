// What OpenAI's requests have in common: kinds of content, tools, ways of serving, and errors.

import { at, fieldOf, textAt } from "./json.ts";
import {
  eachObject,
  GPT_4O_MINI_IMAGE_TOKENS_MAX,
  IMAGE_TOKENS_MAX,
  listAt,
  typeOf,
} from "./input-bound.ts";
import type { InputTally } from "./input-bound.ts";
import type { RefusalNotice } from "./wire.ts";

/** What a tier is called that has the listed price. */
export const LISTED_SERVICES: ReadonlySet<string> = new Set(["auto", "default", "standard"]);
/** Models that show all that they write; others may reason out of sight. */
const WITHOUT_REASONING = /^(?:.*\/)?(?:gpt-3|gpt-4|chatgpt-4|text-|davinci|babbage)/;
/** Tools that run on the caller's side: their definitions are text, their results come back. */
const CALLERS_TOOLS: ReadonlySet<string> = new Set([
  "function",
  "custom",
  "namespace",
  "local_shell",
  "shell",
  "apply_patch",
  "computer_use_preview",
  "computer",
]);

/** Whether output may be billed that is not shown. */
export function mayReason(model: string | undefined, effort: string | undefined): boolean {
  return effort !== "none" && !WITHOUT_REASONING.test(model ?? "");
}

/** The most tokens of one image. */
export function imageTokensMaxOf(model: string | undefined): number {
  return model?.includes("4o-mini") === true ? GPT_4O_MINI_IMAGE_TOKENS_MAX : IMAGE_TOKENS_MAX;
}

/** Counts the media in messages or items. */
export function tallyContent(content: unknown, model: string | undefined, tally: InputTally): void {
  const imageTokensMax = imageTokensMaxOf(model);
  eachObject(content, (part) => {
    switch (typeOf(part)) {
      case "image_url":
      case "input_image":
      case "computer_screenshot": {
        const image = fieldOf(part, "image_url");
        const url = typeof image === "string" ? image : textAt(image, "url");
        tally.image(url?.startsWith("data:") === true ? url : undefined, imageTokensMax);
        return true;
      }
      case "input_audio":
        tally.audio();
        return true;
      case "file":
      case "input_file":
        tally.upToWindow("a file");
        return true;
      case "video_url":
        tally.upToWindow("a video");
        return true;
      case "document_url":
        tally.upToWindow("a document");
        return true;
      case "item_reference":
        tally.upToWindow("a reference to an item");
        return true;
      case "image_generation_call":
        tally.image(textAt(part, "result"), imageTokensMax);
        return true;
      default:
        return false;
    }
  });
}

/** Counts tools, and tells of those that the provider runs. */
export function tallyTools(body: unknown, tally: InputTally): void {
  const tools = listAt(body, "tools");
  tally.hasTools ||= tools.length > 0 || listAt(body, "functions").length > 0;
  tally.hasTools ||= at(body, "response_format") !== undefined;
  tally.hasTools ||= at(body, "text", "format") !== undefined;
  for (const tool of tools) {
    const type = typeOf(tool) ?? "function";
    if (!CALLERS_TOOLS.has(type)) tally.unbounded(`the tool ${type}, which the provider runs`);
  }
}

/**
 * An error as OpenAI's API shapes it. `insufficient_quota` is its own word for "there is no money
 * left", at which clients do not try again.
 * https://platform.openai.com/docs/guides/error-codes
 */
export function openaiRefusal({ code, message, evidence }: RefusalNotice): object {
  const type = code === "budget_exceeded" ? "insufficient_quota" : "invalid_request_error";
  return { error: { message, type, code, param: null, budget: evidence } };
}
