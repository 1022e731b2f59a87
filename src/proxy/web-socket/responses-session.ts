// Responses over a WebSocket, between a caller and an upstream: the cost of each is reserved before
// its request is sent, and booked when its answer ends.

import type { AnswerHeaders } from "../../meter/answer-head.ts";
import type { Exchange } from "../../meter/exchange.ts";
import type { Opened } from "../../meter/exchange-request.ts";
import type { RefusedAnswer } from "../../meter/refusals.ts";
import {
  asStreamed,
  socketAnswerIn,
  socketRefusal,
  socketRequestIn,
  steeringRefusal,
} from "../../wire/openai/responses-socket.ts";
import type { SocketAnswer } from "../../wire/openai/responses-socket.ts";
import { parsedOf } from "../../wire/json/untrusted.ts";
import { CLOSE, maySend } from "./frames.ts";
import { joinEnds } from "./join-ends.ts";
import type { SocketEnd } from "./socket-end.ts";

/** The arguments of a session. */
export interface SessionContext {
  /** Reserves what a request may cost, or returns the refusal. */
  readonly open: (body: string, signal: AbortSignal) => Promise<Opened>;
  /** Called when an exchange begins. */
  readonly onExchange: (exchange: Exchange) => void;
  /** The headers with which the upstream opened the connection. */
  readonly headers: AnswerHeaders;
  /** The status of a refusal for this client. */
  readonly statusFor: (status: number) => number;
  /** Whether requests that cannot be metered may pass. */
  readonly passesUnmetered: boolean;
  /** How long an upstream that owes an answer may be silent, in milliseconds. */
  readonly idleTimeoutMs: number;
}

/** A requested response. */
interface Asked {
  readonly exchange: Exchange | undefined;
  responseId: string | undefined;
  hasBegun: boolean;
}

/** Requests waiting to be reserved; beyond that, the caller is not read. */
const WAITING_MAX = 32;
/** Ids of responses whose exchange is over, for late events. */
const OVER_MAX = 64;
const OK = 200;

/** Runs a session until either side ends it. */
export class ResponsesSession {
  readonly #caller: SocketEnd;
  readonly #upstream: SocketEnd;
  readonly #context: SessionContext;
  /** Requests that have not ended, by lane; the first of each lane is being answered. */
  readonly #lanes = new Map<string, Asked[]>();
  /** The last request of each lane that is being reserved. */
  readonly #holding = new Map<string, Promise<void>>();
  readonly #over = new Set<string>();
  readonly #gone = new AbortController();
  #waiting = 0;

  constructor(caller: SocketEnd, upstream: SocketEnd, context: SessionContext) {
    this.#caller = caller;
    this.#upstream = upstream;
    this.#context = context;
  }

  /** Begins; the heads came with the handshakes. */
  begin(callerHead: Buffer, upstreamHead: Buffer): void {
    const { idleTimeoutMs } = this.#context;
    this.#upstream.whenIdle(idleTimeoutMs, () => {
      if (this.#lanes.size > 0) this.#upstream.destroy();
    });
    joinEnds(this.#caller, this.#upstream, {
      heads: [callerHead, upstreamHead],
      asked: (text) => this.#asked(text),
      askedInBytes: (bytes) => this.#askedInBytes(bytes),
      answered: (text) => this.#answered(text),
      ended: (other, code, reason) => this.#ended(other, code, reason),
    });
  }

  #asked(text: string): Promise<void> | undefined {
    const request = socketRequestIn(text);
    switch (request.kind) {
      case "create":
        return this.#queue(text, request.lane);
      case "free":
        return this.#upstream.send(text);
      case "steer": {
        if (this.#context.passesUnmetered) return this.#upstream.send(text);
        const message =
          "token-budget: input for a running response may start another one, which is not metered; send it with the next response.create";
        return this.#caller.send(JSON.stringify(steeringRefusal(request, message)));
      }
      default:
        return this.#context.passesUnmetered
          ? this.#upstream.send(text)
          : this.#refuseUnknown(request.what);
    }
  }

  #askedInBytes(bytes: Buffer): Promise<void> | undefined {
    return this.#context.passesUnmetered
      ? this.#upstream.sendBytes(bytes)
      : this.#refuseUnknown("a message in bytes");
  }

  #refuseUnknown(what: string): Promise<void> | undefined {
    const code = "route_unmetered";
    const message = `token-budget: ${what} is not metered on a WebSocket, and may cost money`;
    const error = { message, type: "invalid_request_error", code, param: null };
    return this.#caller.send(JSON.stringify(socketRefusal({ error }, 400, "")));
  }

  /** Reserves requests of a lane one after the other; other lanes do not wait for them. */
  #queue(text: string, lane: string): Promise<void> | undefined {
    const before = this.#holding.get(lane) ?? Promise.resolve();
    this.#waiting++;
    const held = before
      .then(() => this.#create(text, lane))
      .catch((error: unknown) => this.#failed(error, lane))
      .finally(() => {
        this.#waiting--;
        if (this.#holding.get(lane) === held) this.#holding.delete(lane);
      });
    this.#holding.set(lane, held);
    return this.#waiting > WAITING_MAX ? held : undefined;
  }

  async #create(text: string, lane: string): Promise<void> {
    const { signal } = this.#gone;
    if (signal.aborted) return;
    const opened = await this.#context.open(text, signal);
    if (opened.kind === "refused") {
      await this.#refuse(opened.answer, lane);
      return;
    }
    const exchange = opened.kind === "held" ? opened.exchange : undefined;
    if (exchange !== undefined) this.#context.onExchange(exchange);
    if (signal.aborted) {
      await exchange?.notSent(signal.reason);
      return;
    }
    const asked: Asked = { exchange, responseId: undefined, hasBegun: false };
    this.#lanes.set(lane, [...(this.#lanes.get(lane) ?? []), asked]);
    const written = opened.kind === "held" ? opened.body : undefined;
    await this.#upstream.send(written ?? text);
  }

  async #refuse({ status, body }: RefusedAnswer, lane: string): Promise<void> {
    const parsed: unknown = parsedOf(body);
    const refusal = typeof parsed === "object" && parsed !== null ? parsed : {};
    const event = socketRefusal(refusal, this.#context.statusFor(status), lane);
    await this.#caller.send(JSON.stringify(event));
  }

  /** A request that could not be read, or whose caller no longer waits. */
  async #failed(error: unknown, lane: string): Promise<void> {
    if (this.#gone.signal.aborted) return;
    const message = `token-budget: ${error instanceof Error ? error.message : String(error)}`;
    const code = "request_unreadable";
    const refusal = { error: { message, type: "invalid_request_error", code, param: null } };
    await this.#caller.send(JSON.stringify(socketRefusal(refusal, 400, lane)));
  }

  #answered(text: string): Promise<void> | undefined {
    const answer = socketAnswerIn(text);
    // Late events of an ended response are for the caller only.
    if (answer.responseId !== undefined && this.#over.has(answer.responseId))
      return this.#caller.send(text);
    const found = this.#meant(answer);
    if (found === undefined)
      return answer.kind === "begins" ? this.#unasked() : this.#caller.send(text);
    const [lane, asked] = found;
    if (answer.kind === "begins") {
      const before = asked.responseId;
      if (before !== undefined && before !== answer.responseId)
        return this.#settled(lane, asked, "interrupted").then(() => this.#answered(text));
      asked.responseId = answer.responseId;
    }
    if (answer.kind === "error") {
      const again = this.#again(asked, answer, text);
      if (again !== undefined) return this.#upstream.send(again);
    }
    this.#show(asked, answer, text);
    if (answer.kind === "goes on" || answer.kind === "begins") return this.#caller.send(text);
    // The end is sent once the books are up to date.
    return this.#settled(lane, asked, "ended").then(() => this.#caller.send(text));
  }

  /** Returns the request that an event is about. */
  #meant({ kind, lane, isOfRequest }: SocketAnswer): [string, Asked] | undefined {
    const name = lane ?? "";
    const open = this.#lanes.get(name) ?? [];
    const waiting = open.find(({ responseId }) => responseId === undefined);
    const first = kind === "error" && isOfRequest ? (waiting ?? open[0]) : open[0];
    if (first !== undefined) return [name, first];
    if (lane !== undefined || kind !== "error") return undefined;
    // An error without a lane is about the only request.
    const [only, ...others] = [...this.#lanes].flatMap(([each, all]) =>
      all.map((asked): [string, Asked] => [each, asked]),
    );
    return others.length === 0 ? only : undefined;
  }

  /** The request to send again, if it was rejected for what was written into it (M9). */
  #again(
    { exchange, hasBegun }: Asked,
    { status = 0 }: SocketAnswer,
    text: string,
  ): string | undefined {
    if (hasBegun || exchange?.mayRetry(status) !== true) return undefined;
    return exchange.retry(text);
  }

  #show(asked: Asked, { kind, status }: SocketAnswer, text: string): void {
    const { exchange } = asked;
    if (!asked.hasBegun) {
      const isError = kind === "error" && status !== undefined && status >= 400 && status < 600;
      exchange?.responded(isError ? status : OK, this.#context.headers);
      asked.hasBegun = true;
    }
    exchange?.push(Buffer.from(asStreamed(text)));
  }

  async #settled(lane: string, asked: Asked, how: "ended" | "interrupted"): Promise<void> {
    const left = (this.#lanes.get(lane) ?? []).filter((each) => each !== asked);
    if (left.length === 0) this.#lanes.delete(lane);
    else this.#lanes.set(lane, left);
    if (asked.responseId !== undefined) {
      this.#over.add(asked.responseId);
      const [oldest] = this.#over;
      if (this.#over.size > OVER_MAX && oldest !== undefined) this.#over.delete(oldest);
    }
    if (how === "ended") await asked.exchange?.end();
    else await asked.exchange?.interrupted();
  }

  /** The connection is closed at once for a response that no request asked for. */
  #unasked(): undefined {
    const reason = "token-budget: a response began that no request asked for";
    this.#upstream.close(CLOSE.policy, reason);
    this.#caller.close(CLOSE.policy, reason);
    return undefined;
  }

  /** One side is gone: the other is notified, and open responses are booked as they stand. */
  async #ended(other: SocketEnd, code: number, reason: string): Promise<void> {
    this.#gone.abort(new Error("the WebSocket was closed"));
    other.close(maySend(code) ? code : CLOSE.goingAway, reason);
    const open = [...this.#lanes.values()].flat();
    this.#lanes.clear();
    await Promise.all(
      open.map(async ({ exchange, hasBegun }) => {
        if (hasBegun) await exchange?.interrupted();
        else await exchange?.failed(new Error(`the WebSocket was closed: ${reason}`));
      }),
    );
  }
}
