// Takes an event out of a stream that the caller has not asked for, and leaves every other byte as
// it is. Bytes wait only for the end of the event that they are part of.

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const DATA = /^data: ?/;

/** Takes out events. */
export class UsageChunkRemover {
  readonly #isRemoved: (data: string) => boolean;
  readonly #decoder = new TextDecoder();
  /** The event that has not ended yet. */
  #open: Uint8Array = new Uint8Array();

  constructor(isRemoved: (data: string) => boolean) {
    this.#isRemoved = isRemoved;
  }

  /** Takes in a piece, and answers all events that have ended with it, without those taken out. */
  push(bytes: Uint8Array): Uint8Array {
    const text = this.#open.length === 0 ? bytes : joined([this.#open, bytes]);
    const kept: Uint8Array[] = [];
    let start = 0;
    for (;;) {
      const end = endOfEvent(text, start);
      if (end === undefined) break;
      const event = text.subarray(start, end);
      if (!this.#isRemoved(this.#dataOf(event))) kept.push(event);
      start = end;
    }
    this.#open = text.slice(start);
    return joined(kept);
  }

  /** The stream has ended: what waited is passed on as it is, unless it is to be taken out. */
  end(): Uint8Array {
    const open = this.#open;
    this.#open = new Uint8Array();
    return this.#isRemoved(this.#dataOf(open)) ? new Uint8Array() : open;
  }

  #dataOf(event: Uint8Array): string {
    return this.#decoder
      .decode(event)
      .split(/\r\n|\r|\n/)
      .filter((line) => line.startsWith("data:"))
      .map((line) => line.replace(DATA, ""))
      .join("\n");
  }
}

/** The place behind the empty line that ends an event; undefined while it may still go on. */
function endOfEvent(bytes: Uint8Array, start: number): number | undefined {
  let lineStart = start;
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte !== LINE_FEED && byte !== CARRIAGE_RETURN) continue;
    const isEmpty = at === lineStart;
    // Half of a line end may be all that is here.
    if (byte === CARRIAGE_RETURN && at + 1 === bytes.length) return undefined;
    if (byte === CARRIAGE_RETURN && bytes[at + 1] === LINE_FEED) at++;
    if (isEmpty) return at + 1;
    lineStart = at + 1;
  }
  return undefined;
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  if (pieces.length === 1 && pieces[0] !== undefined) return pieces[0];
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
