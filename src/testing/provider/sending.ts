// How bytes go out: whole, in pieces, packed, and no faster than the caller reads.

import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { setImmediate, setTimeout } from "node:timers/promises";
import { constants, createGzip, gzipSync } from "node:zlib";
import type { Gzip } from "node:zlib";

/** Sends JSON and is done. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: object,
  gzip = false,
): void {
  const json = Buffer.from(JSON.stringify(body));
  const bytes = gzip ? gzipSync(json) : json;
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": bytes.length,
    ...(gzip && { "content-encoding": "gzip" }),
  });
  response.end(bytes);
}

/** Sends lines of JSON and is done. */
export function sendLines(response: ServerResponse, lines: readonly object[]): void {
  response.writeHead(200, { "content-type": "application/x-jsonl" });
  for (const line of lines) response.write(`${JSON.stringify(line)}\n`);
  response.end();
}

/** An answer that is sent piece by piece. */
export class StreamedAnswer {
  readonly #response: ServerResponse;
  readonly #sink: ServerResponse | Gzip;
  #pieces = 0;

  constructor(response: ServerResponse, type: string, gzip = false) {
    this.#response = response;
    response.writeHead(200, {
      "content-type": type,
      ...(gzip && { "content-encoding": "gzip" }),
    });
    this.#sink = gzip ? createGzip({ flush: constants.Z_SYNC_FLUSH }) : response;
    if (this.#sink !== response) this.#sink.pipe(response);
  }

  /** Whether the caller has gone. */
  get isLeft(): boolean {
    return this.#response.destroyed;
  }

  /** Writes a piece, every seventh in two halves, and lets others have a turn. */
  async write(text: string, delayMs: number | undefined): Promise<void> {
    const bytes = Buffer.from(text);
    const half = this.#pieces++ % 7 === 3 ? Math.floor(bytes.length / 2) : 0;
    if (half > 0) {
      this.#sink.write(bytes.subarray(0, half));
      await setImmediate();
    }
    if (!this.#sink.write(bytes.subarray(half))) await this.#drained();
    await (delayMs === undefined ? setImmediate() : setTimeout(delayMs));
  }

  /** Writes the last piece, and the end with it. */
  end(text: string): void {
    this.#sink.end(text);
  }

  /** Takes down the connection. */
  cut(): void {
    this.#response.destroy();
  }

  /** Resolves when the caller has read on, or gone. */
  async #drained(): Promise<void> {
    if (this.#response.destroyed) return;
    const done = new AbortController();
    const { signal } = done;
    try {
      await Promise.race([
        once(this.#sink, "drain", { signal }),
        once(this.#response, "close", { signal }),
      ]);
    } finally {
      done.abort();
    }
  }
}
