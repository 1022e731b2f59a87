import type { Behavior } from "./behavior.ts";
import { field, listAt, numberAt, sse, textAt } from "./format.ts";
import type { Format, StreamEvent } from "./format.ts";
import { inputOf } from "./work.ts";
import type { Answer } from "./work.ts";

/** How many words a chunk has. */
const CHUNK_WORDS = 8;

/** Gemini generateContent. */
export const gemini: Format = {
  contentType: "text/event-stream",
  ask({ body, path }) {
    const contents = listAt(body, "contents");
    const last = listAt(contents.at(-1), "parts").at(-1);
    const config = field(body, "generationConfig");
    const [tool] = listAt(listAt(body, "tools")[0], "functionDeclarations");
    return {
      model: /models\/([^:/]+):/.exec(path)?.[1] ?? "",
      streams: path.includes(":streamGenerateContent"),
      limit: numberAt(config, "maxOutputTokens"),
      choices: numberAt(config, "candidateCount") ?? 1,
      input: [contents, field(body, "systemInstruction"), listAt(body, "tools")],
      tool:
        tool === undefined || field(last, "functionResponse") !== undefined
          ? undefined
          : {
              name: textAt(tool, "name"),
              schema: field(tool, "parametersJsonSchema") ?? field(tool, "parameters"),
            },
      schema: field(config, "responseJsonSchema") ?? field(config, "responseSchema"),
    };
  },
  whole(answer, behavior) {
    return chunkOf(answer, behavior, answer.words, answer.words.length, true);
  },
  events(answer, behavior, { path }) {
    const isSse = path.includes("alt=sse");
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
      return { text, tokens: words.length * answer.choices };
    });
  },
  error(status, message) {
    return { error: { code: status, message, status: `STATUS_${status}` } };
  },
  errorEvent: () => sse({ error: { code: 500, message: "the model failed", status: "INTERNAL" } }),
};

function chunkOf(
  answer: Answer,
  behavior: Behavior,
  words: readonly string[],
  shown: number,
  isLast: boolean,
): object {
  const text = words.join("");
  const parts =
    answer.tool === undefined
      ? [{ text }]
      : [{ functionCall: { name: answer.tool.name, args: JSON.parse(text) as unknown } }];
  return {
    candidates: Array.from({ length: answer.choices }, (_, index) => ({
      index,
      content: { role: "model", parts },
      ...(isLast && { finishReason: answer.isCut ? "MAX_TOKENS" : "STOP" }),
    })),
    modelVersion: answer.model,
    responseId: answer.id,
    ...toldOf(answer, behavior, shown * answer.choices),
  };
}

function toldOf(answer: Answer, behavior: Behavior, shown: number): object {
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
