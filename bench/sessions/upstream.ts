// A provider that answers with the recorded usage, and keeps a bill of its own.

import type { Agent, Call } from "./recording.ts";
import { costOf, inputOf } from "./recording.ts";

/** What a provider answers to one call, and what it takes for it. */
export interface Answered {
  readonly body: string;
  readonly usd: number;
  /** Whether the limit of the request was shorter than the recorded answer. */
  readonly isCut: boolean;
  /** Whether the thinking budget was changed, and what was cached of the messages lost by it. */
  readonly isRewritten: boolean;
}

/** About so many bytes have a token, in instructions. */
const BYTES_A_TOKEN = 4;

/** The provider of one session. */
export class Upstream {
  readonly #agent: Agent;
  /** The thinking budget of the last request of each conversation. */
  readonly #budgets = new Map<number, unknown>();

  constructor(agent: Agent) {
    this.#agent = agent;
  }

  /** Answers a request as the recorded provider did, as far as its limit goes. */
  answer(recorded: Call, body: string): Answered {
    const { limit, budget } = LIMITS[this.#agent](body);
    const output = Math.min(recorded.output, limit ?? Number.POSITIVE_INFINITY);
    const known = this.#budgets.get(recorded.conversation);
    this.#budgets.set(recorded.conversation, budget);
    // "Changes to thinking parameters (enabled/disabled or budget allocation) invalidate message cache breakpoints":
    // https://platform.claude.com/docs/en/build-with-claude/extended-thinking
    const isRewritten = known !== undefined && known !== budget && recorded.read > 0;
    const call = { ...(isRewritten ? withoutMessageCache(recorded) : recorded), output };
    return {
      body: ANSWERS[this.#agent](call),
      usd: costOf(call),
      isCut: output < recorded.output,
      isRewritten,
    };
  }

  /** What the counting endpoint answers. */
  count(recorded: Call): string {
    const tokens = inputOf(recorded);
    return JSON.stringify(
      this.#agent === "gemini-cli" ? { totalTokens: tokens } : { input_tokens: tokens },
    );
  }
}

function withoutMessageCache(call: Call): Call {
  const read = Math.min(call.read, Math.floor(call.instructionBytes / BYTES_A_TOKEN));
  const rewritten = call.read - read;
  return call.written1h > 0
    ? { ...call, read, written1h: call.written1h + rewritten }
    : { ...call, read, written5m: call.written5m + rewritten };
}

/** The limit and the thinking budget of a request. Looked for in its first bytes alone: bodies are long. */
const LIMITS: Readonly<
  Record<Agent, (body: string) => { limit: number | undefined; budget: string | undefined }>
> = {
  "claude-code": (body) => ({
    limit: numberAt(/"max_tokens":(\d+)/, body.slice(0, 300)),
    budget: /"budget_tokens":(\d+)/.exec(body.slice(0, 300))?.[1],
  }),
  codex: (body) => ({
    limit: numberAt(/"max_output_tokens":(\d+)/, ends(body)),
    budget: undefined,
  }),
  "gemini-cli": (body) => ({
    limit: numberAt(/"maxOutputTokens":(\d+)/, ends(body)),
    budget: undefined,
  }),
};

function ends(body: string): string {
  return body.slice(0, 300) + body.slice(-400);
}

function numberAt(pattern: RegExp, text: string): number | undefined {
  const found = pattern.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}

const ANSWERS: Readonly<Record<Agent, (call: Call) => string>> = {
  "claude-code": ({ model, input, read, written5m, written1h, output }) =>
    JSON.stringify({
      type: "message",
      role: "assistant",
      model,
      content: [{ type: "text", text: "…" }],
      stop_reason: "end_turn",
      usage: {
        input_tokens: input,
        cache_read_input_tokens: read,
        cache_creation_input_tokens: written5m + written1h,
        cache_creation: {
          ephemeral_5m_input_tokens: written5m,
          ephemeral_1h_input_tokens: written1h,
        },
        output_tokens: output,
      },
    }),
  codex: (call) =>
    JSON.stringify({
      object: "response",
      status: "completed",
      model: call.model,
      output: [],
      usage: {
        input_tokens: inputOf(call),
        input_tokens_details: { cached_tokens: call.read },
        output_tokens: call.output,
        output_tokens_details: { reasoning_tokens: Math.min(call.reasoning, call.output) },
        total_tokens: inputOf(call) + call.output,
      },
    }),
  "gemini-cli": (call) => {
    const thoughts = Math.min(call.reasoning, call.output);
    return JSON.stringify({
      candidates: [{ content: { role: "model", parts: [{ text: "…" }] }, finishReason: "STOP" }],
      modelVersion: call.model,
      usageMetadata: {
        promptTokenCount: inputOf(call),
        cachedContentTokenCount: call.read,
        candidatesTokenCount: call.output - thoughts,
        thoughtsTokenCount: thoughts,
        totalTokenCount: inputOf(call) + call.output,
      },
    });
  },
};
