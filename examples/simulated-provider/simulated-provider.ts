// A provider of language models that is none: it speaks the formats of OpenAI, Anthropic and Google
// over HTTP, makes up its answers, misbehaves when told to, and keeps a bill of its own.

import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { setTimeout } from "node:timers/promises";
import { anthropic } from "./anthropic.ts";
import type { Behavior, ReceivedRequest } from "./behavior.ts";
import { BackgroundResponses } from "./background.ts";
import { Batches } from "./batches.ts";
import type { BatchAnswer } from "./batches.ts";
import { Bill } from "./bill.ts";
import type { BillLine, BillTotal } from "./bill.ts";
import { tellsUsage, textAt } from "./format.ts";
import type { Format } from "./format.ts";
import { freeAnswerTo } from "./free-answers.ts";
import { gemini, isEvents } from "./gemini.ts";
import { GeminiBatches } from "./gemini-batches.ts";
import { FiledBatches } from "./openai-batches.ts";
import { contextOf } from "./prices.ts";
import { seedOf } from "./random.ts";
import { formatAt, formatOf, receive } from "./routes.ts";
import { sendJson, sendLines, StreamedAnswer } from "./sending.ts";
import { SocketAnswers } from "./web-socket.ts";
import { contextTakenBy, inputOf, workOf } from "./work.ts";
import type { Answer, Ask } from "./work.ts";

/** How a request is answered. */
export type Behave = (request: ReceivedRequest) => Behavior;

/** The server. */
export class SimulatedProvider {
  readonly requests: ReceivedRequest[] = [];
  readonly #server: Server;
  readonly #seed: number;
  readonly #bill = new Bill();
  /** The tokens of answers and of all before them, by their ids. */
  readonly #batches = new Batches((request, behavior) =>
    this.#batched(request, anthropic, behavior),
  );
  readonly #filed = new FiledBatches(
    (request, format, behavior) => this.#batched(request, format, behavior),
    (path) => formatAt("POST", path),
  );
  readonly #geminiBatches = new GeminiBatches((request, behavior) =>
    this.#batched(request, gemini, behavior),
  );
  readonly #background = new BackgroundResponses();
  readonly #kept = new Map<string, number>();
  #behave: Behave;
  #open = 0;
  #url = "";
  readonly #closeSockets: () => void;

  private constructor(behave: Behave, seed: number) {
    this.#behave = behave;
    this.#seed = seed;
    this.#server = createServer((request, response) => {
      this.#open++;
      // What goes wrong in here is a mistake of ours, or of `behave`: nobody catches it.
      void this.#answer(request, response)
        .catch((error: unknown) => {
          response.destroy();
          throw error;
        })
        .finally(() => this.#open--);
    });
    this.#server.keepAliveTimeout = 60_000;
    const sockets = new SocketAnswers({
      received: (request) => this.#listed(request),
      behave: (request) => this.#behave(request),
      work: (request, format, behavior) => this.#work(request, format, behavior),
      book: (request, answer, ending) => this.#book(request, answer, ending),
      working: (count) => {
        this.#open += count;
      },
    });
    this.#server.on("upgrade", (request, socket, head) => sockets.answer(request, socket, head));
    this.#closeSockets = () => sockets.close();
  }

  /** The same request is answered the same under the same seed, whatever came before it. */
  static async start(behave: Behave = () => ({}), seed = 0): Promise<SimulatedProvider> {
    const provider = new SimulatedProvider(behave, seed);
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

  /**
   * A `fetch` that sends every request here, whatever host its address names: a meter that is given
   * it takes the provider for the real one.
   */
  readonly fetch: typeof globalThis.fetch = (input, init) => {
    const given = new URL(input instanceof Request ? input.url : input);
    const url = `${this.#url}${given.pathname}${given.search}`;
    return globalThis.fetch(input instanceof Request ? new Request(url, input) : url, init);
  };

  /** What was billed: nothing that was free. */
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
    this.#kept.clear();
  }

  /** Resolves when nothing is being answered, and all of it is on the bill. */
  async idle(): Promise<void> {
    // oxlint-disable-next-line no-await-in-loop -- until then
    while (this.#open > 0) await setTimeout(2);
  }

  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    this.#closeSockets();
    await closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await this.#received(incoming);
    // Who goes before all of the request was sent has asked for nothing.
    if (request === undefined) return;
    const format = formatOf(request.route);
    if (format === undefined) {
      const batch = await this.#batchAnswer(request);
      if (batch !== undefined) {
        if ("lines" in batch) sendLines(response, batch.lines);
        else sendJson(response, 200, batch.body);
        return;
      }
      const kept = this.#background.at(request);
      const { status, body } = kept ? { status: 200, body: kept } : freeAnswerTo(request);
      sendJson(response, status, body);
      return;
    }
    const behavior = this.#behave(request);
    if (behavior.latencyMs !== undefined) await setTimeout(behavior.latencyMs);
    for (const [name, value] of Object.entries(behavior.headers ?? {}))
      response.setHeader(name, value);
    const work = this.#work(request, format, behavior);
    if ("refusal" in work) {
      const { status, message } = work.refusal;
      sendJson(response, status, format.error(status, message));
      return;
    }
    const { ask, answer } = work;
    if (behavior.status !== undefined) {
      this.#fail(response, request, format, behavior, answer);
      return;
    }
    if (BackgroundResponses.isFor(request)) {
      this.#book(request, answer, { how: "whole", status: 200, isTold: tellsUsage(behavior) });
      sendJson(response, 200, this.#background.keep(answer, behavior, request));
      return;
    }
    if (behavior.hang === true && !response.destroyed) await once(response, "close");
    if (behavior.loseAnswer === true || response.destroyed) {
      this.#book(request, answer, { how: "lost", status: 0, isTold: false });
      response.destroy();
    } else if (ask.streams) {
      await this.#stream(response, request, format, behavior, answer);
    } else {
      this.#book(request, answer, { how: "whole", status: 200, isTold: tellsUsage(behavior) });
      sendJson(response, 200, format.whole(answer, behavior, request), behavior.gzip);
    }
  }

  /** Answers what is about batches; undefined for any other request. */
  async #batchAnswer(request: ReceivedRequest): Promise<BatchAnswer | undefined> {
    const behavior = this.#behave(request);
    const operation = this.#geminiBatches.answer(request, behavior);
    if (operation !== undefined) return { body: operation };
    const batch = this.#batches.answer(request, behavior, this.#url);
    return batch ?? (await this.#filed.answer(request, behavior));
  }

  #batched(request: ReceivedRequest, format: Format, behavior: Behavior): Work {
    const work = this.#work(request, format, behavior);
    if ("answer" in work)
      this.#book(request, work.answer, {
        how: "whole",
        status: 200,
        isTold: tellsUsage(behavior),
        isBatch: true,
      });
    return work;
  }

  /** Does the work of a request, or says why not. */
  #work(request: ReceivedRequest, format: Format, behavior: Behavior): Work {
    const keptTokens = this.#kept.get(textAt(request.body, "previous_response_id")) ?? 0;
    const ask = { ...format.ask(request), keptTokens };
    const refusal = refusalOf(ask, request);
    if (refusal !== undefined) return { refusal };
    const seed = seedOf(`${this.#seed}/${request.path}/${request.text}`);
    const answer = workOf(ask, behavior, `sim-${request.index}`, seed);
    this.#kept.set(answer.id, inputOf(answer) + answer.usage.output);
    return { ask, answer };
  }

  async #received(incoming: IncomingMessage): Promise<ReceivedRequest | undefined> {
    const received = await receive(incoming);
    return received && this.#listed(received);
  }

  #listed(received: Omit<ReceivedRequest, "index">): ReceivedRequest {
    const request = { index: this.requests.length, ...received };
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
    const body = format.error(status, `simulated status ${status}`);
    if (!errorWithUsage) {
      sendJson(response, status, body);
      return;
    }
    this.#book(request, answer, { how: "error", status, isTold: tellsUsage(behavior) });
    sendJson(response, status, { ...format.whole(answer, behavior, request), ...body });
  }

  async #stream(
    response: ServerResponse,
    request: ReceivedRequest,
    format: Format,
    behavior: Behavior,
    answer: Answer,
  ): Promise<void> {
    const isArray = format === gemini && !isEvents(request.path);
    const type = isArray ? "application/json; charset=UTF-8" : format.contentType;
    const sent = new StreamedAnswer(response, type, behavior.gzip);
    const events = format.events(answer, behavior, request);
    const stopsAfter = behavior.cutAfter ?? behavior.errorAfter;
    let shown = 0;
    let shows = 0;
    let isTold = false;
    for (const [index, { text, tokens, tells = false }] of events.entries()) {
      const isEnough = tokens > 0 && shows === stopsAfter;
      if (isEnough || sent.isLeft) {
        const usage = { ...answer.usage, output: shown + answer.reasoning * answer.choices };
        this.#book(request, { ...answer, usage }, { how: "interrupted", status: 200, isTold });
        if (behavior.cutAfter !== undefined) sent.cut();
        else if (isEnough) sent.end(format.errorEvent(request, index));
        return;
      }
      shown += tokens;
      if (tokens > 0) shows++;
      isTold ||= tells;
      if (index === events.length - 1) {
        this.#book(request, answer, { how: "streamed", status: 200, isTold });
        sent.end(text);
      }
      // oxlint-disable-next-line no-await-in-loop -- one event after the other
      else await sent.write(text, behavior.delayMs);
    }
  }

  #book(
    { index, route, attempt }: ReceivedRequest,
    { model, usage, reasoning, choices }: Answer,
    ending: Pick<BillLine, "how" | "status" | "isTold" | "isBatch">,
  ): void {
    const reasoningTokens = reasoning * choices;
    this.#bill.add({ index, route, model, attempt, usage, reasoningTokens, ...ending });
  }
}

/** What becomes of a request: an answer, or a refusal. */
export type Work =
  | { readonly ask: Ask; readonly answer: Answer }
  | { readonly refusal: { readonly status: number; readonly message: string } };

/** Why a request is not worked on. */
function refusalOf(
  ask: Ask,
  { body }: ReceivedRequest,
): { readonly status: number; readonly message: string } | undefined {
  if (body === undefined) return { status: 400, message: "The body is no JSON" };
  const context = contextOf(ask.model);
  if (context === undefined) return { status: 404, message: `There is no model ${ask.model}` };
  const taken = contextTakenBy(ask);
  if (taken <= context) return undefined;
  return { status: 400, message: `${taken} tokens do not fit into a context of ${context}` };
}
