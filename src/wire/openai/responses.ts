// Requests for OpenAI Responses.
// https://platform.openai.com/docs/api-reference/responses/create

import { compatibleCacheWrites } from "../cache-writes.ts";
import { tallyFields } from "../fields.ts";
import { InputTally } from "../input-bound.ts";
import { at, fieldOf, listAt, readCount, textAt, typeOf } from "../json/untrusted.ts";
import type { Asked, Wire, WireRequest } from "../wire.ts";
import { factsOf, modelOf, tallyHidden, tierOf } from "./chat.ts";
import { imageCallsOf } from "./image-tool.ts";
import { mayReason, OpenaiContent, openaiRefusal, tallyOpenaiTools } from "./parts.ts";
import { responsesContinuation, responsesConversation } from "./responses-conversation.ts";
import { RESPONSES_FIELDS } from "./responses-fields.ts";
import { OpenaiResponsesReading } from "./responses-usage.ts";

/** The API takes no lower limit. */
const OUTPUT_LIMIT_MIN = 16;
/** Members of `reasoning` that only say how long to think and what to show of it. */
const REASONING: ReadonlySet<string> = new Set([
  "effort",
  "summary",
  "generate_summary",
  "context",
  "max_tokens",
  "enabled",
  "exclude",
]);

/** OpenAI Responses. */
export const openaiResponses: Wire = {
  name: "openai-responses",
  settings: ["reasoning"],
  asked(request): Asked {
    const { body, bytes, provider } = request;
    // A stored prompt brings its model with it: the user may say which one that is.
    const model = modelOf(request) ?? textAt(body, "prompt", "id");
    const facts = factsOf(request);
    const tally = new InputTally();
    tallyFields(body, RESPONSES_FIELDS, provider.fields?.["openai-responses"], tally);
    tallyItems(request, model, tally);
    tallyOpenaiTools(body, tally, provider.limitsToolCalls === true);
    tallyReasoning(body, tally);
    // Older items are summed up in a pass of its own.
    if (listAt(body, "context_management").length > 0) tally.passes(2, "context_management");
    tallyHidden(request, model, tally);
    // A compaction has instructions of the provider's.
    if (!isCompaction(request)) tally.templates = provider.templates?.["openai-responses"];
    return {
      model,
      otherModels: provider.otherModels?.(body) ?? [],
      ...(provider.limitsToolCalls === true && { besides: imageCallsOf(body) }),
      streams: fieldOf(body, "stream") === true,
      input: tally.bound(body, bytes),
      cacheWrites: compatibleCacheWrites(request, model),
      outputLimit: isPreparation(request)
        ? 0
        : readCount("max_output_tokens", fieldOf(body, "max_output_tokens")),
      overshoot: isCompaction(request)
        ? "model maximum"
        : (provider.overshoot?.(facts) ?? { times: 1, plus: 0 }),
      outputLimitMin: OUTPUT_LIMIT_MIN,
      choices: 1,
      isOutputHidden: mayReason(model, textAt(body, "reasoning", "effort")),
      outputMedia: [],
      service: { tier: tierOf(body) },
      clarifications: [],
    };
  },
  limitEdits: (_request, limit) => [[[["max_output_tokens"], limit]]],
  conversation: responsesConversation,
  continuation: responsesContinuation,
  reading: (provider, asked) =>
    new OpenaiResponsesReading(provider, asked?.input.codeSessionsMax ?? 0),
  refusal: openaiRefusal,
};

/**
 * Whether a conversation is to be summed up: there is no limit to how long.
 * https://platform.openai.com/docs/api-reference/responses/compact
 */
function isCompaction({ url }: WireRequest): boolean {
  return url.pathname.endsWith("/compact");
}

/**
 * Whether a request only prepares for later ones, and nothing comes out: on web sockets alone.
 * https://developers.openai.com/api/docs/guides/websocket-mode
 */
function isPreparation({ body, url }: WireRequest): boolean {
  return url.protocol.startsWith("ws") && fieldOf(body, "generate") === false;
}

/** Items of input that are text, or whose media are found in known places. */
const PLAIN_ITEMS: ReadonlySet<string> = new Set([
  "reasoning",
  "function_call",
  "custom_tool_call",
  "local_shell_call",
  "local_shell_call_output",
  "shell_call",
  "shell_call_output",
  "apply_patch_call",
  "apply_patch_call_output",
  "computer_call",
  "code_interpreter_call",
  "web_search_call",
  "file_search_call",
  "tool_search_call",
  "tool_search_output",
  "additional_tools",
  "configuration_update",
  "mcp_list_tools",
  "mcp_approval_request",
  "mcp_approval_response",
  "mcp_call",
  "compaction",
  "compaction_trigger",
  "program",
  "program_output",
]);

/** Items that the provider may add texts of its own to. */
const HAVE_TEXTS: ReadonlySet<string> = new Set(["compaction_trigger", "additional_tools"]);

function tallyItems(request: WireRequest, model: string | undefined, tally: InputTally): void {
  const content = new OpenaiContent(tally, request, model);
  for (const item of listAt(request.body, "input")) {
    const type = typeOf(item) ?? "message";
    switch (type) {
      case "message":
        content.content(fieldOf(item, "content"));
        break;
      case "function_call_output":
      case "custom_tool_call_output":
      case "computer_call_output":
        content.content(fieldOf(item, "output"));
        break;
      case "image_generation_call": {
        const result = textAt(item, "result");
        content.image(result === undefined ? undefined : `data:${result}`);
        break;
      }
      case "item_reference":
        tally.upToWindow("a reference to an item");
        break;
      default:
        tally.hasDocuments ||= HAVE_TEXTS.has(type);
        if (!PLAIN_ITEMS.has(type)) tally.upToWindow(`an item of the type ${type.slice(0, 40)}`);
    }
  }
}

/** `mode: "pro"` runs several passes, and each of them is billed. */
function tallyReasoning(body: object, tally: InputTally): void {
  const reasoning = at(body, "reasoning");
  if (typeof reasoning !== "object" || reasoning === null) return;
  const mode = fieldOf(reasoning, "mode") ?? undefined;
  if (mode !== undefined && mode !== "standard")
    tally.unbounded(
      `reasoning.mode ${JSON.stringify(mode).slice(0, 40)}, which runs several passes`,
    );
  for (const [name, value] of Object.entries(reasoning)) {
    if (name === "mode" || value === null || REASONING.has(name)) continue;
    tally.unbounded(`the field reasoning.${name.slice(0, 40)}, which is not known`);
  }
}
