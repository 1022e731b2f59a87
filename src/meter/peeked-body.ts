// The beginning of a body, read before its receiver reads it.

/** A body whose beginning was read. */
export interface PeekedBody {
  /** The whole text, decoded; undefined if the body is longer than what was read. */
  readonly text: string | undefined;
  /** The whole body, byte for byte as it arrived. */
  readonly stream: ReadableStream<Uint8Array>;
}

/** Reads a body to its end, or past `bytesMax`; rejects if it breaks before. */
export async function peekedBody(
  body: ReadableStream<Uint8Array>,
  bytesMax: number,
): Promise<PeekedBody> {
  const reader = body.getReader();
  const pieces: Uint8Array[] = [];
  let isWhole = false;
  for (let bytes = 0; bytes <= bytesMax;) {
    // oxlint-disable-next-line no-await-in-loop -- one piece after the other
    const { done, value } = await reader.read();
    isWhole = done;
    if (done) break;
    pieces.push(value);
    bytes += value.length;
  }
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const piece = pieces.shift() ?? (await reader.read()).value;
        if (piece === undefined) controller.close();
        else controller.enqueue(piece);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
  return { text: isWhole ? textOf(pieces) : undefined, stream };
}

function textOf(pieces: readonly Uint8Array[]): string {
  const decoder = new TextDecoder();
  const texts = pieces.map((piece) => decoder.decode(piece, { stream: true }));
  return texts.join("") + decoder.decode();
}
