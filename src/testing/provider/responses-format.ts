// Responses of OpenAI: how requests are read, and how answers and their streams are written.

import type { Behavior } from "./behavior.ts";
import { openaiError } from "./errors.ts";
import { field, listIn, numberIn, sse, reportsUsage, stringIn, toolsAt } from "./format.ts";
import type { Format, StreamEvent, ToolPaths } from "./format.ts";
import { inputOf } from "./work.ts";
import type { ModelAnswer } from "./work.ts";

const TOOL: ToolPaths = { name: ["name"], schema: [["parameters"]] };

/** OpenAI Responses. */
export const responsesFormat: Format = {
  contentType: "text/event-stream; charset=utf-8",
  ask({ body }) {
    const input = field(body, "input");
    const last = Array.isArray(input) ? (input.at(-1) as unknown) : undefined;
    const tools = listIn(body, "tools");
    const choice = field(body, "tool_choice");
    return {
      model: stringIn(body, "model"),
      streams: field(body, "stream") === true,
      limit: numberIn(body, "max_output_tokens"),
      choices: 1,
      input: [input, field(body, "instructions"), tools],
      tools: toolsAt(tools, TOOL, stringIn(choice, "name")),
      isToolResult: stringIn(last, "type") === "function_call_output",
      mustCall: choice === "required" || stringIn(choice, "type") === "function",
      schema: field(body, "text", "format", "schema"),
    };
  },
  whole(answer, behavior) {
    return responseOf(answer, behavior, answer.isCut ? "incomplete" : "completed");
  },
  events(answer, behavior) {
    let sequence = 0;
    const event: MakeEvent = (type, data, tokens = 0) => ({
      text: sse({ type, sequence_number: sequence++, ...data }, type),
      tokens,
    });
    const end = answer.isCut ? "incomplete" : "completed";
    const begun = { ...responseOf(answer, behavior, "in_progress"), output: [], usage: null };
    const last = {
      ...event(`response.${end}`, { response: responseOf(answer, behavior, end) }),
      reports: reportsUsage(behavior),
    };
    return [
      event("response.created", { response: begun }),
      event("response.in_progress", { response: begun }),
      ...(answer.tool === undefined ? textEvents(answer, event) : toolEvents(answer, event)),
      last,
      ...(behavior.duplicateUsage === true ? [last] : []),
    ];
  },
  error: openaiError,
  errorEvent(_request, events) {
    const error = { code: "server_error", message: "the model failed", param: null };
    return sse({ type: "error", sequence_number: events, ...error }, "error");
  },
};

const MALFORMED = { input_tokens: "12", output_tokens: -3, total_tokens: null };

type MakeEvent = (type: string, data: object, tokens?: number) => StreamEvent;

function textEvents(answer: ModelAnswer, event: MakeEvent): StreamEvent[] {
  const at = { item_id: "msg_1", output_index: 0, content_index: 0 };
  const text = answer.words.join("");
  const empty = { type: "output_text", text: "", annotations: [] };
  const item = itemOf(answer);
  return [
    event("response.output_item.added", { output_index: 0, item: { ...item, content: [] } }),
    event("response.content_part.added", { ...at, part: empty }),
    ...answer.words.map((delta) => event("response.output_text.delta", { ...at, delta }, 1)),
    event("response.output_text.done", { ...at, text }),
    event("response.content_part.done", { ...at, part: { ...empty, text } }),
    event("response.output_item.done", { output_index: 0, item }),
  ];
}

function toolEvents(answer: ModelAnswer, event: MakeEvent): StreamEvent[] {
  const at = { item_id: "fc_1", output_index: 0 };
  const item = itemOf(answer);
  const name = "response.function_call_arguments";
  return [
    event("response.output_item.added", { output_index: 0, item: { ...item, arguments: "" } }),
    ...answer.words.map((delta) => event(`${name}.delta`, { ...at, delta }, 1)),
    event(`${name}.done`, { ...at, arguments: answer.words.join("") }),
    event("response.output_item.done", { output_index: 0, item }),
  ];
}

function itemOf({ words, tool }: ModelAnswer): object {
  const text = words.join("");
  if (tool !== undefined) {
    const { name } = tool;
    const call = { type: "function_call", id: "fc_1", call_id: "call_1", name, arguments: text };
    return { ...call, status: "completed" };
  }
  const content = [{ type: "output_text", text, annotations: [] }];
  return { type: "message", id: "msg_1", role: "assistant", status: "completed", content };
}

function responseOf(answer: ModelAnswer, behavior: Behavior, status: string): object {
  const { usage } = answer;
  const input = inputOf(answer);
  const reported = {
    input_tokens: input,
    input_tokens_details: {
      cached_tokens: usage.cachedRead,
      cache_write_tokens: usage.cacheWrite + usage.cacheWrite1h,
    },
    output_tokens: usage.output,
    output_tokens_details: { reasoning_tokens: answer.reasoning },
    total_tokens: input + usage.output,
  };
  return {
    id: answer.id,
    object: "response",
    created_at: 1,
    status,
    model: answer.model,
    output: answer.words.length === 0 && answer.tool === undefined ? [] : [itemOf(answer)],
    error: null,
    incomplete_details: status === "incomplete" ? { reason: "max_output_tokens" } : null,
    service_tier: answer.serviceTier ?? "default",
    ...(behavior.withoutUsage !== true && {
      usage: behavior.malformedUsage === true ? MALFORMED : reported,
    }),
  };
}
