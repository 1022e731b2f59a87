// A provider of language models that is none: it speaks the formats of OpenAI, Anthropic and Google
// over HTTP, makes up its answers, misbehaves when told to, and keeps a bill of its own.

import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { text as textOf } from "node:stream/consumers";
import { setImmediate, setTimeout } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { anthropic } from "./anthropic.ts";
import type { Behavior, ReceivedRequest } from "./behavior.ts";
import { Bill } from "./bill.ts";
import type { BillLine, BillTotal } from "./bill.ts";
import { embeddings } from "./embeddings.ts";
import type { Format } from "./format.ts";
import { gemini } from "./gemini.ts";
import { openaiChat } from "./openai-chat.ts";
import { openaiResponses } from "./openai-responses.ts";
import { contextOf } from "./prices.ts";
import { workOf } from "./work.ts";
import type { Answer } from "./work.ts";

const ROUTES: readonly (readonly [RegExp, Format])[] = [
  [/\/chat\/completions$/, openaiChat],
  [/\/responses$/, openaiResponses],
  [/\/embeddings$/, embeddings],
  [/\/messages$/, anthropic],
  [/:(?:generateContent|streamGenerateContent)$/, gemini],
];
const FREE = /count_tokens$|:countTokens$|\/models$|\/api\/hello$/;

/** How a request is answered. */
export type Behave = (request: ReceivedRequest) => Behavior;

/** The server. */
export class SimulatedProvider {
  readonly requests: ReceivedRequest[] = [];
  readonly #server: Server;
  readonly #bill = new Bill();
  #behave: Behave;
  #open = 0;
  #url = "";

  private constructor(behave: Behave) {
    this.#behave = behave;
    this.#server = createServer((request, response) => {
      this.#open++;
      void this.#answer(request, response).finally(() => this.#open--);
    });
    this.#server.keepAliveTimeout = 60_000;
  }

  static async start(behave: Behave = () => ({})): Promise<SimulatedProvider> {
    const provider = new SimulatedProvider(behave);
    provider.#server.listen(0, "127.0.0.1");
    await once(provider.#server, "listening");
    const address = provider.#server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    provider.#url = `http://127.0.0.1:${port}`;
    return provider;
  }

  /** Where it listens, without a path. */
  get url(): string {
    return this.#url;
  }

  get bill(): readonly BillLine[] {
    return this.#bill.lines;
  }

  get total(): BillTotal {
    return this.#bill.total;
  }

  /** Answers the requests to come this way. */
  behave(behave: Behave): void {
    this.#behave = behave;
  }

  /** Forgets all requests and the bill. */
  clear(): void {
    this.requests.length = 0;
    this.#bill.lines.length = 0;
  }

  /** Resolves when nothing is being answered, and all of it is on the bill. */
  async idle(): Promise<void> {
    // oxlint-disable-next-line no-await-in-loop -- until then
    while (this.#open > 0) await setTimeout(2);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await this.#received(incoming);
    const [path = ""] = request.path.split("?");
    const format = ROUTES.find(([pattern]) => pattern.test(path))?.[1];
    if (request.method !== "POST" || format === undefined) {
      const isFree = FREE.test(path) || request.method !== "POST";
      send(response, isFree ? 200 : 404, isFree ? { input_tokens: 7, data: [] } : { error: {} });
      return;
    }
    const behavior = this.#behave(request);
    if (behavior.latencyMs !== undefined) await setTimeout(behavior.latencyMs);
    const ask = format.ask(request);
    const context = contextOf(ask.model);
    if (context === undefined) {
      send(response, 404, format.error(404, `There is no model ${ask.model}`));
      return;
    }
    const answer = workOf(ask, behavior, request.index);
    if (behavior.status !== undefined) {
      this.#fail(response, request, format, behavior, answer);
      return;
    }
    if (behavior.hang === true) await once(response, "close");
    if (behavior.loseAnswer === true || behavior.hang === true) {
      this.#book(request, answer, "lost", false);
      response.destroy();
      return;
    }
    const isTold = behavior.withoutUsage !== true && behavior.malformedUsage !== true;
    if (ask.streams) await this.#stream(response, request, format, behavior, answer);
    else {
      this.#book(request, answer, "whole", isTold);
      send(response, 200, format.whole(answer, behavior), behavior.gzip);
    }
  }

  async #received(incoming: IncomingMessage): Promise<ReceivedRequest> {
    const text = await textOf(incoming);
    const request = {
      index: this.requests.length,
      method: incoming.method ?? "",
      path: incoming.url ?? "",
      headers: incoming.headers,
      text,
      body: text === "" ? undefined : (JSON.parse(text) as unknown),
    };
    this.requests.push(request);
    return request;
  }

  #fail(
    response: ServerResponse,
    request: ReceivedRequest,
    format: Format,
    behavior: Behavior,
    answer: Answer,
  ): void {
    const { status = 500, errorWithUsage = false } = behavior;
    if (errorWithUsage) this.#book(request, answer, "error", true);
    const body = format.error(status, `simulated status ${status}`);
    send(response, status, errorWithUsage ? { ...format.whole(answer, behavior), ...body } : body);
  }

  async #stream(
    response: ServerResponse,
    request: ReceivedRequest,
    format: Format,
    behavior: Behavior,
    answer: Answer,
  ): Promise<void> {
    const isEvents = format !== gemini || request.path.includes("alt=sse");
    const type = isEvents ? format.contentType : "application/json; charset=UTF-8";
    response.writeHead(200, { "content-type": type });
    let shown = 0;
    let events = 0;
    for (const { text, tokens } of format.events(answer, behavior, request)) {
      const isEnough = events === (behavior.cutAfter ?? behavior.errorAfter);
      if (tokens > 0 && isEnough) {
        this.#book(request, { ...answer, usage: shownOf(answer, shown) }, "interrupted", false);
        if (behavior.cutAfter !== undefined) response.destroy();
        else response.end(format.errorEvent());
        return;
      }
      if (response.destroyed) break;
      shown += tokens;
      if (tokens > 0) events++;
      // oxlint-disable-next-line no-await-in-loop -- one event after the other
      await write(response, text, events, behavior.delayMs);
    }
    if (response.destroyed) {
      this.#book(request, { ...answer, usage: shownOf(answer, shown) }, "interrupted", false);
      return;
    }
    const isTold = behavior.withoutUsage !== true && behavior.malformedUsage !== true;
    this.#book(request, answer, "streamed", isTold);
    response.end();
  }

  #book(
    { index }: ReceivedRequest,
    { model, usage }: Answer,
    how: BillLine["how"],
    isTold: boolean,
  ): void {
    this.#bill.add({ index, model, usage, how, isTold });
  }
}

/** What an answer has used of which so much was shown. */
function shownOf({ usage, reasoning, choices }: Answer, shown: number): Answer["usage"] {
  return { ...usage, output: shown + reasoning * choices };
}

/** Writes an event, every seventh in two halves, and lets others have a turn. */
async function write(
  response: ServerResponse,
  text: string,
  number: number,
  delayMs: number | undefined,
): Promise<void> {
  const bytes = Buffer.from(text);
  if (number % 7 === 3) {
    const half = Math.floor(bytes.length / 2);
    response.write(bytes.subarray(0, half));
    await setImmediate();
    response.write(bytes.subarray(half));
  } else response.write(bytes);
  await (delayMs === undefined ? setImmediate() : setTimeout(delayMs));
}

function send(response: ServerResponse, status: number, body: object, gzip = false): void {
  const json = Buffer.from(JSON.stringify(body));
  const bytes = gzip ? gzipSync(json) : json;
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": bytes.length,
    ...(gzip && { "content-encoding": "gzip" }),
  });
  response.end(bytes);
}
