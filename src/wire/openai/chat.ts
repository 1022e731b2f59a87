// Requests for OpenAI chat completions.
// https://platform.openai.com/docs/api-reference/chat/create

import { compatibleCacheWrites } from "../cache-writes.ts";
import { tallyFields } from "../fields.ts";
import { InputTally } from "../input-bound.ts";
import type { Edit } from "../json/set-members.ts";
import {
  at,
  fieldOf,
  has,
  listAt,
  parsedOf,
  readCount,
  textAt,
  timesOf,
} from "../json/untrusted.ts";
import type { LimitNames } from "../provider.ts";
import { OUTPUT_MEDIA } from "../wire.ts";
import type { Asked, OutputMedium, Wire, WireRequest } from "../wire.ts";
import type { Overshoot } from "../overshoot.ts";
import { chatConversation } from "./chat-conversation.ts";
import { CHAT_FIELDS } from "./chat-fields.ts";
import { OpenaiChatReading } from "./chat-usage.ts";
import { isText, mayReason, OpenaiContent, openaiRefusal, tallyOpenaiTools } from "./parts.ts";

/** The path of an Azure deployment, which names it. */
const DEPLOYMENT = /\/deployments\/([^/]+)\//;
const AT_LIMIT: Overshoot = { times: 1, plus: 0 };

/** Returns the model that a request names, in its body or in the path of a deployment. */
export function modelOf({ body, url }: WireRequest): string | undefined {
  const named = textAt(body, "model");
  return named === undefined || named === "" ? DEPLOYMENT.exec(url.pathname)?.[1] : named;
}

/** OpenAI chat completions, and the many servers that speak the same. */
export const openaiChat: Wire = {
  name: "openai-chat",
  settings: ["stream_options"],
  asked(request): Asked {
    const { body, bytes, provider } = request;
    const model = modelOf(request);
    const facts = factsOf(request);
    const names = provider.limitNames(facts);
    const tally = new InputTally();
    tallyFields(body, CHAT_FIELDS, provider.fields?.["openai-chat"], tally);
    tallyMessages(request, model, tally);
    tallyOpenaiTools(body, tally);
    if (has(body, "web_search_options") || SEARCHES.test(model ?? ""))
      tallySearch(provider.id, tally);
    tallyHidden(request, model, tally);
    tally.templates = provider.templates?.["openai-chat"];
    return {
      model,
      otherModels: provider.otherModels?.(body) ?? [],
      streams: fieldOf(body, "stream") === true,
      input: tally.bound(body, bytes),
      cacheWrites: compatibleCacheWrites(request, model),
      outputLimit: limitOf(body, names),
      overshoot: provider.overshoot?.(facts) ?? AT_LIMIT,
      outputLimitMin: 1,
      choices: timesOf("n", fieldOf(body, "n")),
      isOutputHidden: mayReason(model, textAt(body, "reasoning_effort")),
      outputMedia: mediaOf(body, model),
      service: { tier: tierOf(body) },
      clarifications: clarifiedLimits(body, names),
    };
  },
  limitEdits(request, limit): readonly (readonly Edit[])[] {
    const { body, provider } = request;
    const { reads, mayRead = [], writes } = provider.limitNames(factsOf(request));
    // A limit of the caller's is lowered, and never raised.
    const lowered = [...reads, ...mayRead].flatMap((name): Edit[] => {
      const given = readCount(name, fieldOf(body, name));
      return given === undefined ? [] : [[[name], Math.min(given, limit)]];
    });
    if (reads.some((name) => has(body, name))) return [lowered];
    return writes.map((name) => {
      const written: Edit = [[name], limit];
      return lowered.filter(([[own]]) => own !== name).concat([written]);
    });
  },
  conversation: chatConversation,
  turns: { name: "messages", areText },
  usageAsked(request) {
    const { body, provider } = request;
    if (fieldOf(body, "stream") !== true) return undefined;
    if (at(body, "stream_options", "include_usage") === true) return undefined;
    if (!provider.usageByOption(factsOf(request))) return undefined;
    return { field: "stream_options", edits: [[["stream_options", "include_usage"], true]] };
  },
  isUsageOnly(data): boolean {
    // Looked at as text first: this is asked of every event.
    if (!/"choices"\s*:\s*\[\s*\]/.test(data)) return false;
    return typeof at(parsedOf(data), "usage", "total_tokens") === "number";
  },
  reading: (provider) => new OpenaiChatReading(provider),
  refusal: openaiRefusal,
};

/** Tallies what a provider adds to a request, and what it spends beside it. */
export function tallyHidden(
  request: WireRequest,
  model: string | undefined,
  tally: InputTally,
): void {
  const { provider } = request;
  const searches = model === undefined ? undefined : provider.unboundedModel?.(model);
  if (searches !== undefined) tally.unbounded(searches);
  tally.hiddenPromptTokens = provider.hiddenPromptTokens?.(factsOf(request)) ?? 0;
}

/** Returns what the rules of a provider look at. */
export function factsOf(request: WireRequest): { model: string; url: URL; body: object } {
  return { model: modelOf(request) ?? "", url: request.url, body: request.body };
}

/**
 * What may come out besides text: what is asked for, and images of a model that is named after
 * them.
 * https://platform.openai.com/docs/guides/audio
 * https://openrouter.ai/docs/features/multimodal/image-generation
 */
function mediaOf(body: object, model: string | undefined): readonly OutputMedium[] {
  if (!has(body, "modalities")) return /-image\b/.test(model ?? "") ? ["image"] : [];
  const asked = listAt(body, "modalities").filter((each) => each !== "text");
  const known = OUTPUT_MEDIA.filter((medium) => asked.includes(medium));
  return known.length === asked.length ? known : OUTPUT_MEDIA;
}

/** Returns the requested service; Azure and others use the same words. */
export function tierOf(body: unknown): string | undefined {
  const tier = fieldOf(body, "service_tier") ?? undefined;
  return typeof tier === "number" ? String(tier) : typeof tier === "string" ? tier : undefined;
}

/**
 * The limit that the server reads: of several names the highest may count. A request whose limit
 * stands in a name that the server passes over has none.
 */
function limitOf(body: object, { reads, mayRead = [] }: LimitNames): number | undefined {
  const limits = [...reads, ...mayRead].flatMap(
    (name) => readCount(name, fieldOf(body, name)) ?? [],
  );
  return limits.length === 0 ? undefined : Math.max(...limits);
}

/**
 * A limit that is written as text is a number to some servers and nothing to others; one that
 * stands only in a name that the server may pass over is written in the name that it reads.
 */
function clarifiedLimits(body: object, names: LimitNames): readonly Edit[] {
  const { reads, mayRead = [], writes } = names;
  const edits = [...reads, ...mayRead].flatMap((name): Edit[] => {
    const found = fieldOf(body, name);
    const count = typeof found === "string" ? readCount(name, found) : undefined;
    return count === undefined ? [] : [[[name], count]];
  });
  const limit = limitOf(body, names);
  const [name] = writes;
  const isRead = reads.some((each) => has(body, each));
  if (limit !== undefined && !isRead && name !== undefined && !mayRead.includes(name))
    edits.push([[name], limit]);
  return edits;
}

/** Models of OpenAI that search once for every answer. */
const SEARCHES = /search-(?:preview|api)/;
/**
 * What a search of OpenAI's adds to the input of a chat completion: nothing, or a fixed block.
 * https://platform.openai.com/docs/pricing#built-in-tools
 */
const SEARCH_TOKENS = 8000;

function tallySearch(provider: string, tally: InputTally): void {
  if (provider !== "openai") tally.unbounded("web_search_options, a search that the provider runs");
  tally.add(SEARCH_TOKENS);
  tally.searches(1);
}

/** Whether messages have nothing for `tallyMessages` to count. */
function areText(messages: readonly unknown[]): boolean {
  for (const message of messages) {
    if (typeof message !== "object" || message === null) return false;
    if ("audio" in message || "images" in message) return false;
    if ("content" in message && !isText(message.content)) return false;
  }
  return true;
}

function tallyMessages(request: WireRequest, model: string | undefined, tally: InputTally): void {
  const content = new OpenaiContent(tally, request, model);
  for (const message of listAt(request.body, "messages")) {
    content.content(fieldOf(message, "content"));
    // Sound that the model has spoken before is kept by the provider.
    if (has(fieldOf(message, "audio"), "id")) tally.upToWindow("sound of a previous answer");
    for (const image of listAt(message, "images")) content.image(textAt(image, "image_url", "url"));
  }
}
