import { at, textAt } from "../wire/json/untrusted.ts";
import { bytesOf } from "../wire/bytes.ts";

/** What was seen of a stream when it was over. */
export interface SeenParts {
  /** Whether it came to its own end. */
  readonly isWhole: boolean;
  readonly usage: unknown;
  readonly outputBytes: number;
}

/** Parts of which the text was generated. */
const SHOWN: ReadonlySet<string> = new Set(["text-delta", "reasoning-delta", "tool-input-delta"]);

/** A stream of parts, passed on as they come; `onEnd` is called once, before its end is. */
export function watchedParts<T>(
  parts: ReadableStream<T>,
  onEnd: (seen: SeenParts) => Promise<void>,
): ReadableStream<T> {
  const reader = parts.getReader();
  let outputBytes = 0;
  let usage: unknown;
  let isOver = false;
  const end = async (isWhole: boolean): Promise<void> => {
    if (isOver) return;
    isOver = true;
    await onEnd({ isWhole: isWhole && usage !== undefined, usage, outputBytes });
  };
  const look = (part: T): void => {
    const type = textAt(part, "type") ?? "";
    if (SHOWN.has(type)) outputBytes += bytesOf(textAt(part, "delta"));
    if (type === "finish") usage = at(part, "usage");
  };
  return new ReadableStream<T>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (!done) {
            look(value);
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
