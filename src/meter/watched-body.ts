import type { Exchange } from "./exchange.ts";

/** How long, and how far, an answer is read for its usage after the caller has left. */
const DRAIN_MS = 1000;
const DRAIN_BYTES = 262_144;

/** The body of an answer, and how it is ended from outside. */
export interface WatchedBody {
  readonly stream: ReadableStream<Uint8Array>;
  /** Called when the caller aborts: the stream fails with the reason. */
  readonly abort: (reason: unknown) => void;
}

/**
 * Returns the body of an answer, passed on as it arrives, and reports all of it to an exchange. It
 * is read only as fast as the caller reads, so that nothing piles up. If the caller leaves an
 * answer that has ended except for its usage, it is read on for that, for a moment. Then `onLeft`
 * is called, which ends the request itself if the end of its body does not.
 */
export function watchedBody(
  body: ReadableStream<Uint8Array>,
  exchange: Exchange,
  onLeft: () => void,
): WatchedBody {
  const reader = body.getReader();
  let isOver = false;
  let given: ReadableStreamDefaultController<Uint8Array> | undefined;
  /** The caller has left: settles, after reading the usage that is on its way. */
  const leave = async (reason: unknown): Promise<void> => {
    if (isOver) return;
    isOver = true;
    if (exchange.awaitsUsage) await drain(reader, exchange);
    await exchange.interrupted();
    onLeft();
    await reader.cancel(reason).catch(() => undefined);
  };
  const stream = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        given = controller;
      },
      async pull(controller) {
        try {
          for (;;) {
            // oxlint-disable-next-line no-await-in-loop -- one piece after the other
            const { done, value } = await reader.read();
            if (isOver) return;
            if (done) break;
            const passed = exchange.push(value);
            if (passed.length === 0) continue;
            controller.enqueue(passed);
            return;
          }
        } catch (error) {
          if (isOver) return;
          isOver = true;
          await exchange.interrupted();
          throw error;
        }
        isOver = true;
        const rest = await exchange.end();
        if (rest.length > 0) controller.enqueue(rest);
        controller.close();
      },
      cancel: leave,
    },
    { highWaterMark: 0 },
  );
  return {
    stream,
    abort(reason) {
      if (isOver) return;
      given?.error(reason);
      void leave(reason);
    },
  };
}

/** Reads on until the usage arrives, the answer ends, or too much time or text has passed. */
async function drain(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  exchange: Exchange,
): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(resolve, DRAIN_MS, "late");
  });
  try {
    for (let bytes = 0; exchange.awaitsUsage && bytes < DRAIN_BYTES;) {
      // oxlint-disable-next-line no-await-in-loop -- one piece after the other
      const piece = await Promise.race([reader.read(), late]);
      if (piece === "late" || piece.value === undefined) return;
      bytes += piece.value.length;
      exchange.push(piece.value);
    }
  } catch {
    // The answer was cut: the observed output is booked.
  } finally {
    clearTimeout(timer);
  }
}
