// Requests for Gemini generateContent. The API takes every name in either way of writing:
// maxOutputTokens and max_output_tokens.
// https://ai.google.dev/api/generate-content#method:-models.generatecontent

import { edited } from "./edits.ts";
import { GeminiReader, usageOfGemini } from "./gemini.ts";
import { countAt, fieldOf, textAt, timesOf } from "./json.ts";
import { eachObject, GEMINI_3_IMAGE_TOKENS_MAX, InputTally } from "./input-bound.ts";
import type { Asked, Wire } from "./wire.ts";

const MODEL = /\/models\/([^/:]+):/;
/** Models that think only out of sight, unless they are told not to. */
const WITHOUT_THOUGHTS = /gemini-(?:1|2\.0)/;
/** Tools that run on the caller's side. */
const CALLERS_TOOLS: ReadonlySet<string> = new Set([
  "functionDeclarations",
  "function_declarations",
  "computerUse",
  "computer_use",
]);

/** Gemini generateContent and streamGenerateContent. */
export const gemini: Wire = {
  name: "gemini",
  provider: "google",
  streamsObjects: true,
  listedServices: new Set(["standard", "STANDARD"]),
  asked(body, bytes, path): Asked {
    const model = MODEL.exec(path)?.[1];
    const config = either(body, "generationConfig");
    const thinking = either(config, "thinkingConfig");
    const tally = new InputTally();
    tallyContent(fieldOf(body, "contents"), model, tally);
    tallyContent(either(body, "systemInstruction"), model, tally);
    tallyTools(body, tally);
    if (either(body, "cachedContent") !== undefined) tally.upToWindow("cached content");
    const modalities = either(config, "responseModalities");
    return {
      model,
      streams: path.includes(":streamGenerateContent"),
      input: tally.bound(body, bytes),
      outputLimit: countOf(config, "maxOutputTokens"),
      outputLimitMin: 1,
      choices: timesOf("candidateCount", fieldOf(config, nameIn(config, "candidateCount"))),
      isOutputHidden:
        !WITHOUT_THOUGHTS.test(model ?? "") && countOf(thinking, "thinkingBudget") !== 0,
      hasMediaOutput:
        /image|audio|tts/.test(model ?? "") ||
        (Array.isArray(modalities) && modalities.some((each) => each !== "TEXT")),
      service: textAt(body, "serviceTier") ?? textAt(body, "service_tier"),
    };
  },
  withOutputLimit(text, body, limit): string {
    const config = nameIn(body, "generationConfig");
    const name = nameIn(fieldOf(body, config), "maxOutputTokens");
    return edited(text, [[[config, name], limit]]);
  },
  usageOf: usageOfGemini,
  reader: (contentType) => new GeminiReader(contentType),
  /** An error as Google's APIs shape it: https://cloud.google.com/apis/design/errors */
  refusal({ code, message, status, evidence }): object {
    const word = code === "budget_exceeded" ? "RESOURCE_EXHAUSTED" : "INVALID_ARGUMENT";
    const details = [{ reason: code, domain: "token-budget", budget: evidence }];
    return { error: { code: status, message, status: word, details } };
  },
};

/** The name of a member in the way in which it is written; as it is given when there is none. */
function nameIn(value: unknown, name: string): string {
  const other = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return fieldOf(value, name) === undefined && fieldOf(value, other) !== undefined ? other : name;
}

function either(value: unknown, name: string): unknown {
  return fieldOf(value, nameIn(value, name)) ?? undefined;
}

function countOf(value: unknown, name: string): number | undefined {
  return countAt(value, nameIn(value, name));
}

function tallyTools(body: unknown, tally: InputTally): void {
  const tools = fieldOf(body, "tools");
  for (const tool of Array.isArray(tools) ? tools : [tools]) {
    if (typeof tool !== "object" || tool === null) continue;
    tally.hasTools = true;
    for (const name of Object.keys(tool)) {
      if (!CALLERS_TOOLS.has(name)) tally.unbounded(`the tool ${name}, which the provider runs`);
    }
  }
  const config = either(body, "generationConfig");
  tally.hasTools ||= either(config, "responseSchema") !== undefined;
}

function tallyContent(content: unknown, model: string | undefined, tally: InputTally): void {
  eachObject(content, (part) => {
    const data = either(part, "inlineData");
    if (either(part, "fileData") !== undefined) tally.upToWindow("a file");
    if (data === undefined) return false;
    const kind = textAt(data, nameIn(data, "mimeType")) ?? "";
    if (kind.startsWith("audio/")) tally.audio();
    else if (kind.startsWith("image/") && model?.startsWith("gemini-3") === true)
      tally.image(textAt(data, "data"), GEMINI_3_IMAGE_TOKENS_MAX);
    else if (!kind.startsWith("text/")) tally.upToWindow(`data of the type ${kind || "unknown"}`);
    return true;
  });
}
