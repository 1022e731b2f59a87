// The protocol of the AI SDK's own gateway: the call as the SDK has it, and the model in a header.
// https://github.com/vercel/ai/tree/main/packages/gateway

import { PLAIN_REQUEST } from "../plain-request.ts";
import { bytesIn } from "../bytes.ts";
import { fieldsOf, tallyFields } from "../fields.ts";
import type { Fields } from "../fields.ts";
import { InputTally } from "../input-bound.ts";
import { at, countAt, fieldOf, has, listAt, readCount, textAt, typeOf } from "../json/untrusted.ts";
import { imageTokensMaxOf, openaiRefusal } from "../openai/parts.ts";
import { WholeReading } from "../whole-reading.ts";
import { rest } from "../wire-usage.ts";
import type { WireUsage } from "../wire-usage.ts";
import type { Asked, Wire, WireRequest } from "../wire.ts";

const FIELDS: Fields = {
  ...fieldsOf("read", ["prompt", "maxOutputTokens", "tools", "providerOptions"]),
  ...fieldsOf("content", ["responseFormat"]),
  ...fieldsOf("steers", [
    "topP",
    "topK",
    "frequencyPenalty",
    "presencePenalty",
    "stopSequences",
    "toolChoice",
    "includeRawChunks",
    "headers",
    "reasoning",
  ]),
};
/** Options that choose other models, or make a gateway do more; others are the provider's own. */
const CHOOSES: readonly string[] = ["models"];
/** Gateways count and bill past a limit by this much. */
const OVERSHOOT = { times: 2, plus: 256 };

/** `/language-model`. */
export const vercelLanguageModel: Wire = {
  name: "vercel-language-model",
  settings: [],
  asked(request): Asked {
    const { body, bytes, provider, header } = request;
    const model = header?.("ai-language-model-id") ?? header?.("ai-model-id");
    const tally = new InputTally();
    tallyFields(body, FIELDS, provider.fields?.["vercel-language-model"], tally);
    tallyPrompt(request, tally, model);
    tallyTools(body, tally);
    tally.hiddenPromptTokens =
      provider.hiddenPromptTokens?.({ model: model ?? "", url: request.url, body }) ?? 0;
    const options = fieldOf(body, "providerOptions");
    for (const [name, given] of Object.entries(Object(options)))
      if (name !== "gateway" || CHOOSES.some((each) => has(given, each)))
        tally.unbounded(`providerOptions.${name.slice(0, 40)}, which may choose models and tools`);
    return {
      ...PLAIN_REQUEST,
      model,
      streams: header?.("ai-language-model-streaming") === "true",
      input: tally.bound(body, bytes),
      cacheWrites: "1h",
      outputLimit: readCount("maxOutputTokens", fieldOf(body, "maxOutputTokens")),
      overshoot: OVERSHOOT,
      isOutputHidden: true,
    };
  },
  limitEdits: (_request, limit) => [[[["maxOutputTokens"], limit]]],
  reading: (provider) => new VercelReading((answer) => provider.reportedUsd?.(answer, undefined)),
  refusal: (notice) => openaiRefusal(notice),
};

function tallyPrompt({ body }: WireRequest, tally: InputTally, model: string | undefined): void {
  for (const message of listAt(body, "prompt"))
    for (const part of listAt(message, "content")) {
      if (typeOf(part) !== "file" && typeOf(part) !== "reasoning-file") continue;
      const data = textAt(part, "data") ?? textAt(part, "data", "data");
      const isImage = textAt(part, "mediaType")?.startsWith("image/") === true;
      if (isImage) tally.image(data, imageTokensMaxOf(model));
      else tally.upToWindow("a file");
    }
}

function tallyTools(body: object, tally: InputTally): void {
  const tools = listAt(body, "tools");
  tally.hasTools ||= tools.length > 0 || has(body, "responseFormat");
  for (const tool of tools)
    if (typeOf(tool) !== "function")
      tally.unbounded(`the tool ${textAt(tool, "id")?.slice(0, 40) ?? "of a provider"}`);
}

class VercelReading extends WholeReading {
  constructor(charge: (answer: unknown) => number | undefined) {
    super((answer) => usageOf(answer, charge));
  }

  override read(message: unknown): void {
    const type = typeOf(message);
    if (type === "error") this.hasError = true;
    if (type !== undefined && type.endsWith("-delta"))
      this.outputBytes += bytesIn(fieldOf(message, "delta"));
    else if (type === undefined) this.outputBytes += bytesIn(fieldOf(message, "content"));
    super.read(message);
  }
}

/** What the SDK shows of usage: totals with their parts. */
function usageOf(
  answer: unknown,
  charge: (answer: unknown) => number | undefined,
): Partial<WireUsage> | undefined {
  const report = fieldOf(answer, "usage");
  const input = countAt(report, "inputTokens", "total") ?? countAt(report, "inputTokens");
  const output = countAt(report, "outputTokens", "total") ?? countAt(report, "outputTokens");
  if (input === undefined || output === undefined) return undefined;
  const read = Math.min(input, countAt(report, "inputTokens", "cacheRead") ?? 0);
  const write = Math.min(rest(input, read), countAt(report, "inputTokens", "cacheWrite") ?? 0);
  const reasoning = Math.min(output, countAt(report, "outputTokens", "reasoning") ?? 0);
  const metadata = at(answer, "providerMetadata");
  return {
    usage: {
      inputTokens: rest(input, read, write),
      cacheReadTokens: read,
      cacheWriteTokens: write,
      outputTokens: rest(output, reasoning),
      reasoningTokens: reasoning,
    },
    reportedUsd: charge({ provider_metadata: metadata }),
  };
}
