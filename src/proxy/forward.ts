// One request to an upstream, and its answer back, with an exchange told of all of it.

import { Agent as HttpAgent, request as httpRequest } from "node:http";
import type { ClientRequest, IncomingMessage, ServerResponse } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";

import { headersOf } from "../meter/answer-head.ts";
import type { Exchange } from "../meter/exchange.ts";
import { forwarded } from "./headers.ts";

/** Connections to upstreams, kept for the next request. */
export class Connections {
  readonly #http = new HttpAgent({ keepAlive: true });
  readonly #https = new HttpsAgent({ keepAlive: true });

  request(
    url: URL,
    from: IncomingMessage,
    headers: Readonly<Record<string, string>>,
  ): ClientRequest {
    const options = {
      method: from.method,
      headers: { ...forwarded(from.headers), ...headers, host: url.host },
    };
    return url.protocol === "https:"
      ? httpsRequest(url, { ...options, agent: this.#https })
      : httpRequest(url, { ...options, agent: this.#http });
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }
}

const NOTHING = new Uint8Array();

/** What becomes of an answer. */
export interface Carried {
  /** Undefined for a request that costs nothing. */
  readonly exchange: Exchange | undefined;
  /** How long nothing may be heard of the upstream, in milliseconds. */
  readonly idleTimeoutMs: number;
  /** Answers for an upstream that cannot, when nothing was answered yet. */
  readonly onFailure: (message: string) => void;
}

/** Sends a request, and carries its answer to the caller. */
export function carry(
  sent: ClientRequest,
  caller: ServerResponse,
  { exchange, idleTimeoutMs, onFailure }: Carried,
): void {
  let answer: IncomingMessage | undefined;
  sent.setTimeout(idleTimeoutMs, () => {
    sent.destroy(new Error(`nothing was heard of it for ${idleTimeoutMs} ms`));
  });
  sent.once("response", (found) => {
    answer = found;
    carryBack(found, caller, exchange, onFailure);
  });
  sent.on("error", (error) => {
    // Of an answer that has begun, `carryBack` hears itself.
    if (answer === undefined) void fail(error);
  });
  caller.once("close", () => {
    // The caller has gone before its answer was over.
    if (!caller.writableFinished) sent.destroy();
  });

  async function fail(error: Error): Promise<void> {
    await exchange?.failed(error);
    onFailure(`the upstream does not answer: ${error.message}`);
  }
}

function carryBack(
  answer: IncomingMessage,
  caller: ServerResponse,
  exchange: Exchange | undefined,
  onFailure: (message: string) => void,
): void {
  const { statusCode: status = 502, headers } = answer;
  exchange?.responded(status, headersOf(headers));
  if (status >= 300 && status < 400 && headers.location !== undefined) {
    answer.resume();
    void exchange?.end();
    onFailure("the upstream sends requests elsewhere, which is not followed: name that address");
    return;
  }
  const passed = forwarded(headers);
  // What is taken out of a stream makes it shorter.
  const isStream = headers["content-type"]?.includes("event-stream") === true;
  if (isStream) delete passed["content-length"];
  caller.writeHead(status, passed);
  if (isStream) caller.flushHeaders();
  // The head and the last piece of an answer that is no stream go out with its end, in one write.
  const isHeld = exchange?.isWhole === true;
  let held: Uint8Array = NOTHING;
  answer.on("data", (piece: Buffer) => {
    const seen = exchange === undefined ? piece : exchange.push(piece);
    const ready = isHeld ? held : seen;
    if (isHeld) held = seen;
    if (ready.length === 0 || caller.write(ready)) return;
    answer.pause();
    caller.once("drain", () => answer.resume());
  });
  answer.once("end", () => {
    void finish(true);
  });
  answer.once("error", () => {
    void finish(false);
  });
  answer.once("close", () => {
    void finish(false);
  });

  let isOver = false;
  async function finish(isWhole: boolean): Promise<void> {
    if (isOver) return;
    isOver = true;
    if (isWhole && answer.complete) {
      const rest = await exchange?.end();
      caller.end(isHeld ? held : rest);
      return;
    }
    await exchange?.interrupted();
    caller.destroy();
  }
}
