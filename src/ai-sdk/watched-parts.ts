// The parts of a streamed answer of the AI SDK, watched as they pass.

import { bytesIn } from "../wire/bytes.ts";
import { at, fieldOf, textAt } from "../wire/json/untrusted.ts";

/** What was observed of a stream by its end. */
export interface SeenParts {
  /** Whether it was complete. */
  readonly isWhole: boolean;
  /** Whether it reports an error and nothing else. */
  readonly isError: boolean;
  readonly usage: unknown;
  readonly providerMetadata: unknown;
  readonly model: string | undefined;
  readonly outputBytes: number;
  /** Whether billed output is not visible in the stream: reasoning is at most summarized. */
  readonly hidesOutput: boolean;
}

/** Parts that are not output of the model. */
const NOT_OUTPUT: ReadonlySet<string> = new Set([
  "stream-start",
  "response-metadata",
  "finish",
  "error",
  "raw",
  "source",
  "tool-result",
  "text-start",
  "text-end",
  "reasoning-start",
  "reasoning-end",
  "tool-input-start",
  "tool-input-end",
  // Its input was streamed in pieces before.
  "tool-call",
]);

/** Returns a stream of parts, passed on as they arrive; `onEnd` is called once, before its end. */
export function watchedParts<T>(
  parts: ReadableStream<T>,
  onEnd: (seen: SeenParts) => Promise<void>,
): ReadableStream<T> {
  const reader = parts.getReader();
  const seen = new PartsSeen();
  let isOver = false;
  const end = async (isWhole: boolean): Promise<void> => {
    if (isOver) return;
    isOver = true;
    await onEnd(seen.at(isWhole));
  };
  return new ReadableStream<T>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (!done) {
            seen.look(value);
            controller.enqueue(value);
            return;
          }
        } catch (error) {
          await end(false);
          throw error;
        }
        await end(true);
        controller.close();
      },
      async cancel(reason) {
        await end(false);
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

class PartsSeen {
  #outputBytes = 0;
  #inputBytes = 0;
  #finish: unknown;
  #model: string | undefined;
  #hidesOutput = false;
  #hasError = false;

  look(part: unknown): void {
    const type = textAt(part, "type") ?? "";
    if (type.startsWith("reasoning")) this.#hidesOutput = true;
    if (type === "error") this.#hasError = true;
    else if (type === "finish") this.#finish = part;
    else if (type === "response-metadata") this.#model = textAt(part, "modelId") ?? this.#model;
    else if (type === "tool-call") this.#inputBytes += bytesIn(fieldOf(part, "input"));
    else if (!NOT_OUTPUT.has(type))
      this.#outputBytes += bytesIn(fieldOf(part, "delta") ?? fieldOf(part, "data"));
  }

  at(isWhole: boolean): SeenParts {
    const usage = at(this.#finish, "usage");
    // A call may arrive without its pieces.
    const outputBytes = Math.max(this.#outputBytes, this.#inputBytes);
    return {
      isWhole: isWhole && usage !== undefined,
      isError: this.#hasError && outputBytes === 0,
      usage,
      providerMetadata: at(this.#finish, "providerMetadata"),
      model: this.#model,
      outputBytes,
      hidesOutput: this.#hidesOutput,
    };
  }
}
