// Requests for OpenAI chat completions.
// https://platform.openai.com/docs/api-reference/chat/create

import { edited } from "./edits.ts";
import { at, countAt, fieldOf, parsedOf, textAt, timesOf } from "./json.ts";
import { InputTally, listAt } from "./input-bound.ts";
import { OpenaiChatReader, usageOfOpenaiChat } from "./openai-chat.ts";
import {
  LISTED_SERVICES,
  mayReason,
  openaiRefusal,
  tallyContent,
  tallyTools,
} from "./openai-parts.ts";
import type { Asked, Wire } from "./wire.ts";

/** The path of an Azure deployment, which names it. */
const DEPLOYMENT = /\/deployments\/([^/]+)\//;

/** OpenAI chat completions, and the many servers that speak the same. */
export const openaiChat: Wire = {
  name: "openai-chat",
  provider: "openai",
  streamsObjects: false,
  listedServices: LISTED_SERVICES,
  asked(body, bytes, path): Asked {
    const model = textAt(body, "model") ?? DEPLOYMENT.exec(path)?.[1];
    const tally = new InputTally();
    tallyContent(fieldOf(body, "messages"), model, tally);
    tallyTools(body, tally);
    if (at(body, "web_search_options") !== undefined)
      tally.unbounded("web_search_options, a search that the provider runs");
    if (listAt(body, "plugins").length > 0) tally.unbounded("plugins, which the provider runs");
    if ((at(body, "prediction") ?? undefined) !== undefined)
      tally.unbounded("a prediction, whose rejected tokens are billed beyond the limit of output");
    return {
      model,
      streams: fieldOf(body, "stream") === true,
      input: tally.bound(body, bytes),
      outputLimit: limitOf(body),
      outputLimitMin: 1,
      choices: timesOf("n", fieldOf(body, "n")),
      isOutputHidden: mayReason(model, textAt(body, "reasoning_effort")),
      hasMediaOutput: listAt(body, "modalities").some((each) => each !== "text"),
      service: textAt(body, "service_tier"),
    };
  },
  withOutputLimit(text, body, limit, provider): string {
    const told = limitNamesOf(body);
    // Reasoning models take the new name alone, and many compatible servers know only the old one.
    const isNew = provider === "openai" || provider === "azure";
    const names = told.length > 0 ? told : [isNew ? "max_completion_tokens" : "max_tokens"];
    return edited(
      text,
      names.map((name) => [[name], limit]),
    );
  },
  withUsageAsked(text, body): string | undefined {
    if (fieldOf(body, "stream") !== true) return undefined;
    if (at(body, "stream_options", "include_usage") === true) return undefined;
    return edited(text, [[["stream_options", "include_usage"], true]]);
  },
  isUsageOnly(data): boolean {
    // Looked at as text first: this is asked of every event.
    if (!/"choices"\s*:\s*\[\s*\]/.test(data)) return false;
    return typeof at(parsedOf(data), "usage", "total_tokens") === "number";
  },
  usageOf: usageOfOpenaiChat,
  reader: () => new OpenaiChatReader(),
  refusal: openaiRefusal,
};

/** The names under which a request has a limit of output. */
function limitNamesOf(body: unknown): string[] {
  return ["max_completion_tokens", "max_tokens"].filter(
    (name) => countAt(body, name) !== undefined,
  );
}

/** The lowest limit of a request that has any. */
function limitOf(body: unknown): number | undefined {
  const one = countAt(body, "max_completion_tokens");
  const other = countAt(body, "max_tokens");
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
}
