// Takes an event out of a stream that the caller has not asked for, and leaves every other byte as
// it is. Bytes wait only for the end of the event that they are part of.

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const DATA = /^data: ?/;
const EMPTY_LIST = /\[\s*\]/;

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
    const all = this.#open.length === 0 ? bytes : joined([this.#open, bytes]);
    const kept: Uint8Array[] = [];
    /** Where the events begin that have been looked at and not been passed on yet. */
    let from = 0;
    let start = 0;
    for (;;) {
      const end = endOfEvent(all, start);
      if (end === undefined) break;
      if (this.#isTakenOut(all.subarray(start, end))) {
        kept.push(all.subarray(from, start));
        from = end;
      }
      start = end;
    }
    kept.push(all.subarray(from, start));
    this.#open = all.slice(start);
    return joined(kept);
  }

  /** The stream has ended: what waited is passed on as it is, unless it is to be taken out. */
  end(): Uint8Array {
    const open = this.#open;
    this.#open = new Uint8Array();
    return this.#isTakenOut(open) ? new Uint8Array() : open;
  }

  #isTakenOut(event: Uint8Array): boolean {
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
