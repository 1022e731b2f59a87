// Server-sent events, from bytes that come in any pieces (WHATWG HTML §9.2.6).

/** One event: its name, if it has one, and its data. */
export interface ServerSentEvent {
  readonly event: string;
  readonly data: string;
}

/** An event longer than this is passed over: what is told of usage is never as long. */
const EVENT_LENGTH_MAX = 4 * 1024 * 1024;
const LINE_END = /\r\n|\r|\n/;

/** Reads events from the bytes of a stream. */
export class EventReader {
  readonly #decoder = new TextDecoder();
  readonly #onEvent: (event: ServerSentEvent) => void;
  #text = "";
  #event = "";
  #data: string[] = [];
  #length = 0;

  constructor(onEvent: (event: ServerSentEvent) => void) {
    this.#onEvent = onEvent;
  }

  /** Takes in more of the stream. */
  push(bytes: Uint8Array): void {
    this.#take(this.#decoder.decode(bytes, { stream: true }), false);
  }

  /** The stream has ended: what was not closed by an empty line is an event too. */
  end(): void {
    this.#take(this.#decoder.decode(), true);
    if (this.#text !== "") this.#line(this.#text);
    this.#text = "";
    this.#dispatch();
  }

  #take(text: string, isLast: boolean): void {
    let rest = this.#text + text;
    for (;;) {
      const found = LINE_END.exec(rest);
      // A carriage return at the very end may be half of a line end.
      const isHalf = found?.[0] === "\r" && found.index === rest.length - 1 && !isLast;
      if (found === null || isHalf) break;
      this.#line(rest.slice(0, found.index));
      rest = rest.slice(found.index + found[0].length);
    }
    this.#text = rest.length > EVENT_LENGTH_MAX ? "" : rest;
  }

  #line(line: string): void {
    if (line === "") {
      this.#dispatch();
      return;
    }
    const colon = line.indexOf(":");
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "event") this.#event = value;
    if (name !== "data") return;
    this.#length += value.length;
    if (this.#length <= EVENT_LENGTH_MAX) this.#data.push(value);
  }

  #dispatch(): void {
    const isWhole = this.#length <= EVENT_LENGTH_MAX;
    if (this.#data.length > 0 && isWhole)
      this.#onEvent({ event: this.#event, data: this.#data.join("\n") });
    this.#event = "";
    this.#data = [];
    this.#length = 0;
  }
}
