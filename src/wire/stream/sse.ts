// Server-sent events, from bytes that come in any pieces (WHATWG HTML §9.2.6). Every byte is
// looked at once, whatever the pieces.

/** One event: its name, if it has one, and its data. */
export interface ServerSentEvent {
  readonly event: string;
  readonly data: string;
}

/** The data of a longer event is not kept. An event with an image has some megabytes. */
const EVENT_LENGTH_MAX = 64 * 1024 * 1024;
const CARRIAGE_RETURN = "\r";

/** Reads events from the bytes of a stream. */
export class EventReader {
  readonly #decoder = new TextDecoder();
  readonly #onEvent: (event: ServerSentEvent) => void;
  /** The pieces of the line that has not ended yet. */
  #open: string[] = [];
  #openLength = 0;
  /** Whether the last piece ended in a carriage return, which a line feed may complete. */
  #isHalf = false;
  #event = "";
  #data: string[] = [];
  #length = 0;

  constructor(onEvent: (event: ServerSentEvent) => void) {
    this.#onEvent = onEvent;
  }

  /** Takes in more of the stream. */
  push(bytes: Uint8Array): void {
    this.#take(this.#decoder.decode(bytes, { stream: true }));
  }

  /** The stream has ended: what was not closed by an empty line is an event too. */
  end(): void {
    this.#take(this.#decoder.decode());
    if (this.#openLength > 0) this.#close("");
    this.#dispatch();
  }

  #take(text: string): void {
    let from = this.#isHalf && text.startsWith("\n") ? 1 : 0;
    if (text !== "") this.#isHalf = false;
    // Most streams have no carriage returns: one search for all of them, and not one a line.
    let carriage = text.indexOf(CARRIAGE_RETURN, from);
    for (;;) {
      const feed = text.indexOf("\n", from);
      if (carriage !== -1 && carriage < from) carriage = text.indexOf(CARRIAGE_RETURN, from);
      const isCarriage = carriage !== -1 && (feed === -1 || carriage < feed);
      const end = isCarriage ? carriage : feed;
      if (end === -1) break;
      this.#close(text.slice(from, end));
      from = end + 1;
      if (!isCarriage) continue;
      if (from === text.length) this.#isHalf = true;
      else if (text[from] === "\n") from++;
    }
    if (from < text.length) this.#keep(from === 0 ? text : text.slice(from));
  }

  #keep(piece: string): void {
    this.#openLength += piece.length;
    if (this.#openLength <= EVENT_LENGTH_MAX) this.#open.push(piece);
    else this.#open = [];
  }

  /** The line ends with this. */
  #close(last: string): void {
    if (this.#openLength === 0) {
      this.#line(last);
      return;
    }
    const isKept = this.#openLength + last.length <= EVENT_LENGTH_MAX;
    this.#open.push(last);
    const line = isKept ? this.#open.join("") : "";
    const isDropped = !isKept;
    this.#open = [];
    this.#openLength = 0;
    if (isDropped) this.#length = Number.POSITIVE_INFINITY;
    else this.#line(line);
  }

  #line(line: string): void {
    if (line === "") {
      this.#dispatch();
      return;
    }
    const colon = line.indexOf(":");
    const name = colon === -1 ? line : line.slice(0, colon);
    if (name !== "data" && name !== "event") return;
    const start = line[colon + 1] === " " ? colon + 2 : colon + 1;
    const value = colon === -1 ? "" : line.slice(start);
    if (name === "event") this.#event = value;
    else {
      this.#length += value.length;
      if (this.#length <= EVENT_LENGTH_MAX) this.#data.push(value);
    }
  }

  #dispatch(): void {
    const isWhole = this.#length <= EVENT_LENGTH_MAX;
    const [first = ""] = this.#data;
    if (this.#data.length > 0 && isWhole) {
      const data = this.#data.length === 1 ? first : this.#data.join("\n");
      this.#onEvent({ event: this.#event, data });
    }
    this.#event = "";
    this.#data = [];
    this.#length = 0;
  }
}
