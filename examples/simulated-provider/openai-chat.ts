import type { Behavior } from "./behavior.ts";
import { field, listAt, MALFORMED, numberAt, sse, textAt } from "./format.ts";
import type { Format, StreamEvent } from "./format.ts";
import { inputOf } from "./work.ts";
import type { Answer } from "./work.ts";

/** OpenAI chat completions. */
export const openaiChat: Format = {
  contentType: "text/event-stream; charset=utf-8",
  ask({ body }) {
    const messages = listAt(body, "messages");
    const isResult = textAt(messages.at(-1), "role") === "tool";
    const [tool] = listAt(body, "tools");
    return {
      model: textAt(body, "model"),
      streams: field(body, "stream") === true,
      limit: numberAt(body, "max_completion_tokens") ?? numberAt(body, "max_tokens"),
      choices: numberAt(body, "n") ?? 1,
      input: [messages, listAt(body, "tools")],
      tool:
        tool === undefined || isResult
          ? undefined
          : {
              name: textAt(tool, "function", "name"),
              schema: field(tool, "function", "parameters"),
            },
      schema: field(body, "response_format", "json_schema", "schema"),
    };
  },
  whole(answer, behavior) {
    return {
      id: answer.id,
      object: "chat.completion",
      created: 1,
      model: answer.model,
      choices: Array.from({ length: answer.choices }, (_, index) => ({
        index,
        message: { role: "assistant", refusal: null, ...messageOf(answer) },
        finish_reason: finishOf(answer),
        logprobs: null,
      })),
      ...(answer.serviceTier !== undefined && { service_tier: answer.serviceTier }),
      ...toldOf(answer, behavior),
    };
  },
  events(answer, behavior, { body }) {
    const isAsked = field(body, "stream_options", "include_usage") === true;
    const base = {
      id: answer.id,
      object: "chat.completion.chunk",
      created: 1,
      model: answer.model,
      ...(answer.serviceTier !== undefined && { service_tier: answer.serviceTier }),
      ...(isAsked && { usage: null }),
    };
    const chunk = (delta: object, tokens: number, finish: string | null = null): StreamEvent[] =>
      Array.from({ length: answer.choices }, (_, index) => ({
        text: sse({ ...base, choices: [{ index, delta, finish_reason: finish }] }),
        tokens,
      }));
    const usage = isAsked ? toldOf(answer, behavior) : {};
    const told = { text: sse({ ...base, choices: [], ...usage }), tokens: 0 };
    const isTold = "usage" in usage;
    return [
      ...chunk({ role: "assistant", content: "", ...toolStart(answer) }, 0),
      ...answer.words.flatMap((word) => chunk(deltaOf(answer, word), 1)),
      ...chunk({}, 0, finishOf(answer)),
      ...(isTold ? [told] : []),
      ...(isTold && behavior.duplicateUsage === true ? [told] : []),
      { text: sse("[DONE]"), tokens: 0 },
    ];
  },
  error: openaiError,
  errorEvent: () => sse({ error: { message: "the model failed", type: "server_error" } }),
};

/** An error as OpenAI shapes it. */
export function openaiError(status: number, message: string): object {
  return { error: { message, type: `status_${status}`, code: null, param: null } };
}

function messageOf({ words, tool }: Answer): object {
  const text = words.join("");
  if (tool === undefined) return { content: text };
  const called = { id: "call_1", type: "function", function: { name: tool.name, arguments: text } };
  return { content: null, tool_calls: [called] };
}

function toolStart({ tool }: Answer): object {
  if (tool === undefined) return {};
  const named = { name: tool.name, arguments: "" };
  return { tool_calls: [{ index: 0, id: "call_1", type: "function", function: named }] };
}

function deltaOf({ tool }: Answer, word: string): object {
  return tool === undefined
    ? { content: word }
    : { tool_calls: [{ index: 0, function: { arguments: word } }] };
}

function finishOf({ isCut, tool }: Answer): string {
  if (isCut) return "length";
  return tool === undefined ? "stop" : "tool_calls";
}

function toldOf(answer: Answer, behavior: Behavior): { usage?: object } {
  if (behavior.withoutUsage === true) return {};
  if (behavior.malformedUsage === true) return { usage: MALFORMED };
  const { usage } = answer;
  const input = inputOf(answer);
  return {
    usage: {
      prompt_tokens: input,
      completion_tokens: usage.output,
      total_tokens: input + usage.output,
      prompt_tokens_details: {
        cached_tokens: usage.cachedRead,
        cache_write_tokens: usage.cacheWrite,
        audio_tokens: 0,
      },
      completion_tokens_details: { reasoning_tokens: answer.reasoning * answer.choices },
    },
  };
}
