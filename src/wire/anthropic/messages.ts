// Requests for Anthropic messages.
// https://platform.claude.com/docs/en/api/messages/create

import { markedCacheWrites } from "../cache-writes.ts";
import { tallyFields } from "../fields.ts";
import { InputTally } from "../input-bound.ts";
import type { Edit } from "../json/set-members.ts";
import { fieldOf, readCount, textAt } from "../json/untrusted.ts";
import type { Service } from "../../core/service.ts";
import type { Asked, Wire, WireRequest } from "../wire.ts";
import type { Overshoot } from "../overshoot.ts";
import { modelInPath } from "../model-in-path.ts";
import { areText, tallyMessages } from "./content.ts";
import { conversationOf } from "./conversation.ts";
import { MESSAGES_FIELDS } from "./messages-fields.ts";
import { AnthropicMessagesReading } from "./messages-usage.ts";
import { THINKING_BUDGET, THINKING_MIN, thinkingBudgetOf, thinkingWithin } from "./thinking.ts";
import {
  mayCompact,
  SEARCHES_MAX,
  tallyAnthropicTools,
  thinks,
  unlimitedSearches,
} from "./tools.ts";

/** The most that a model of today writes, and so a summary of older messages. */
const SUMMARY_TOKENS_MAX = 64_000;

/** The most tools that a limit is written into: each takes a walk through the request. */
const SEARCH_TOOLS_MAX = 32;

/** Anthropic messages. */
export const anthropicMessages: Wire = {
  name: "anthropic-messages",
  settings: ["thinking"],
  asked(request): Asked {
    const { body, bytes, provider } = request;
    const model = textAt(body, "model") ?? modelInPath(request.url, VERTEX_MODEL);
    const tally = new InputTally();
    tallyFields(body, MESSAGES_FIELDS, provider.fields?.["anthropic-messages"], tally);
    tallyMessages(body, model, tally);
    tallyAnthropicTools(body, tally);
    tally.templates = provider.templates?.["anthropic-messages"];
    const searches = unlimitedSearches(body);
    if (searches.length > SEARCH_TOOLS_MAX)
      tally.unbounded(`${searches.length} web searches without max_uses`);
    else
      for (const index of searches) tally.limitTools([["tools", index, "max_uses"], SEARCHES_MAX]);
    const compacts = mayCompact(body);
    if (compacts) tally.passes(2, "compaction, which reads the messages once more");
    return {
      model,
      otherModels: provider.otherModels?.(body) ?? [],
      streams: fieldOf(body, "stream") === true,
      input: tally.bound(body, bytes),
      cacheWrites: markedCacheWrites(request),
      outputLimit: readCount("max_tokens", fieldOf(body, "max_tokens")),
      overshoot: overshootOf(request, model, compacts),
      // max_tokens must be more than what it is to think with.
      outputLimitMin: thinkingBudgetOf(body) + 1,
      ...(thinkingBudgetOf(body) > THINKING_MIN && { outputLimitFloor: THINKING_MIN + 1 }),
      choices: 1,
      isOutputHidden: thinks(body, model),
      outputMedia: [],
      service: serviceOf(body),
      clarifications: [],
    };
  },
  limitEdits({ body }, limit, thinkingTokens = thinkingWithin(limit)) {
    const written: Edit = [["max_tokens"], limit];
    if (thinkingBudgetOf(body) < limit) return [[written]];
    return [[written, [THINKING_BUDGET, thinkingTokens]]];
  },
  conversation: conversationOf,
  turns: { name: "messages", areText },
  reading: (provider, asked) =>
    new AnthropicMessagesReading(provider, (asked?.input.codeSessionsMax ?? 0) > 0),
  /**
   * An error as Anthropic's API shapes it; `billing_error` is its word for status 402.
   * https://platform.claude.com/docs/en/api/errors
   */
  refusal({ code, message, status, evidence }): object {
    const type =
      code === "budget_exceeded"
        ? "billing_error"
        : (ERROR_TYPES.get(status) ?? "invalid_request_error");
    const details = { error_code: code, budget: evidence };
    return { type: "error", error: { type, message, details }, request_id: null };
  },
};

/** https://platform.claude.com/docs/en/api/errors */
const ERROR_TYPES: ReadonlyMap<number, string> = new Map([
  [401, "authentication_error"],
  [403, "permission_error"],
  [404, "not_found_error"],
  [413, "request_too_large"],
  [429, "rate_limit_error"],
  [503, "api_error"],
]);

/**
 * Vertex AI has the model in the path.
 * https://platform.claude.com/docs/en/build-with-claude/claude-on-vertex-ai
 */
const VERTEX_MODEL = /\/models\/([^/:]+):(?:r|streamR)awPredict$/;

/** A summary is written beside the answer, and `max_tokens` is not known to limit it. */
function overshootOf(
  request: WireRequest,
  model: string | undefined,
  compacts: boolean,
): Overshoot {
  const { provider, url, body } = request;
  const own = provider.overshoot?.({ model: model ?? "", url, body });
  return own ?? { times: 1, plus: compacts ? SUMMARY_TOKENS_MAX : 0 };
}

function serviceOf(body: object): Service {
  return {
    tier: textAt(body, "service_tier"),
    speed: textAt(body, "speed"),
    place: textAt(body, "inference_geo"),
  };
}
