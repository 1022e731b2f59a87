// Messages of Anthropic: how requests are read, and how answers and their streams are written.

import type { Behavior } from "./behavior.ts";
import { anthropicError } from "./errors.ts";
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
import type { ModelAnswer } from "./work.ts";

const TOOL: ToolPaths = { name: ["name"], schema: [["input_schema"]] };

/** Anthropic messages. */
export const messagesFormat: Format = {
  contentType: "text/event-stream; charset=utf-8",
  ask({ body }) {
    const messages = listIn(body, "messages");
    const last = listIn(messages.at(-1), "content").at(-1);
    const tools = listIn(body, "tools");
    const choice = field(body, "tool_choice");
    return {
      model: stringIn(body, "model"),
      streams: field(body, "stream") === true,
      limit: numberIn(body, "max_tokens"),
      choices: 1,
      input: [messages, field(body, "system"), tools],
      tools: toolsAt(tools, TOOL, stringIn(choice, "name")),
      isToolResult: stringIn(last, "type") === "tool_result",
      mustCall: ["any", "tool"].includes(stringIn(choice, "type")),
      schema:
        field(body, "output_config", "format", "schema") ?? field(body, "output_format", "schema"),
    };
  },
  whole(answer, behavior) {
    return messageOf(answer, behavior);
  },
  events(answer, behavior) {
    const empty = {
      ...messageOf(answer, behavior),
      content: [],
      stop_reason: null,
      ...usageFieldsOf(answer, behavior, 1),
    };
    const block =
      answer.tool === undefined
        ? { type: "text", text: "" }
        : { type: "tool_use", id: "toolu_1", name: answer.tool.name, input: {} };
    const { usage = {} } = usageFieldsOf(answer, behavior, answer.usage.output);
    const delta = { stop_reason: stopOf(answer), stop_sequence: null };
    const reported = { output_tokens: field(usage, "output_tokens") };
    const last = {
      ...event("message_delta", { delta, usage: reported }),
      reports: reportsUsage(behavior),
    };
    const start = event("message_start", { message: empty });
    return [
      start,
      ...(behavior.duplicateUsage === true ? [start] : []),
      event("content_block_start", { index: 0, content_block: block }),
      event("ping", {}),
      ...answer.words.map((word) =>
        event("content_block_delta", { index: 0, delta: deltaOf(answer, word) }, 1),
      ),
      event("content_block_stop", { index: 0 }),
      last,
      ...(behavior.duplicateUsage === true ? [last] : []),
      event("message_stop", {}),
    ];
  },
  error: anthropicError,
  errorEvent: () =>
    sse({ type: "error", error: { type: "overloaded_error", message: "overloaded" } }, "error"),
};

function event(type: string, data: object, tokens = 0): StreamEvent {
  return { text: sse({ type, ...data }, type), tokens };
}

function messageOf(answer: ModelAnswer, behavior: Behavior): object {
  return {
    id: answer.id,
    type: "message",
    role: "assistant",
    model: answer.model,
    content: [blockOf(answer)],
    stop_reason: stopOf(answer),
    stop_sequence: null,
    ...usageFieldsOf(answer, behavior, answer.usage.output),
  };
}

function blockOf({ words, tool }: ModelAnswer): object {
  const text = words.join("");
  if (tool === undefined) return { type: "text", text };
  return { type: "tool_use", id: "toolu_1", name: tool.name, input: parsed(text) };
}

/** The arguments of a tool; an empty object if they were cut and are no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function deltaOf({ tool }: ModelAnswer, word: string): object {
  return tool === undefined
    ? { type: "text_delta", text: word }
    : { type: "input_json_delta", partial_json: word };
}

function stopOf({ isCut, tool }: ModelAnswer): string {
  if (isCut) return "max_tokens";
  return tool === undefined ? "end_turn" : "tool_use";
}

function usageFieldsOf(
  { usage, serviceTier }: ModelAnswer,
  behavior: Behavior,
  output: number,
): { usage?: object } {
  return usageMember(
    behavior,
    {
      input_tokens: usage.input,
      cache_read_input_tokens: usage.cachedRead,
      cache_creation_input_tokens: usage.cacheWrite + usage.cacheWrite1h,
      cache_creation: {
        ephemeral_5m_input_tokens: usage.cacheWrite,
        ephemeral_1h_input_tokens: usage.cacheWrite1h,
      },
      output_tokens: output,
      service_tier: serviceTier ?? "standard",
    },
    { input_tokens: "many", output_tokens: -1 },
  );
}
