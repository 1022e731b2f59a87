// Requests to Bedrock's InvokeModel API: each model has the format of its maker.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html

import { PLAIN_REQUEST } from "../plain-request.ts";
import { anthropicMessages } from "../anthropic/messages.ts";
import { tallyFields } from "../fields.ts";
import { InputTally } from "../input-bound.ts";
import type { Edit } from "../json/set-members.ts";
import { fieldOf, has, listAt, readCount, timesOf } from "../json/untrusted.ts";
import { openaiChat } from "../openai/chat.ts";
import { rerank } from "../rerank/rerank.ts";
import { framedEvents } from "../stream/event-stream.ts";
import type { Asked, Wire, WireRequest } from "../wire.ts";
import { invokeConversation } from "./conversation.ts";
import { tallyConversation } from "./converse-content.ts";
import { EMBEDDING_FIELDS, INVOKE_CONFIG_FIELDS, INVOKE_FIELDS } from "./invoke-fields.ts";
import { InvokeReading } from "./invoke-reading.ts";
import { bedrockModel } from "./model.ts";
import { rankingReading } from "./rerank.ts";
import { bedrockRefusal } from "./refusal.ts";

/** Where the makers' formats have the limit of output, the one to write first. */
const LIMITS: readonly (readonly [model: RegExp, path: Edit[0]])[] = [
  [/amazon\.titan-text/, ["textGenerationConfig", "maxTokenCount"]],
  [/amazon\.nova/, ["inferenceConfig", "maxTokens"]],
  [/amazon\.nova/, ["inferenceConfig", "max_new_tokens"]],
  [/meta\.llama/, ["max_gen_len"]],
  [/anthropic\.claude-(?:v\d|instant)/, ["max_tokens_to_sample"]],
  [/ai21\.j2/, ["maxTokens"]],
  [/(?:mistral|cohere\.command|ai21\.jamba|writer)/, ["max_tokens"]],
];
const EMBEDS = /embed/;
const RANKS = /(?:cohere|amazon)\.rerank-/;
const CLAUDE = /anthropic\.claude-(?!v\d|instant)/;

/** InvokeModel and InvokeModelWithResponseStream. */
export const bedrockInvoke: Wire = {
  name: "bedrock-invoke",
  settings: ["inferenceConfig", "textGenerationConfig", "thinking"],
  frames: framedEvents,
  asked(request): Asked {
    const model = bedrockModel(request.url) ?? "";
    const format = RANKS.test(model) ? rerank : formatOf(request);
    const asked = format?.asked(request) ?? ownFormat(request);
    return {
      ...asked,
      model: bedrockModel(request.url),
      streams: request.url.pathname.endsWith("-stream"),
    };
  },
  limitEdits(request, limit) {
    if (RANKS.test(bedrockModel(request.url) ?? "")) return [[]];
    const format = formatOf(request);
    if (format !== undefined) return format.limitEdits(request, limit);
    const paths = limitsOf(bedrockModel(request.url) ?? "");
    const given = paths.filter((path) => valueAt(request.body, path) !== undefined);
    const [first] = paths;
    const written = given.length > 0 ? given : first === undefined ? [] : [first];
    return [written.map((path): Edit => [path, limit])];
  },
  conversation: invokeConversation,
  reading: (provider, asked) =>
    asked?.counted === undefined ? new InvokeReading(provider) : rankingReading(asked),
  refusal: bedrockRefusal,
};

/** The format of a request that others speak too. */
function formatOf({ body, url }: WireRequest): Wire | undefined {
  const model = bedrockModel(url) ?? "";
  if (CLAUDE.test(model) || has(body, "anthropic_version")) return anthropicMessages;
  const isOwn =
    has(body, "inferenceConfig") || has(body, "schemaVersion") || model.includes("nova");
  return has(body, "messages") && !isOwn ? openaiChat : undefined;
}

function ownFormat({ body, bytes, url }: WireRequest): Asked {
  const model = bedrockModel(url) ?? "";
  const tally = new InputTally();
  tallyFields(body, INVOKE_FIELDS, undefined, tally);
  for (const name of ["inferenceConfig", "textGenerationConfig"]) {
    const config = fieldOf(body, name);
    if (typeof config === "object" && config !== null)
      tallyFields(config, INVOKE_CONFIG_FIELDS, undefined, tally);
  }
  const embedded = fieldOf(body, "singleEmbeddingParams");
  if (typeof embedded === "object" && embedded !== null)
    tallyFields(embedded, EMBEDDING_FIELDS, undefined, tally);
  tally.isMany = EMBEDS.test(model);
  tallyConversation(body, model, tally);
  tally.hasTools = has(body, "toolConfig") || has(body, "tools");
  if (listAt(body, "toolConfig", "tools").some((tool) => has(tool, "systemTool")))
    tally.unbounded("a tool that the provider runs");
  const given = limitsOf(model).flatMap(
    (path) => readCount(path.join("."), valueAt(body, path)) ?? [],
  );
  return {
    ...PLAIN_REQUEST,
    model,
    streams: false,
    input: tally.bound(body, bytes),
    cacheWrites: "1h",
    outputLimit: EMBEDS.test(model) ? 0 : given.length === 0 ? undefined : Math.max(...given),
    choices: Math.max(
      ...["n", "numResults", "num_generations"].map((name) => timesOf(name, fieldOf(body, name))),
    ),
    isOutputHidden: !/titan|llama|cohere|ai21|claude/.test(model),
  };
}

function limitsOf(model: string): readonly Edit[0][] {
  return LIMITS.filter(([pattern]) => pattern.test(model)).map(([, path]) => path);
}

function valueAt(body: unknown, path: Edit[0]): unknown {
  let found = body;
  for (const name of path) found = fieldOf(found, String(name));
  return found;
}
