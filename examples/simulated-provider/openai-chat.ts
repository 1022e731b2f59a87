import type { Behavior } from "./behavior.ts";
import { openaiError } from "./errors.ts";
import { field, listAt, numberAt, sse, tellsUsage, textAt, toolsAt } from "./format.ts";
import type { Format, StreamEvent, ToolPaths } from "./format.ts";
import { inputOf } from "./work.ts";
import type { Answer } from "./work.ts";

const TOOL: ToolPaths = { name: ["function", "name"], schema: [["function", "parameters"]] };

/** OpenAI chat completions. */
export const openaiChat: Format = {
  contentType: "text/event-stream; charset=utf-8",
  ask({ body }) {
    const messages = listAt(body, "messages");
    const tools = listAt(body, "tools");
    const choice = field(body, "tool_choice");
    return {
      model: textAt(body, "model"),
      streams: field(body, "stream") === true,
      limit: numberAt(body, "max_completion_tokens") ?? numberAt(body, "max_tokens"),
      choices: numberAt(body, "n") ?? 1,
      input: [messages, tools],
      tools: toolsAt(tools, TOOL, textAt(choice, "function", "name")),
      isToolResult: textAt(messages.at(-1), "role") === "tool",
      mustCall: choice === "required" || textAt(choice, "type") === "function",
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
      ...toldOf(answer, behavior, answer.usage.output),
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
        const usage = behavior.usageOnEveryChunk === true ? toldOf(answer, behavior, output) : {};
        return {
          text: sse({ ...base, choices: [{ index, delta, finish_reason: finish }], ...usage }),
          tokens,
          tells: "usage" in usage && finish !== null && tellsUsage(behavior),
        };
      });
    const usage = isAsked ? toldOf(answer, behavior, answer.usage.output) : {};
    const tells = tellsUsage(behavior);
    const told = { text: sse({ ...base, choices: [], ...usage }), tokens: 0, tells };
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

function toldOf(answer: Answer, behavior: Behavior, output: number): { usage?: object } {
  if (behavior.withoutUsage === true) return {};
  if (behavior.malformedUsage === true)
    return { usage: { prompt_tokens: "12", completion_tokens: -3, total_tokens: null } };
  const { usage } = answer;
  const input = inputOf(answer);
  return {
    usage: {
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
  };
}
