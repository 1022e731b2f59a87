// `generateContent` of Google: how requests are read, and how answers and streams are written.

import type { Behavior } from "./behavior.ts";
import { geminiError } from "./errors.ts";
import { field, listIn, numberIn, sse, reportsUsage, stringIn, toolsAt } from "./format.ts";
import type { Format, StreamEvent, ToolPaths } from "./format.ts";
import { inputOf } from "./work.ts";
import type { ModelAnswer } from "./work.ts";

/** How many words a chunk has. */
const CHUNK_WORDS = 8;

const TOOL: ToolPaths = { name: ["name"], schema: [["parametersJsonSchema"], ["parameters"]] };

/** Gemini generateContent. */
export const geminiFormat: Format = {
  contentType: "text/event-stream",
  ask({ body, path, model }) {
    const contents = listIn(body, "contents");
    const last = listIn(contents.at(-1), "parts").at(-1);
    const config = field(body, "generationConfig");
    const tools = listIn(body, "tools").flatMap((each) => listIn(each, "functionDeclarations"));
    const calling = field(body, "toolConfig", "functionCallingConfig");
    const [named] = listIn(calling, "allowedFunctionNames");
    return {
      model,
      streams: path.includes(":streamGenerateContent"),
      limit: numberIn(config, "maxOutputTokens"),
      choices: numberIn(config, "candidateCount") ?? 1,
      input: [contents, field(body, "systemInstruction"), listIn(body, "tools")],
      tools: toolsAt(tools, TOOL, String(named)),
      isToolResult: field(last, "functionResponse") !== undefined,
      mustCall: stringIn(calling, "mode") === "ANY",
      schema: field(config, "responseJsonSchema") ?? field(config, "responseSchema"),
    };
  },
  whole(answer, behavior) {
    return chunkOf(answer, behavior, answer.words, answer.words.length, true);
  },
  events(answer, behavior, { path }) {
    const isSse = isEvents(path);
    const groups: string[][] = [];
    const size = answer.tool === undefined ? CHUNK_WORDS : answer.words.length;
    for (let at = 0; at < Math.max(1, answer.words.length); at += Math.max(1, size))
      groups.push(answer.words.slice(at, at + Math.max(1, size)));
    let shown = 0;
    return groups.map((words, index): StreamEvent => {
      shown += words.length;
      const isLast = index === groups.length - 1;
      const chunk = chunkOf(answer, behavior, words, shown, isLast);
      const json = JSON.stringify(chunk);
      const text = isSse ? sse(chunk) : `${index === 0 ? "[" : ",\r\n"}${json}${isLast ? "]" : ""}`;
      const reports = isLast && reportsUsage(behavior);
      return { text, tokens: words.length * answer.choices, reports };
    });
  },
  error: geminiError,
  errorEvent({ path }, events) {
    const error = geminiError(500, "the model failed");
    if (isEvents(path)) return sse(error);
    return `${events === 0 ? "[" : ",\r\n"}${JSON.stringify(error)}]`;
  },
};

/** Returns whether a stream is to be events, and not one JSON array. */
export function isEvents(path: string): boolean {
  return path.includes("alt=sse");
}

function chunkOf(
  answer: ModelAnswer,
  behavior: Behavior,
  words: readonly string[],
  shown: number,
  isLast: boolean,
): object {
  const text = words.join("");
  const parts =
    answer.tool === undefined
      ? [{ text }]
      : [{ functionCall: { name: answer.tool.name, args: parsed(text) } }];
  return {
    candidates: Array.from({ length: answer.choices }, (_, index) => ({
      index,
      content: { role: "model", parts },
      ...(isLast && { finishReason: answer.isCut ? "MAX_TOKENS" : "STOP" }),
    })),
    modelVersion: answer.model,
    responseId: answer.id,
    ...usageFieldsOf(answer, behavior, shown * answer.choices),
  };
}

/** The arguments of a tool; an empty object if they were cut and are no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function usageFieldsOf(answer: ModelAnswer, behavior: Behavior, shown: number): object {
  if (behavior.withoutUsage === true) return {};
  if (behavior.malformedUsage === true)
    return { usageMetadata: { promptTokenCount: "7", candidatesTokenCount: -1 } };
  const thoughts = answer.reasoning * answer.choices;
  const input = inputOf(answer);
  return {
    usageMetadata: {
      promptTokenCount: input,
      candidatesTokenCount: shown,
      ...(answer.usage.cachedRead > 0 && { cachedContentTokenCount: answer.usage.cachedRead }),
      ...(thoughts > 0 && { thoughtsTokenCount: thoughts }),
      totalTokenCount: input + shown + thoughts,
    },
  };
}
