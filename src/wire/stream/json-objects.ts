// JSON objects one after another in a stream: lines of them, or the elements of one long array.

import type { ObjectReading } from "./answer-reader.ts";

/** A longer object is not kept. An object with an image has some megabytes. */
const OBJECT_LENGTH_MAX = 64 * 1024 * 1024;
const MARK = /["\\{}]/g;

/** Returns a reader of whole objects. */
export const objectReader: ObjectReading = (onObject) => new ObjectReader(onObject);

/** Reads whole objects from the bytes of a stream. */
class ObjectReader {
  readonly #decoder = new TextDecoder();
  readonly #onObject: (text: string) => void;
  #text = "";
  #depth = 0;
  #isInString = false;
  #isEscaped = false;

  constructor(onObject: (text: string) => void) {
    this.#onObject = onObject;
  }

  /** Takes in more of the stream. */
  push(bytes: Uint8Array): void {
    this.#take(this.#decoder.decode(bytes, { stream: true }));
  }

  /** The stream has ended. What was not closed is no object. */
  end(): void {
    this.#take(this.#decoder.decode());
  }

  #take(text: string): void {
    // An empty piece, or a part of a character, does not end an escape.
    if (text === "") return;
    let start = 0;
    let from = 0;
    if (this.#isEscaped) {
      this.#isEscaped = false;
      from = 1;
    }
    for (;;) {
      MARK.lastIndex = from;
      const at = MARK.exec(text)?.index;
      if (at === undefined) break;
      from = at + 1;
      switch (text[at]) {
        case "\\":
          if (this.#isInString) from++;
          break;
        case '"':
          this.#isInString = this.#depth > 0 && !this.#isInString;
          break;
        case "{":
          if (this.#isInString) break;
          if (this.#depth === 0) start = at;
          this.#depth++;
          break;
        default:
          if (this.#isInString || this.#depth === 0) break;
          this.#depth--;
          if (this.#depth > 0) break;
          this.#close(text.slice(start, from));
          start = from;
      }
    }
    this.#isEscaped = from > text.length;
    if (this.#depth > 0) this.#keep(text.slice(start));
  }

  #keep(text: string): void {
    // Too long: what is left of it is still followed to its end, but not kept.
    if (this.#text.length <= OBJECT_LENGTH_MAX) this.#text += text;
  }

  #close(text: string): void {
    const whole = this.#text + text;
    this.#text = "";
    if (whole.length <= OBJECT_LENGTH_MAX) this.#onObject(whole);
  }
}
