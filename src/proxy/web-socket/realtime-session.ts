// A realtime session between a caller and an upstream. Every response is reserved before it can
// begin: a requested one when it is requested; if the provider begins responses itself, the next
// one before any sound is passed on.

import type { Exchange } from "../../meter/exchange.ts";
import type { Opened } from "../../meter/exchange-request.ts";
import type { RefusedAnswer } from "../../meter/refusals.ts";
import { fieldOf, parsedOf, textAt, typeOf } from "../../wire/json/untrusted.ts";
import { RealtimeState } from "../../wire/openai/realtime-state.ts";
import { asStreamed } from "../../wire/openai/responses-socket.ts";
import type { SessionFacts } from "../../wire/wire.ts";
import { CLOSE, maySend } from "./frames.ts";
import { joinEnds } from "./join-ends.ts";
import type { SessionContext } from "./responses-session.ts";
import type { SocketEnd } from "./socket-end.ts";

/** The arguments of a realtime session. */
export interface RealtimeContext extends Omit<SessionContext, "open"> {
  readonly model: string;
  /** Reserves what a response of the session may cost, or returns the refusal. */
  readonly open: (body: string, facts: SessionFacts, signal: AbortSignal) => Promise<Opened>;
}

/** A response with a hold. */
interface Held {
  readonly exchange: Exchange | undefined;
  /** The id of the event that requested it; undefined if the provider begins it. */
  readonly eventId: string | undefined;
}

const OK = 200;
/** The stand-in request of a response that the provider begins itself. */
const ITSELF = JSON.stringify({ type: "response.create" });
const OWN_ID = "token_budget_";

/** Runs a session until either side ends it. */
export class RealtimeSession {
  readonly #caller: SocketEnd;
  readonly #upstream: SocketEnd;
  readonly #context: RealtimeContext;
  readonly #state: RealtimeState;
  /** Requested responses that have not begun, in order. */
  #asked: Held[] = [];
  /** The response that the provider may begin itself. */
  #next: Held | undefined;
  readonly #running = new Map<string, Held>();
  readonly #gone = new AbortController();
  #count = 0;

  constructor(caller: SocketEnd, upstream: SocketEnd, context: RealtimeContext) {
    this.#caller = caller;
    this.#upstream = upstream;
    this.#context = context;
    this.#state = new RealtimeState(context.model);
  }

  /** Begins; the heads came with the handshakes. */
  begin(callerHead: Buffer, upstreamHead: Buffer): void {
    const { idleTimeoutMs } = this.#context;
    this.#upstream.whenIdle(idleTimeoutMs, () => this.#upstream.destroy());
    joinEnds(this.#caller, this.#upstream, {
      heads: [callerHead, upstreamHead],
      asked: (text) => this.#heard(text),
      askedInBytes: () => this.#refuseUnknown("a message in bytes"),
      answered: (text) => this.#answered(text),
      ended: (other, code, reason) => this.#ended(other, code, reason),
    });
  }

  /** Handles a message of the caller; later ones wait until it was sent. */
  #heard(text: string): Promise<void> | undefined {
    const message = parsedOf(text);
    const request = this.#state.asked(message, text);
    if (request.kind === "create") return this.#create(text, message);
    if (request.kind === "sound") return this.#sound(text);
    if (request.kind === "free" || this.#context.passesUnmetered) return this.#upstream.send(text);
    return this.#refuseUnknown(request.what, textAt(message, "event_id"));
  }

  async #create(text: string, message: unknown): Promise<void> {
    const own = textAt(message, "event_id");
    const eventId = own ?? `${OWN_ID}${this.#count++}`;
    const opened = await this.#open(text, "when asked");
    if (opened === undefined) return;
    if (opened.kind === "refused") {
      await this.#refuse(opened.answer, own);
      return;
    }
    const written = (opened.kind === "held" ? opened.body : undefined) ?? text;
    this.#asked.push({ exchange: exchangeOf(opened), eventId });
    // An error about it must name it.
    const sent =
      own === undefined
        ? JSON.stringify({ event_id: eventId, ...Object(parsedOf(written)) })
        : written;
    await this.#upstream.send(sent);
  }

  /** Sound is passed on once the response that it may begin is held. */
  #sound(text: string): Promise<void> | undefined {
    if (!this.#state.beginsItself || this.#next !== undefined) return this.#upstream.send(text);
    return this.#holdNext(text);
  }

  async #holdNext(text: string): Promise<void> {
    const opened = await this.#open(ITSELF, "by itself");
    if (opened === undefined) return;
    if (opened.kind === "refused") {
      await this.#refuse(opened.answer, undefined);
      // Otherwise the sound would be heard by no one, and refused piece by piece.
      this.#close("token-budget: what the next response may cost does not fit into the budget");
      return;
    }
    this.#next = { exchange: exchangeOf(opened), eventId: undefined };
    await this.#upstream.send(text);
  }

  /** Reserves a response; undefined if the session has ended meanwhile. */
  async #open(body: string, begins: SessionFacts["begins"]): Promise<Opened | undefined> {
    const { signal } = this.#gone;
    if (signal.aborted) return undefined;
    const opened = await this.#context.open(body, this.#state.facts(begins), signal);
    if (opened.kind === "held") this.#context.onExchange(opened.exchange);
    if (!signal.aborted) return opened;
    if (opened.kind === "held") await opened.exchange.notSent(signal.reason);
    return undefined;
  }

  #answered(text: string): Promise<void> | undefined {
    const message = parsedOf(text);
    this.#state.answered(message);
    const type = typeOf(message);
    if (type === "error") return this.#failed(message, text);
    const id = textAt(message, "response", "id") ?? "";
    if (type === "response.created" && !this.#begun(id)) return this.#unasked(id);
    return type === "response.done" ? this.#done(id, text) : this.#caller.send(text);
  }

  /** A response begins: the first requested one, or the one the provider may begin itself. */
  #begun(id: string): boolean {
    const held = this.#asked.shift() ?? this.#next;
    if (held === undefined) return false;
    if (held === this.#next) this.#next = undefined;
    held.exchange?.responded(OK, this.#context.headers);
    this.#running.set(id, held);
    return true;
  }

  /** The caller gets the end of a response once the books are up to date. */
  async #done(id: string, text: string): Promise<void> {
    const held = this.#running.get(id);
    this.#running.delete(id);
    held?.exchange?.push(Buffer.from(asStreamed(text)));
    await held?.exchange?.end();
    await this.#caller.send(text);
  }

  /** An error about a requested response: it does not begin. */
  async #failed(message: unknown, text: string): Promise<void> {
    const error = fieldOf(message, "error");
    const eventId = textAt(error, "event_id");
    const failed = this.#asked.find((held) => held.eventId === eventId);
    if (failed !== undefined) {
      this.#asked = this.#asked.filter((held) => held !== failed);
      await failed.exchange?.notSent(new Error(textAt(error, "message") ?? "it was rejected"));
    }
    const isOurs = eventId?.startsWith(OWN_ID) === true;
    const shown = { ...Object(message), error: { ...Object(error), event_id: null } };
    await this.#caller.send(isOurs ? JSON.stringify(shown) : text);
  }

  /** A response without a hold is canceled, and the session ends. */
  #unasked(id: string): undefined {
    void this.#upstream.send(JSON.stringify({ type: "response.cancel", response_id: id }));
    this.#close("token-budget: a response began that nothing is held for");
    return undefined;
  }

  async #refuse({ body }: RefusedAnswer, eventId: string | undefined): Promise<void> {
    const error = { ...Object(fieldOf(parsedOf(body), "error")), event_id: eventId ?? null };
    await this.#caller.send(JSON.stringify({ type: "error", event_id: "token_budget", error }));
  }

  #refuseUnknown(what: string, eventId?: string): Promise<void> | undefined {
    const message = `token-budget: ${what} is not metered in a realtime session, and may cost money`;
    const error = { message, type: "invalid_request_error", code: "route_unmetered", param: null };
    const ownError = { ...error, event_id: eventId ?? null };
    return this.#caller.send(
      JSON.stringify({ type: "error", event_id: "token_budget", error: ownError }),
    );
  }

  #close(reason: string): void {
    this.#upstream.close(CLOSE.policy, reason);
    this.#caller.close(CLOSE.policy, reason);
  }

  /** One side is gone: the other is notified, and open responses are booked as they stand. */
  async #ended(other: SocketEnd, code: number, reason: string): Promise<void> {
    this.#gone.abort(new Error("the WebSocket was closed"));
    other.close(maySend(code) ? code : CLOSE.goingAway, reason);
    const running = [...this.#running.values()];
    const asked = this.#asked;
    const next = this.#next;
    this.#running.clear();
    this.#asked = [];
    this.#next = undefined;
    const lost = new Error(`the WebSocket was closed: ${reason}`);
    await Promise.all([
      ...running.map((held) => held.exchange?.interrupted()),
      ...asked.map((held) => held.exchange?.failed(lost)),
      next?.exchange?.notSent(lost),
    ]);
  }
}

function exchangeOf(opened: Opened): Exchange | undefined {
  return opened.kind === "held" ? opened.exchange : undefined;
}
