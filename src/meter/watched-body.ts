import type { Exchange } from "./exchange.ts";

/**
 * The body of an answer, passed on as it comes, with an exchange told of all of it. It is read only
 * as fast as the caller reads, so that nothing piles up.
 */
export function watchedBody(
  body: ReadableStream<Uint8Array>,
  exchange: Exchange,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          for (;;) {
            // oxlint-disable-next-line no-await-in-loop -- one piece after the other
            const { done, value } = await reader.read();
            if (done) break;
            const passed = exchange.push(value);
            if (passed.length === 0) continue;
            controller.enqueue(passed);
            return;
          }
        } catch (error) {
          await exchange.interrupted();
          throw error;
        }
        const rest = await exchange.end();
        if (rest.length > 0) controller.enqueue(rest);
        controller.close();
      },
      async cancel(reason) {
        await exchange.interrupted();
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
