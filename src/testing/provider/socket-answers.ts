// Responses over a web socket, as OpenAI's guide to it has them: requests of one lane are answered
// one after the other, lanes beside each other.

import type { IncomingMessage } from "node:http";
import { setImmediate, setTimeout } from "node:timers/promises";
import type { Duplex } from "node:stream";
import type { Behavior, ReceivedRequest } from "./behavior.ts";
import { field, reportsUsage, stringIn } from "./format.ts";
import { answerRealtime } from "./realtime.ts";
import { responsesFormat } from "./responses-format.ts";
import { ServerSocket } from "./server-socket.ts";
import type { SocketProvider } from "./socket-provider.ts";
import type { ModelAnswer } from "./work.ts";

/** Answers requests on web sockets. */
export class SocketAnswers {
  readonly #provider: SocketProvider;
  readonly #sockets = new Set<ServerSocket>();

  constructor(provider: SocketProvider) {
    this.#provider = provider;
  }

  /** Opens a web socket at `/responses` and at `/realtime`, and nowhere else. */
  answer(incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on("error", () => socket.destroy());
    const { url = "", headers } = incoming;
    let onMessage: (text: string) => void = () => {};
    const open = (): ServerSocket => {
      const opened = ServerSocket.accept(incoming, socket, head, (text) => onMessage(text));
      this.#sockets.add(opened);
      socket.once("close", () => this.#sockets.delete(opened));
      return opened;
    };
    if (/\/realtime\?/.test(url)) {
      onMessage = answerRealtime(open(), this.#provider, { url, headers });
      return;
    }
    if (!/\/responses(?:\?|$)/.test(url)) {
      socket.end("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
      return;
    }
    const opened = open();
    const lanes = new Map<string, Promise<void>>();
    onMessage = (text) => {
      const lane = stringIn(parsed(text), "stream_id");
      const before = lanes.get(lane) ?? Promise.resolve();
      lanes.set(
        lane,
        before.then(() => this.#received(opened, text, { url, headers })),
      );
    };
  }

  /** Ends all of them. */
  close(): void {
    for (const socket of this.#sockets) socket.terminate();
  }

  async #received(
    socket: ServerSocket,
    text: string,
    { url, headers }: { readonly url: string; readonly headers: IncomingMessage["headers"] },
  ): Promise<void> {
    const body = parsed(text);
    if (stringIn(body, "type") !== "response.create") return;
    this.#provider.working(1);
    try {
      const request = this.#provider.received({
        method: "SOCKET",
        route: "responses",
        model: stringIn(body, "model"),
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

  async #respond(socket: ServerSocket, request: ReceivedRequest): Promise<void> {
    const behavior = this.#provider.behave(request);
    if (behavior.latencyMs !== undefined) await setTimeout(behavior.latencyMs);
    const work = this.#provider.work(request, responsesFormat, behavior);
    const lane = stringIn(request.body, "stream_id");
    const send = (event: object): void => {
      socket.send(JSON.stringify(lane === "" ? event : { ...event, stream_id: lane }));
    };
    const status = "refusal" in work ? work.refusal.status : behavior.status;
    if ("refusal" in work || status !== undefined) {
      const message = "refusal" in work ? work.refusal.message : `simulated status ${status}`;
      send({ type: "error", status, ...responsesFormat.error(status ?? 500, message) });
      return;
    }
    const answer = field(request.body, "generate") === false ? silent(work.answer) : work.answer;
    if (behavior.hang === true)
      while (socket.isOpen) {
        // oxlint-disable-next-line no-await-in-loop -- until the caller has gone
        await setTimeout(2);
      }
    if (behavior.loseAnswer === true || !socket.isOpen) {
      this.#provider.book(request, answer, { how: "lost", status: 0, isReported: false });
      socket.terminate();
      return;
    }
    await this.#stream(socket, request, behavior, answer, send);
  }

  async #stream(
    socket: ServerSocket,
    request: ReceivedRequest,
    behavior: Behavior,
    answer: ModelAnswer,
    send: (event: object) => void,
  ): Promise<void> {
    const stopsAfter = behavior.cutAfter ?? behavior.errorAfter;
    const all = responsesFormat.events(answer, behavior, request);
    // An answer without words has a beginning and an end.
    const events = answer.words.length > 0 ? all : [...all.slice(0, 1), ...all.slice(-1)];
    let shown = 0;
    let shows = 0;
    for (const [index, { text, tokens, reports = false }] of events.entries()) {
      const isEnough = tokens > 0 && shows === stopsAfter;
      if (isEnough || !socket.isOpen) {
        const usage = { ...answer.usage, output: shown + answer.reasoning };
        const cut = { ...answer, usage };
        this.#provider.book(request, cut, { how: "interrupted", status: 200, isReported: false });
        if (behavior.cutAfter !== undefined) socket.terminate();
        else if (isEnough) send(eventIn(responsesFormat.errorEvent(request, index)));
        return;
      }
      shown += tokens;
      if (tokens > 0) shows++;
      if (index === events.length - 1) {
        const isReported = reports && reportsUsage(behavior);
        this.#provider.book(request, answer, { how: "streamed", status: 200, isReported });
      }
      send(eventIn(text));
      const { delayMs } = behavior;
      // oxlint-disable-next-line no-await-in-loop -- one event after the other
      await (delayMs === undefined ? setImmediate() : setTimeout(delayMs));
    }
  }
}

/** Preparing for later requests writes nothing. */
function silent(answer: ModelAnswer): ModelAnswer {
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
