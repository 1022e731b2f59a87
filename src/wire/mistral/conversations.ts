// Mistral's conversations: a model and what it is asked, with tools of Mistral's own beside the
// caller's. https://docs.mistral.ai/api/endpoint/beta/conversations

import { PLAIN_REQUEST } from "../plain-request.ts";
import { bytesIn } from "../bytes.ts";
import { fieldsOf, tallyFields } from "../fields.ts";
import type { Fields } from "../fields.ts";
import { InputTally } from "../input-bound.ts";
import { at, countAt, fieldOf, has, listAt, readCount, textAt, typeOf } from "../json/untrusted.ts";
import { OpenaiContent, openaiRefusal, tallyOpenaiTools } from "../openai/parts.ts";
import { WholeReading } from "../whole-reading.ts";
import { unknownCounts } from "../wire-usage.ts";
import type { WireUsage } from "../wire-usage.ts";
import type { Asked, Wire } from "../wire.ts";

const FIELDS: Fields = {
  ...fieldsOf("read", ["model", "inputs", "stream", "tools", "completion_args"]),
  ...fieldsOf("content", ["instructions", "name", "description", "guardrails"]),
  ...fieldsOf("steers", ["store", "handoff_execution"]),
  agent_id: { unbounded: "agent_id, an agent that is kept with tools and instructions of its own" },
};
const KNOWN: ReadonlySet<string> = new Set([
  "prompt_tokens",
  "completion_tokens",
  "total_tokens",
  "connector_tokens",
  "cached_tokens",
  "num_cached_tokens",
]);

/** `/conversations`, where a conversation begins. */
export const mistralConversations: Wire = {
  name: "mistral-conversations",
  settings: ["completion_args"],
  asked(request): Asked {
    const { body, bytes, provider } = request;
    const model = textAt(body, "model") ?? textAt(body, "agent_id");
    const tally = new InputTally();
    tallyFields(body, FIELDS, provider.fields?.["mistral-conversations"], tally);
    const content = new OpenaiContent(tally, request, model);
    for (const entry of listAt(body, "inputs")) content.content(fieldOf(entry, "content"));
    tallyOpenaiTools(body, tally);
    return {
      ...PLAIN_REQUEST,
      model,
      streams: fieldOf(body, "stream") === true,
      input: tally.bound(body, bytes),
      outputLimit: readCount("max_tokens", at(body, "completion_args", "max_tokens")),
      isOutputHidden: true,
    };
  },
  limitEdits: (_request, limit) => [[[["completion_args", "max_tokens"], limit]]],
  reading: () => new ConversationReading(),
  refusal: openaiRefusal,
};

class ConversationReading extends WholeReading {
  constructor() {
    super(usageOf);
  }

  override read(message: unknown): void {
    if (has(message, "content")) this.outputBytes += bytesIn(fieldOf(message, "content"));
    super.read(message);
  }
}

/** What connectors put in is counted apart, and billed as input. */
function usageOf(answer: unknown): Partial<WireUsage> | undefined {
  const report = fieldOf(answer, "usage");
  const prompt = countAt(report, "prompt_tokens");
  const outputTokens = countAt(report, "completion_tokens");
  if (prompt === undefined || outputTokens === undefined) return undefined;
  const connectors = fieldOf(report, "connectors");
  const tools = Object.keys(Object(connectors)).length > 0;
  return {
    usage: { inputTokens: prompt + (countAt(report, "connector_tokens") ?? 0), outputTokens },
    doubts: [
      ...unknownCounts({ ...Object(report), connectors: undefined }, KNOWN),
      ...(tools ? ["calls of connectors have a fee of their own"] : []),
    ],
    model: typeOf(answer) === undefined ? textAt(answer, "model") : undefined,
  };
}
