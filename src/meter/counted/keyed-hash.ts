// HalfSipHash-1-3 with 64 bits of output: fast in plain JavaScript, and without the key no attacker
// can construct two texts with the same hash. https://github.com/veorq/SipHash

/** A secret of a process, or of processes that share counts: two random words of 32 bits. */
export type HashKey = readonly [number, number];

/** The result of a hash: two words of 32 bits, not negative. */
export type Digest = readonly [high: number, low: number];

/** Returns a random key. */
export function randomKey(): HashKey {
  const [one = 0, other = 0] = crypto.getRandomValues(new Uint32Array(2));
  return [one, other];
}

/** Hashes words and texts incrementally. */
export class KeyedHash {
  #v0: number;
  #v1: number;
  #v2: number;
  #v3: number;

  constructor([key0, key1]: HashKey) {
    this.#v0 = key0 | 0;
    this.#v1 = (key1 ^ 0xee) | 0;
    this.#v2 = (key0 ^ 0x6c796765) | 0;
    this.#v3 = (key1 ^ 0x74656462) | 0;
  }

  /** Adds 32 bits. */
  word(word: number): void {
    this.#v3 ^= word;
    this.#round();
    this.#v0 ^= word;
  }

  /** Adds a text and its length, so that no two series of texts are the same. */
  text(text: string): void {
    const { length } = text;
    this.word(length);
    let v0 = this.#v0;
    let v1 = this.#v1;
    let v2 = this.#v2;
    let v3 = this.#v3;
    // Two units of 16 bits form a word. Written out, because most of the time is spent here.
    for (let at = 1; at < length; at += 2) {
      const word = text.charCodeAt(at - 1) | (text.charCodeAt(at) << 16);
      v3 ^= word;
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
      v0 ^= word;
    }
    this.#v0 = v0;
    this.#v1 = v1;
    this.#v2 = v2;
    this.#v3 = v3;
    if (length % 2 === 1) this.word(text.charCodeAt(length - 1));
  }

  /** Returns the hash of everything so far; more may be added later. */
  digest(): Digest {
    const { v0, v1, v2, v3 } = { v0: this.#v0, v1: this.#v1, v2: this.#v2, v3: this.#v3 };
    this.#v2 ^= 0xee;
    this.#finish();
    const high = (this.#v1 ^ this.#v3) >>> 0;
    this.#v1 ^= 0xdd;
    this.#finish();
    const low = (this.#v1 ^ this.#v3) >>> 0;
    this.#v0 = v0;
    this.#v1 = v1;
    this.#v2 = v2;
    this.#v3 = v3;
    return [high, low];
  }

  #finish(): void {
    for (let round = 0; round < 3; round++) this.#round();
  }

  #round(): void {
    let v0 = this.#v0;
    let v1 = this.#v1;
    let v2 = this.#v2;
    let v3 = this.#v3;
    v0 = (v0 + v1) | 0;
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
    v0 = (v0 << 16) | (v0 >>> 16);
    v2 = (v2 + v3) | 0;
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
    v2 = (v2 << 16) | (v2 >>> 16);
    this.#v0 = v0;
    this.#v1 = v1;
    this.#v2 = v2;
    this.#v3 = v3;
  }
}
