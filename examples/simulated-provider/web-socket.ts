// Responses over a web socket, as OpenAI's guide to it has them: requests of one lane are answered
// one after the other, lanes beside each other.

import type { IncomingMessage } from "node:http";
import { setImmediate, setTimeout } from "node:timers/promises";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";
import type { Behavior, ReceivedRequest } from "./behavior.ts";
import type { BillLine } from "./bill.ts";
import { field, tellsUsage, textAt } from "./format.ts";
import type { Format } from "./format.ts";
import { answerRealtime } from "./realtime.ts";
import { openaiResponses } from "./openai-responses.ts";
import type { Work } from "./simulated-provider.ts";
import type { Answer } from "./work.ts";

/** What the provider does for requests, however they come. */
export interface SocketProvider {
  received(request: Omit<ReceivedRequest, "index">): ReceivedRequest;
  behave(request: ReceivedRequest): Behavior;
  work(request: ReceivedRequest, format: Format, behavior: Behavior): Work;
  book(
    request: ReceivedRequest,
    answer: Answer,
    ending: Pick<BillLine, "how" | "status" | "isTold">,
  ): void;
  /** So many more requests are being answered. */
  working(count: number): void;
}

/** Answers requests on web sockets. */
export class SocketAnswers {
  readonly #provider: SocketProvider;
  readonly #server = new WebSocketServer({ noServer: true });

  constructor(provider: SocketProvider) {
    this.#provider = provider;
  }

  /** Opens a web socket at `/responses` and at `/realtime`, and nowhere else. */
  answer(incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on("error", () => socket.destroy());
    const { url = "", headers } = incoming;
    if (/\/realtime\?/.test(url)) {
      this.#server.handleUpgrade(incoming, socket, head, (opened) => {
        answerRealtime(opened, this.#provider, { url, headers });
      });
      return;
    }
    if (!/\/responses(?:\?|$)/.test(url)) {
      socket.end("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
      return;
    }
    this.#server.handleUpgrade(incoming, socket, head, (opened) => {
      const lanes = new Map<string, Promise<void>>();
      opened.on("error", () => opened.terminate());
      opened.on("message", (data, isBinary) => {
        const text = isBinary || !Buffer.isBuffer(data) ? "" : data.toString();
        const lane = textAt(parsed(text), "stream_id");
        const before = lanes.get(lane) ?? Promise.resolve();
        lanes.set(
          lane,
          before.then(() => this.#received(opened, text, { url, headers })),
        );
      });
    });
  }

  /** Ends all of them. */
  close(): void {
    for (const socket of this.#server.clients) socket.terminate();
    this.#server.close();
  }

  async #received(
    socket: WebSocket,
    text: string,
    { url, headers }: { readonly url: string; readonly headers: IncomingMessage["headers"] },
  ): Promise<void> {
    const body = parsed(text);
    if (textAt(body, "type") !== "response.create") return;
    this.#provider.working(1);
    try {
      const request = this.#provider.received({
        method: "SOCKET",
        route: "responses",
        model: textAt(body, "model"),
        attempt: 0,
        path: url,
        headers,
        text,
        body,
      });
      await this.#respond(socket, request);
    } finally {
      this.#provider.working(-1);
    }
  }

  async #respond(socket: WebSocket, request: ReceivedRequest): Promise<void> {
    const behavior = this.#provider.behave(request);
    if (behavior.latencyMs !== undefined) await setTimeout(behavior.latencyMs);
    const work = this.#provider.work(request, openaiResponses, behavior);
    const lane = textAt(request.body, "stream_id");
    const send = (event: object): void => {
      socket.send(JSON.stringify(lane === "" ? event : { ...event, stream_id: lane }));
    };
    const status = "refusal" in work ? work.refusal.status : behavior.status;
    if ("refusal" in work || status !== undefined) {
      const message = "refusal" in work ? work.refusal.message : `simulated status ${status}`;
      send({ type: "error", status, ...openaiResponses.error(status ?? 500, message) });
      return;
    }
    const answer = field(request.body, "generate") === false ? silent(work.answer) : work.answer;
    if (behavior.hang === true)
      while (socket.readyState === socket.OPEN) {
        // oxlint-disable-next-line no-await-in-loop -- until the caller has gone
        await setTimeout(2);
      }
    if (behavior.loseAnswer === true || socket.readyState !== socket.OPEN) {
      this.#provider.book(request, answer, { how: "lost", status: 0, isTold: false });
      socket.terminate();
      return;
    }
    await this.#stream(socket, request, behavior, answer, send);
  }

  async #stream(
    socket: WebSocket,
    request: ReceivedRequest,
    behavior: Behavior,
    answer: Answer,
    send: (event: object) => void,
  ): Promise<void> {
    const stopsAfter = behavior.cutAfter ?? behavior.errorAfter;
    const all = openaiResponses.events(answer, behavior, request);
    // An answer without words has a beginning and an end.
    const events = answer.words.length > 0 ? all : [...all.slice(0, 1), ...all.slice(-1)];
    let shown = 0;
    let shows = 0;
    for (const [index, { text, tokens, tells = false }] of events.entries()) {
      const isEnough = tokens > 0 && shows === stopsAfter;
      if (isEnough || socket.readyState !== socket.OPEN) {
        const usage = { ...answer.usage, output: shown + answer.reasoning };
        const cut = { ...answer, usage };
        this.#provider.book(request, cut, { how: "interrupted", status: 200, isTold: false });
        if (behavior.cutAfter !== undefined) socket.terminate();
        else if (isEnough) send(eventIn(openaiResponses.errorEvent(request, index)));
        return;
      }
      shown += tokens;
      if (tokens > 0) shows++;
      if (index === events.length - 1) {
        const isTold = tells && tellsUsage(behavior);
        this.#provider.book(request, answer, { how: "streamed", status: 200, isTold });
      }
      send(eventIn(text));
      const { delayMs } = behavior;
      // oxlint-disable-next-line no-await-in-loop -- one event after the other
      await (delayMs === undefined ? setImmediate() : setTimeout(delayMs));
    }
  }
}

/** Preparing for later requests writes nothing. */
function silent(answer: Answer): Answer {
  const usage = { ...answer.usage, output: 0 };
  return { ...answer, words: [], tool: undefined, isCut: false, reasoning: 0, usage };
}

/** What an event of a stream has as its data. */
function eventIn(text: string): object {
  const data = parsed(text.slice(text.indexOf("data: ") + 6).trim());
  return typeof data === "object" && data !== null ? data : {};
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
