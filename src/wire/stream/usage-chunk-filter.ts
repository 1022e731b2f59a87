// Takes an event out of a stream that the caller has not asked for, and leaves every other byte as
// it is (M9). Bytes wait only for the end of the event that they are part of, and only as many as
// such an event may have. Every byte is looked at once.

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const DATA = /^data: ?/;
const EMPTY_LIST = /\[\s*\]/;
/** An event that only reports usage is shorter; a longer one passes as it comes. */
const EVENT_BYTES_MAX = 65_536;
const NOTHING = new Uint8Array();

/** Takes events out of a stream. */
export class UsageChunkFilter {
  readonly #isRemoved: (data: string) => boolean;
  readonly #decoder = new TextDecoder();
  /** The pieces of the event that has not ended yet. */
  #open: Uint8Array[] = [];
  #openLength = 0;
  /** Whether the open event is too long to be removed. */
  #isPassing = false;
  #isLineEmpty = true;
  /** Whether the last byte was a carriage return, which a line feed may complete. */
  #half: "line" | "passed event" | "removed event" | undefined;

  constructor(isRemoved: (data: string) => boolean) {
    this.#isRemoved = isRemoved;
  }

  /** Takes in a piece. Returns all events that have ended with it, without those removed. */
  push(bytes: Uint8Array): Uint8Array {
    const kept: Uint8Array[] = [];
    let from = 0;
    let at = 0;
    if (this.#half !== undefined && bytes[0] === LINE_FEED) {
      at = 1;
      if (this.#half !== "line") from = 1;
      if (this.#half === "passed event") kept.push(bytes.subarray(0, 1));
    }
    if (bytes.length > 0) this.#half = undefined;
    for (; at < bytes.length; at++) {
      const byte = bytes[at];
      if (byte !== LINE_FEED && byte !== CARRIAGE_RETURN) {
        this.#isLineEmpty = false;
        continue;
      }
      const isHalf = byte === CARRIAGE_RETURN && at + 1 === bytes.length;
      if (byte === CARRIAGE_RETURN && bytes[at + 1] === LINE_FEED) at++;
      if (!this.#isLineEmpty) {
        this.#isLineEmpty = true;
        if (isHalf) this.#half = "line";
        continue;
      }
      const isKept = this.#close(bytes.subarray(from, at + 1), kept);
      if (isHalf) this.#half = isKept ? "passed event" : "removed event";
      from = at + 1;
    }
    this.#keepOpen(bytes.subarray(from), kept);
    return joined(kept);
  }

  /** The stream has ended. Returns what waited, unless it is to be removed. */
  end(): Uint8Array {
    const kept: Uint8Array[] = [];
    this.#close(NOTHING, kept);
    return joined(kept);
  }

  /** The open event ends with these bytes. Returns whether it was kept. */
  #close(last: Uint8Array, kept: Uint8Array[]): boolean {
    if (last.length > 0) this.#open.push(last);
    const event = joined(this.#open);
    const isKept = this.#isPassing || !this.#isTakenOut(event);
    if (isKept && event.length > 0) kept.push(event);
    this.#open = [];
    this.#openLength = 0;
    this.#isPassing = false;
    this.#isLineEmpty = true;
    return isKept;
  }

  #keepOpen(bytes: Uint8Array, kept: Uint8Array[]): void {
    if (bytes.length === 0) return;
    if (this.#isPassing) {
      kept.push(bytes);
      return;
    }
    // A copy: the sender may use its buffer again.
    this.#open.push(bytes.slice());
    this.#openLength += bytes.length;
    if (this.#openLength <= EVENT_BYTES_MAX) return;
    kept.push(...this.#open);
    this.#open = [];
    this.#isPassing = true;
  }

  #isTakenOut(event: Uint8Array): boolean {
    if (event.length > EVENT_BYTES_MAX) return false;
    const text = this.#decoder.decode(event);
    // Most events are no candidates, and this is asked of all of them.
    if (!EMPTY_LIST.test(text)) return false;
    const data = text
      .split(/\r\n|\r|\n/)
      .filter((line) => line.startsWith("data:"))
      .map((line) => line.replace(DATA, ""));
    return this.#isRemoved(data.join("\n"));
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  if (pieces.length === 0) return NOTHING;
  if (pieces.length === 1 && pieces[0] !== undefined) return pieces[0];
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
