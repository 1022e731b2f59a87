// Chat completions of OpenAI: how requests are read, and how answers and their streams are written.

import type { Behavior } from "./behavior.ts";
import { openaiError } from "./errors.ts";
import {
  field,
  listIn,
  numberIn,
  sse,
  reportsUsage,
  stringIn,
  toolsAt,
  usageMember,
} from "./format.ts";
import type { Format, StreamEvent, ToolPaths } from "./format.ts";
import { inputOf } from "./work.ts";
import type { ModelAnswer } from "./work.ts";

const TOOL: ToolPaths = { name: ["function", "name"], schema: [["function", "parameters"]] };

/** OpenAI chat completions. */
export const chatFormat: Format = {
  contentType: "text/event-stream; charset=utf-8",
  ask({ body }) {
    const messages = listIn(body, "messages");
    const tools = listIn(body, "tools");
    const choice = field(body, "tool_choice");
    return {
      model: stringIn(body, "model"),
      streams: field(body, "stream") === true,
      limit: numberIn(body, "max_completion_tokens") ?? numberIn(body, "max_tokens"),
      choices: numberIn(body, "n") ?? 1,
      input: [messages, tools],
      tools: toolsAt(tools, TOOL, stringIn(choice, "function", "name")),
      isToolResult: stringIn(messages.at(-1), "role") === "tool",
      mustCall: choice === "required" || stringIn(choice, "type") === "function",
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
      ...usageFieldsOf(answer, behavior, answer.usage.output),
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
    let output = answer.reasoning * answer.choices;
    const chunk = (delta: object, tokens: number, finish: string | null = null): StreamEvent[] =>
      Array.from({ length: answer.choices }, (_, index) => {
        output += tokens;
        const usage =
          behavior.usageOnEveryChunk === true ? usageFieldsOf(answer, behavior, output) : {};
        return {
          text: sse({ ...base, choices: [{ index, delta, finish_reason: finish }], ...usage }),
          tokens,
          reports: "usage" in usage && finish !== null && reportsUsage(behavior),
        };
      });
    const usage = isAsked ? usageFieldsOf(answer, behavior, answer.usage.output) : {};
    const reports = reportsUsage(behavior);
    const reported = { text: sse({ ...base, choices: [], ...usage }), tokens: 0, reports };
    const isReported = "usage" in usage;
    return [
      ...chunk({ role: "assistant", content: "", ...toolStart(answer) }, 0),
      ...answer.words.flatMap((word) => chunk(deltaOf(answer, word), 1)),
      ...chunk({}, 0, finishOf(answer)),
      ...(isReported ? [reported] : []),
      ...(isReported && behavior.duplicateUsage === true ? [reported] : []),
      { text: sse("[DONE]"), tokens: 0 },
    ];
  },
  error: openaiError,
  errorEvent: () => sse({ error: { message: "the model failed", type: "server_error" } }),
};

function messageOf({ words, tool }: ModelAnswer): object {
  const text = words.join("");
  if (tool === undefined) return { content: text };
  const called = { id: "call_1", type: "function", function: { name: tool.name, arguments: text } };
  return { content: null, tool_calls: [called] };
}

function toolStart({ tool }: ModelAnswer): object {
  if (tool === undefined) return {};
  const named = { name: tool.name, arguments: "" };
  return { tool_calls: [{ index: 0, id: "call_1", type: "function", function: named }] };
}

function deltaOf({ tool }: ModelAnswer, word: string): object {
  return tool === undefined
    ? { content: word }
    : { tool_calls: [{ index: 0, function: { arguments: word } }] };
}

function finishOf({ isCut, tool }: ModelAnswer): string {
  if (isCut) return "length";
  return tool === undefined ? "stop" : "tool_calls";
}

function usageFieldsOf(
  answer: ModelAnswer,
  behavior: Behavior,
  output: number,
): { usage?: object } {
  const input = inputOf(answer);
  const { usage } = answer;
  return usageMember(
    behavior,
    {
      prompt_tokens: input,
      completion_tokens: output,
      total_tokens: input + output,
      prompt_tokens_details: {
        cached_tokens: usage.cachedRead,
        cache_write_tokens: usage.cacheWrite + usage.cacheWrite1h,
        audio_tokens: 0,
      },
      completion_tokens_details: { reasoning_tokens: answer.reasoning * answer.choices },
    },
    { prompt_tokens: "12", completion_tokens: -3, total_tokens: null },
  );
}
