// Realtime sessions, as OpenAI's guide has them, in text alone: a response for each
// `response.create`, and one when sound ends, unless the session has switched that off.

import type { IncomingMessage } from "node:http";
import { setImmediate } from "node:timers/promises";
import { field, listIn, numberIn, reportsUsage, stringIn } from "./format.ts";
import { responsesFormat } from "./responses-format.ts";
import type { ServerSocket } from "./server-socket.ts";
import type { SocketProvider } from "./socket-provider.ts";
import { inputOf } from "./work.ts";
import type { ModelAnswer } from "./work.ts";

/** The sound with which what is said ends. */
export const SILENCE: string = Buffer.from("silence").toString("base64");

interface Opening {
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
}

/** Begins a session on a socket that was opened; returns what takes in its messages. */
export function answerRealtime(
  socket: ServerSocket,
  provider: SocketProvider,
  opening: Opening,
): (text: string) => void {
  const session = new Session(socket, provider, opening);
  let before = session.begin();
  return (text) => {
    before = before.then(() => session.received(JSON.parse(text)));
  };
}

class Session {
  readonly #socket: ServerSocket;
  readonly #provider: SocketProvider;
  readonly #opening: Opening;
  readonly #model: string;
  readonly #items: unknown[] = [];
  #limit: number | undefined;
  #listens = true;
  #count = 0;

  constructor(socket: ServerSocket, provider: SocketProvider, opening: Opening) {
    this.#socket = socket;
    this.#provider = provider;
    this.#opening = opening;
    this.#model = new URL(opening.url, "http://host").searchParams.get("model") ?? "";
  }

  async begin(): Promise<void> {
    this.#send({ type: "session.created", session: this.#shown() });
  }

  async received(message: unknown): Promise<void> {
    switch (stringIn(message, "type")) {
      case "session.update": {
        const session = field(message, "session");
        this.#limit = numberIn(session, "max_output_tokens") ?? this.#limit;
        if (field(session, "audio", "input", "turn_detection") === null) this.#listens = false;
        this.#send({ type: "session.updated", session: this.#shown() });
        break;
      }
      case "conversation.item.create": {
        const item = { id: `item_${this.#items.length}`, ...Object(field(message, "item")) };
        this.#items.push(item);
        this.#send({ type: "conversation.item.added", item });
        break;
      }
      case "input_audio_buffer.append":
        if (this.#listens && stringIn(message, "audio") === SILENCE) await this.#respond({});
        break;
      case "response.create":
        await this.#respond(message);
        break;
      default:
    }
  }

  async #respond(message: unknown): Promise<void> {
    const { url, headers } = this.#opening;
    const response = field(message, "response");
    const body = {
      model: this.#model,
      input: [...this.#items, ...listIn(response, "input")],
      instructions: stringIn(response, "instructions"),
      max_output_tokens: numberIn(response, "max_output_tokens") ?? this.#limit,
    };
    const text = JSON.stringify({ ...body, count: this.#count++ });
    const about = { method: "SOCKET", route: "responses", path: url, headers } as const;
    this.#provider.working(1);
    try {
      const request = this.#provider.received({
        ...about,
        model: this.#model,
        attempt: 0,
        text,
        body,
      });
      const behavior = this.#provider.behave(request);
      const work = this.#provider.work(request, responsesFormat, behavior);
      if ("refusal" in work || behavior.status !== undefined) {
        const eventId = stringIn(message, "event_id");
        this.#send({ type: "error", error: { message: "it was rejected", event_id: eventId } });
        return;
      }
      await this.#answer(work.answer, reportsUsage(behavior), (ending) =>
        this.#provider.book(request, work.answer, ending),
      );
    } finally {
      this.#provider.working(-1);
    }
  }

  async #answer(
    answer: ModelAnswer,
    isReported: boolean,
    book: (ending: { how: "streamed"; status: number; isReported: boolean }) => void,
  ): Promise<void> {
    const { id } = answer;
    this.#send({ type: "response.created", response: { id, object: "realtime.response" } });
    await setImmediate();
    for (const delta of answer.words)
      this.#send({
        type: "response.output_text.delta",
        response_id: id,
        item_id: `item_of_${id}`,
        output_index: 0,
        content_index: 0,
        delta,
      });
    this.#items.push({ role: "assistant", content: answer.words.join("") });
    book({ how: "streamed", status: 200, isReported });
    const [input, output] = [inputOf(answer), answer.usage.output];
    const usage = {
      total_tokens: input + output,
      input_tokens: input,
      output_tokens: output,
      input_token_details: { text_tokens: input, audio_tokens: 0, cached_tokens: 0 },
      output_token_details: { text_tokens: output, audio_tokens: 0 },
    };
    const content = [{ type: "output_text", text: answer.words.join("") }];
    const item = { id: `item_of_${id}`, type: "message", role: "assistant", content };
    const said = [{ ...item, status: "completed" }];
    const response = { id, status: "completed", output: said, ...(isReported && { usage }) };
    this.#send({ type: "response.done", response });
  }

  #shown(): object {
    const detection = this.#listens ? { type: "server_vad", create_response: true } : null;
    return {
      type: "realtime",
      model: this.#model,
      max_output_tokens: this.#limit ?? "inf",
      audio: { input: { turn_detection: detection } },
    };
  }

  #send(event: object): void {
    this.#socket.send(JSON.stringify({ event_id: `event_${this.#count}`, ...event }));
  }
}
