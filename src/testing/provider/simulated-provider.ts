// A server in place of a provider of models: it speaks the formats of OpenAI, Anthropic and Google,
// makes up its answers, misbehaves on request, and keeps a bill of its own.

import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { setTimeout } from "node:timers/promises";
import { optionalFunction, readOptions, whole } from "../../core/read-options.ts";
import type { TableFor } from "../../core/read-options.ts";
import { messagesFormat } from "./messages-format.ts";
import type { Behave, Behavior, ReceivedRequest } from "./behavior.ts";
import { BackgroundResponses } from "./background.ts";
import { MessageBatches } from "./message-batches.ts";
import type { BatchAnswer } from "./message-batches.ts";
import { Bill } from "./bill.ts";
import type { BillEntry, BillTotal } from "./bill.ts";
import { reportsUsage, stringIn } from "./format.ts";
import type { Format } from "./format.ts";
import { freeAnswerTo } from "./free-answers.ts";
import { geminiFormat, isEvents } from "./gemini-format.ts";
import { GeminiBatches } from "./gemini-batches.ts";
import { OpenaiBatches } from "./openai-batches.ts";
import { answerMedia, isMedia, videoAt } from "./media-answers.ts";
import { contextOf } from "./prices.ts";
import { seedOf } from "./random.ts";
import { formatForPath, formatForRoute, receive } from "./routes.ts";
import { sendJson, sendLines, StreamedAnswer } from "./sending.ts";
import { SocketAnswers } from "./socket-answers.ts";
import { contextTakenBy, inputOf, workOf } from "./work.ts";
import type { Ask, ModelAnswer, Work } from "./work.ts";

/** Options of a simulated provider. */
export interface SimulatedProviderOptions {
  /**
   * Chooses how each request is answered.
   *
   * @default every request is answered well
   */
  readonly behave?: Behave;
  /**
   * A whole number. Under one seed, a request gets the same answer, whatever came before it.
   *
   * @default 0
   */
  readonly seed?: number;
  /**
   * The port of 127.0.0.1 to listen on; 0 lets the system choose a free one.
   *
   * @default 0
   */
  readonly port?: number;
}

const OPTIONS = {
  behave: optionalFunction<Behave | undefined>,
  seed: whole(0, Number.MAX_SAFE_INTEGER, 0),
  port: whole(0, 65_535, 0),
} satisfies TableFor<SimulatedProviderOptions>;

/**
 * A server that stands in for OpenAI, Anthropic and Google in tests. It answers chat completions,
 * responses, embeddings, messages and `generateContent`, whole or streamed, batches included, with
 * made-up text and its usage, and keeps a bill that no code of the meter computes.
 *
 * Its `fetch` reaches it under a provider's own address; its `url` is a base address for an SDK. It
 * knows the models `gpt-5.5`, `gpt-4o`, `gpt-4o-mini`, `gpt-realtime`, `text-embedding-3-small`,
 * `claude-sonnet-4-5`, `claude-haiku-4-5`, `gemini-2.5-flash` and `gemini-2.5-pro`, and of OpenAI's
 * images, speech, transcriptions and videos `gpt-image-1`, `tts-1`, `whisper-1` and `sora-2`.
 *
 * @example
 * await using provider = await SimulatedProvider.start();
 * const pool = new BudgetPool({ caps: { usd: 1 } });
 * const fetch = meteredFetch(pool, { fetch: provider.fetch });
 *
 * const openai = new OpenAI({ apiKey: "any", fetch });
 * await openai.chat.completions.create({
 *   model: "gpt-4o-mini",
 *   messages: [{ role: "user", content: "Hello" }],
 * });
 * pool.snapshot().used.usd === provider.total.usd; // => true
 */
export class SimulatedProvider {
  /** All requests so far, in the order of arrival. */
  readonly requests: ReceivedRequest[] = [];
  readonly #server: Server;
  readonly #seed: number;
  readonly #bill = new Bill();
  readonly #batches = new MessageBatches((request, behavior) =>
    this.#batched(request, messagesFormat, behavior),
  );
  readonly #filed = new OpenaiBatches(
    (request, format, behavior) => this.#batched(request, format, behavior),
    (path) => formatForPath("POST", path),
  );
  readonly #geminiBatches = new GeminiBatches((request, behavior) =>
    this.#batched(request, geminiFormat, behavior),
  );
  readonly #background = new BackgroundResponses();
  /** The tokens of answers and of all before them, by their ids. */
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
      // An error in here is a bug of ours, or of `behave`: it stays uncaught.
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

  /**
   * Starts a provider on 127.0.0.1.
   *
   * @throws {TypeError | RangeError} if an option is invalid.
   * @throws {Error} if the port is taken (`EADDRINUSE`).
   */
  static async start(options: SimulatedProviderOptions = {}): Promise<SimulatedProvider> {
    const { behave = () => ({}), seed, port } = readOptions(options, OPTIONS);
    const provider = new SimulatedProvider(behave, seed);
    provider.#server.listen(port, "127.0.0.1");
    await once(provider.#server, "listening");
    const address = provider.#server.address();
    const bound = typeof address === "object" && address !== null ? address.port : 0;
    provider.#url = `http://127.0.0.1:${bound}`;
    return provider;
  }

  /** The address that the provider listens on, without a path. */
  get url(): string {
    return this.#url;
  }

  /**
   * A `fetch` that sends every request to this provider, whatever host its address names. A meter
   * that uses it sees the address of the real provider.
   */
  readonly fetch: typeof globalThis.fetch = (input, init) => {
    const given = new URL(input instanceof Request ? input.url : input);
    const url = `${this.#url}${given.pathname}${given.search}`;
    return globalThis.fetch(input instanceof Request ? new Request(url, input) : url, init);
  };

  /** The entries of the bill, in the order in which answers ended. Free requests have none. */
  get bill(): readonly BillEntry[] {
    return this.#bill.entries;
  }

  /** The sums of the bill. */
  get total(): BillTotal {
    return this.#bill.total;
  }

  /** Answers all requests from now on as `behave` says. */
  behave(behave: Behave): void {
    this.#behave = behave;
  }

  /** Forgets all requests, their answers, and the bill. */
  clear(): void {
    this.requests.length = 0;
    this.#bill.entries.length = 0;
    this.#kept.clear();
  }

  /** Resolves once no request is in progress and the bill is complete. */
  async idle(): Promise<void> {
    // oxlint-disable-next-line no-await-in-loop -- until then
    while (this.#open > 0) await setTimeout(2);
  }

  /** Destroys all connections, and resolves once the server is closed. */
  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    this.#closeSockets();
    await closed;
  }

  /** Closes the provider, at the end of the block of an `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await this.#received(incoming);
    // A caller that disconnects before its request is complete has asked for nothing.
    if (request === undefined) return;
    const format = formatForRoute(request.route);
    if (isMedia(request)) {
      const entry = await answerMedia(request, this.#behave, response);
      const { index, route, attempt } = request;
      if (entry !== undefined)
        this.#bill.add({ index, route, attempt, reasoningTokens: 0, ...entry });
      return;
    }
    if (format === undefined) {
      const batch = await this.#batchAnswer(request);
      if (batch !== undefined) {
        if ("lines" in batch) sendLines(response, batch.lines);
        else sendJson(response, 200, batch.body);
        return;
      }
      const kept = this.#background.at(request) ?? videoAt(request);
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
      this.#book(request, answer, {
        how: "whole",
        status: 200,
        isReported: reportsUsage(behavior),
      });
      sendJson(response, 200, this.#background.keep(answer, behavior, request));
      return;
    }
    if (behavior.hang === true && !response.destroyed) await once(response, "close");
    if (behavior.loseAnswer === true || response.destroyed) {
      this.#book(request, answer, { how: "lost", status: 0, isReported: false });
      response.destroy();
    } else if (ask.streams) {
      await this.#stream(response, request, format, behavior, answer);
    } else {
      this.#book(request, answer, {
        how: "whole",
        status: 200,
        isReported: reportsUsage(behavior),
      });
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
        isReported: reportsUsage(behavior),
        isBatch: true,
      });
    return work;
  }

  /** Does the work of a request, or says why not. */
  #work(request: ReceivedRequest, format: Format, behavior: Behavior): Work {
    const keptTokens = this.#kept.get(stringIn(request.body, "previous_response_id")) ?? 0;
    const ask = { ...format.ask(request), keptTokens };
    const refusal = faultOf(ask, request);
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
    answer: ModelAnswer,
  ): void {
    const { status = 500, errorWithUsage = false } = behavior;
    const body = format.error(status, `simulated status ${status}`);
    if (!errorWithUsage) {
      sendJson(response, status, body);
      return;
    }
    this.#book(request, answer, { how: "error", status, isReported: reportsUsage(behavior) });
    sendJson(response, status, { ...format.whole(answer, behavior, request), ...body });
  }

  async #stream(
    response: ServerResponse,
    request: ReceivedRequest,
    format: Format,
    behavior: Behavior,
    answer: ModelAnswer,
  ): Promise<void> {
    const isArray = format === geminiFormat && !isEvents(request.path);
    const type = isArray ? "application/json; charset=UTF-8" : format.contentType;
    const sent = new StreamedAnswer(response, type, behavior.gzip);
    const events = format.events(answer, behavior, request);
    const stopsAfter = behavior.cutAfter ?? behavior.errorAfter;
    let shown = 0;
    let shows = 0;
    let isReported = false;
    for (const [index, { text, tokens, reports = false }] of events.entries()) {
      const isEnough = tokens > 0 && shows === stopsAfter;
      if (isEnough || sent.isLeft) {
        const usage = { ...answer.usage, output: shown + answer.reasoning * answer.choices };
        this.#book(request, { ...answer, usage }, { how: "interrupted", status: 200, isReported });
        if (behavior.cutAfter !== undefined) sent.cut();
        else if (isEnough) sent.end(format.errorEvent(request, index));
        return;
      }
      shown += tokens;
      if (tokens > 0) shows++;
      isReported ||= reports;
      if (index === events.length - 1) {
        this.#book(request, answer, { how: "streamed", status: 200, isReported });
        sent.end(text);
      }
      // oxlint-disable-next-line no-await-in-loop -- one event after the other
      else await sent.write(text, behavior.delayMs);
    }
  }

  #book(
    { index, route, attempt }: ReceivedRequest,
    { model, usage, reasoning, choices }: ModelAnswer,
    ending: Pick<BillEntry, "how" | "status" | "isReported" | "isBatch">,
  ): void {
    const reasoningTokens = reasoning * choices;
    this.#bill.add({ index, route, model, attempt, usage, reasoningTokens, ...ending });
  }
}

/** Why a request is not worked on. */
function faultOf(
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
