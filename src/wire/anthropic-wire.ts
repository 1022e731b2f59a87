// Requests for Anthropic messages.
// https://platform.claude.com/docs/en/api/messages/create

import { AnthropicMessagesReader, usageOfAnthropicMessages } from "./anthropic-messages.ts";
import { edited } from "./edits.ts";
import { at, countAt, fieldOf, textAt } from "./json.ts";
import { CLAUDE_IMAGE_TOKENS_MAX, eachObject, InputTally, listAt, typeOf } from "./input-bound.ts";
import type { Asked, Wire } from "./wire.ts";

/** Tools whose definition the provider has, and that the caller runs. */
const CALLERS_TOOL = /^(?:custom|(?:bash|text_editor|computer|memory)_\d+)$/;
/**
 * What the longest definition of such a tool adds (computer use, text editor).
 * https://platform.claude.com/docs/en/agents-and-tools/tool-use/computer-use-tool
 */
const TOOL_TOKENS = 1024;

/**
 * Priority is capacity that was bought before; its tokens have no price of their own.
 * https://platform.claude.com/docs/en/api/service-tiers
 */
const LISTED_SERVICES: ReadonlySet<string> = new Set([
  "auto",
  "standard",
  "standard_only",
  "priority",
]);

/** Anthropic messages. */
export const anthropicMessages: Wire = {
  name: "anthropic-messages",
  provider: "anthropic",
  streamsObjects: false,
  listedServices: LISTED_SERVICES,
  asked(body, bytes): Asked {
    const tally = new InputTally();
    const ownTools = tallyTools(body, tally);
    tallyContent(at(body, "messages"), tally);
    tallyContent(at(body, "system"), tally);
    const thinks = ["enabled", "adaptive"].includes(textAt(body, "thinking", "type") ?? "");
    return {
      model: textAt(body, "model"),
      streams: fieldOf(body, "stream") === true,
      input: tally.bound(body, bytes + ownTools * TOOL_TOKENS),
      outputLimit: countAt(body, "max_tokens"),
      // max_tokens must be more than what it is to think with.
      outputLimitMin: (countAt(body, "thinking", "budget_tokens") ?? 0) + 1,
      choices: 1,
      isOutputHidden: thinks,
      hasMediaOutput: false,
      service: serviceOf(body),
    };
  },
  withOutputLimit: (text, _body, limit) => edited(text, [[["max_tokens"], limit]]),
  usageOf: usageOfAnthropicMessages,
  reader: () => new AnthropicMessagesReader(),
  /**
   * An error as Anthropic's API shapes it; `billing_error` is its word for status 402.
   * https://platform.claude.com/docs/en/api/errors
   */
  refusal({ code, message, evidence }): object {
    const type = code === "budget_exceeded" ? "billing_error" : "invalid_request_error";
    const details = { error_code: code, budget: evidence };
    return { type: "error", error: { type, message, details }, request_id: null };
  },
};

/** How it is to be served, where that changes the price. */
function serviceOf(body: unknown): string | undefined {
  const speed = textAt(body, "speed");
  if (speed !== undefined && speed !== "standard") return speed;
  const place = textAt(body, "inference_geo");
  return place === undefined || place === "global" ? undefined : `inference_geo ${place}`;
}

/** Answers how many tools there are whose definition the provider adds. */
function tallyTools(body: unknown, tally: InputTally): number {
  const tools = listAt(body, "tools");
  tally.hasTools = tools.length > 0 || at(body, "output_config", "format") !== undefined;
  let own = 0;
  for (const tool of tools) {
    const type = typeOf(tool) ?? "custom";
    if (!CALLERS_TOOL.test(type)) tally.unbounded(`the tool ${type}, which the provider runs`);
    else if (type !== "custom") own++;
  }
  if (listAt(body, "mcp_servers").length > 0)
    tally.unbounded("mcp_servers, whose tools the provider runs");
  if (listAt(body, "fallbacks").length > 0)
    tally.unbounded("fallbacks to models with other prices");
  if (at(body, "container", "skills") !== undefined)
    tally.unbounded("skills, which the provider runs");
  return own;
}

function tallyContent(content: unknown, tally: InputTally): void {
  eachObject(content, (part) => {
    switch (typeOf(part)) {
      case "image":
        tally.image(textAt(part, "source", "data"), CLAUDE_IMAGE_TOKENS_MAX);
        return true;
      case "document":
        // Plain text, and content in parts, is in the request as it is.
        if (["text", "content"].includes(textAt(part, "source", "type") ?? "")) return false;
        tally.upToWindow("a document");
        return true;
      case "container_upload":
        tally.upToWindow("a file in a container");
        return true;
      default:
        return false;
    }
  });
}
