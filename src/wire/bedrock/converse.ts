// Requests to Bedrock's Converse API.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html

import { isClaude } from "../anthropic/media-tokens.ts";
import { CLAUDE_TEMPLATES } from "../anthropic/templates.ts";
import { PLAIN_REQUEST } from "../plain-request.ts";
import { tallyAnthropicTools as tallyClaudeTools, thinks } from "../anthropic/tools.ts";
import { tallyFields } from "../fields.ts";
import { InputTally } from "../input-bound.ts";
import type { CacheWrites } from "../input-bound.ts";
import { at, countAt, fieldOf, has, listAt, readCount, textAt } from "../json/untrusted.ts";
import { framedEvents } from "../stream/event-stream.ts";
import type { Asked, Wire, WireRequest } from "../wire.ts";
import type { Overshoot } from "../overshoot.ts";
import { bedrockRefusal } from "./refusal.ts";
import { converseConversation } from "./conversation.ts";
import { tallyConversation } from "./converse-content.ts";
import { CONVERSE_FIELDS, INFERENCE_FIELDS, MODEL_FIELDS } from "./converse-fields.ts";
import { ConverseReading } from "./converse-reading.ts";
import { bedrockModel } from "./model.ts";

/** Converse and ConverseStream. */
export const bedrockConverse: Wire = {
  name: "bedrock-converse",
  settings: ["inferenceConfig", "additionalModelRequestFields"],
  frames: framedEvents,
  asked(request): Asked {
    const { body, bytes, url, provider } = request;
    const model = bedrockModel(url) ?? textAt(body, "modelId");
    const handedOn = objectAt(body, "additionalModelRequestFields");
    const tally = new InputTally();
    tallyFields(body, CONVERSE_FIELDS, provider.fields?.["bedrock-converse"], tally);
    tallyFields(objectAt(body, "inferenceConfig"), INFERENCE_FIELDS, undefined, tally);
    tallyFields(handedOn, MODEL_FIELDS, undefined, tally);
    tallyConversation(body, model ?? "", tally);
    tallyTools(body, handedOn, tally);
    tally.hiddenPromptTokens =
      provider.hiddenPromptTokens?.({ model: model ?? "", url, body }) ?? 0;
    if (isClaude(model ?? "")) tally.templates = CLAUDE_TEMPLATES;
    return {
      ...PLAIN_REQUEST,
      model,
      streams: url.pathname.endsWith("-stream"),
      input: tally.bound(body, bytes),
      cacheWrites: cacheWritesOf(request),
      outputLimit: readCount("maxTokens", at(body, "inferenceConfig", "maxTokens")),
      overshoot: provider.overshoot?.({ model: model ?? "", url, body }) ?? overshootOf(handedOn),
      // maxTokens must be more than what it is to think with.
      outputLimitMin: (countAt(handedOn, "thinking", "budget_tokens") ?? 0) + 1,
      isOutputHidden: model?.includes("claude") !== true || thinks(handedOn, model),
      service: {
        tier: textAt(body, "serviceTier", "type"),
        speed: textAt(body, "performanceConfig", "latency"),
      },
    };
  },
  limitEdits: (_request, limit) => [[[["inferenceConfig", "maxTokens"], limit]]],
  conversation: converseConversation,
  reading: () => new ConverseReading(),
  refusal: bedrockRefusal,
};

function objectAt(body: object, name: string): object {
  const found = fieldOf(body, name);
  return typeof found === "object" && found !== null && !Array.isArray(found) ? found : {};
}

function tallyTools(body: object, handedOn: object, tally: InputTally): void {
  // Claude's own tools stand among the fields of the model.
  tallyClaudeTools(handedOn, tally);
  const tools = listAt(body, "toolConfig", "tools");
  tally.hasTools ||= tools.length > 0 || has(body, "outputConfig");
  for (const tool of tools) {
    if (typeof tool !== "object" || tool === null) continue;
    const system = textAt(tool, "systemTool", "name");
    const isKnown = has(tool, "toolSpec") || has(tool, "cachePoint");
    if (!isKnown)
      tally.unbounded(
        `the tool ${(system ?? "of an unknown kind").slice(0, 40)}, which the provider runs`,
      );
  }
}

/** Nova takes no limit when it is to think hard. */
const HARD: ReadonlySet<unknown> = new Set(["high", "xhigh", "max"]);

/** https://docs.aws.amazon.com/nova/latest/nova2-userguide/extended-thinking.html */
function overshootOf(handedOn: object): Overshoot {
  const effort =
    at(handedOn, "reasoningConfig", "maxReasoningEffort") ?? at(handedOn, "reasoning_config");
  return HARD.has(effort) ? "model maximum" : { times: 1, plus: 0 };
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html */
function cacheWritesOf({ text }: WireRequest): CacheWrites {
  if (text === undefined || text.includes("\\u")) return "1h";
  if (!/"cachePoint"|"cache_control"/.test(text)) return "none";
  return text.includes('"1h"') ? "1h" : "5m";
}
