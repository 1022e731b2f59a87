// Inflates data that was compressed with zlib (RFC 1950, RFC 1951), synchronously and up to a size:
// the streams of a PDF have to be read before the request goes out.

/** Signals data that cannot be inflated, or that is larger than it may be. */
export class NotInflated extends Error {
  override readonly name = "NotInflated";
}

const CODE_BITS_MAX = 15;
const LENGTHS_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const END_OF_BLOCK = 256;

/** What the codes of lengths and distances begin at, and how many more bits say the rest. */
function basesOf(count: number, first: number, bitsOf: (code: number) => number): number[][] {
  const table: number[][] = [];
  let base = first;
  for (let code = 0; code < count; code++) {
    const bits = bitsOf(code);
    table.push([base, bits]);
    base += 2 ** bits;
  }
  return table;
}

const LENGTHS = basesOf(28, 3, (code) => (code < 8 ? 0 : (code >> 2) - 1));
LENGTHS.push([258, 0]);
const DISTANCES = basesOf(30, 1, (code) => (code < 4 ? 0 : (code >> 1) - 1));

/** A canonical Huffman code: how many codes have each length, and their symbols in order. */
interface Code {
  readonly counts: Uint16Array;
  readonly symbols: Uint16Array;
}

function codeOf(lengths: readonly number[]): Code {
  const counts = new Uint16Array(CODE_BITS_MAX + 1);
  for (const length of lengths) counts[length] = (counts[length] ?? 0) + 1;
  counts[0] = 0;
  const offsets = new Uint16Array(CODE_BITS_MAX + 2);
  for (let bits = 1; bits <= CODE_BITS_MAX; bits++)
    offsets[bits + 1] = (offsets[bits] ?? 0) + (counts[bits] ?? 0);
  const symbols = new Uint16Array(lengths.length);
  for (const [symbol, length] of lengths.entries()) {
    if (length === 0) continue;
    const at = offsets[length] ?? 0;
    symbols[at] = symbol;
    offsets[length] = at + 1;
  }
  return { counts, symbols };
}

function repeated(length: number, times: number): number[] {
  return Array.from({ length: times }, () => length);
}

const FIXED_LITERALS = codeOf([
  ...repeated(8, 144),
  ...repeated(9, 112),
  ...repeated(7, 24),
  ...repeated(8, 8),
]);
const FIXED_DISTANCES = codeOf(repeated(5, 30));

/**
 * Inflates what begins at `from`, into at most `bytesMax` bytes.
 *
 * @throws {NotInflated} if it is not what zlib writes, or longer.
 */
export function inflated(packed: Uint8Array, from: number, bytesMax: number): Uint8Array {
  const [method = 0, flags = 0] = packed.subarray(from, from + 2);
  const isZlib = (method & 0x0f) === 8 && ((method << 8) | flags) % 31 === 0;
  if (!isZlib || (flags & 0x20) !== 0) throw new NotInflated("not zlib");
  return new Inflation(packed, from + 2, bytesMax).run();
}

const SIZE_FIRST = 4096;

class Inflation {
  readonly #packed: Uint8Array;
  readonly #bytesMax: number;
  #at: number;
  #held = 0;
  #heldBits = 0;
  #out = new Uint8Array(SIZE_FIRST);
  #length = 0;

  constructor(packed: Uint8Array, from: number, bytesMax: number) {
    this.#packed = packed;
    this.#at = from;
    this.#bytesMax = bytesMax;
  }

  run(): Uint8Array {
    for (let isLast = false; !isLast;) {
      isLast = this.#bits(1) === 1;
      const kind = this.#bits(2);
      if (kind === 0) this.#stored();
      else if (kind === 1) this.#block(FIXED_LITERALS, FIXED_DISTANCES);
      else if (kind === 2) this.#block(...this.#codes());
      else throw new NotInflated("no such block");
    }
    return this.#out.subarray(0, this.#length);
  }

  #bits(count: number): number {
    while (this.#heldBits < count) {
      const byte = this.#packed[this.#at++];
      if (byte === undefined) throw new NotInflated("cut short");
      this.#held |= byte << this.#heldBits;
      this.#heldBits += 8;
    }
    const value = this.#held & ((1 << count) - 1);
    this.#held >>>= count;
    this.#heldBits -= count;
    return value;
  }

  #symbol({ counts, symbols }: Code): number {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= CODE_BITS_MAX; length++) {
      code |= this.#bits(1);
      const count = counts[length] ?? 0;
      if (code - count < first) return symbols[index + (code - first)] ?? 0;
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw new NotInflated("no such code");
  }

  #roomFor(more: number): void {
    const needed = this.#length + more;
    if (needed > this.#bytesMax) throw new NotInflated("too large");
    if (needed <= this.#out.length) return;
    const grown = new Uint8Array(Math.min(this.#bytesMax, Math.max(needed, this.#out.length * 2)));
    grown.set(this.#out.subarray(0, this.#length));
    this.#out = grown;
  }

  #stored(): void {
    // A block that is stored begins at a whole byte; at most one byte too many was read.
    this.#at -= Math.floor(this.#heldBits / 8);
    this.#held = 0;
    this.#heldBits = 0;
    const length = (this.#packed[this.#at] ?? 0) | ((this.#packed[this.#at + 1] ?? 0) << 8);
    const piece = this.#packed.subarray(this.#at + 4, this.#at + 4 + length);
    if (piece.length < length) throw new NotInflated("cut short");
    this.#roomFor(length);
    this.#out.set(piece, this.#length);
    this.#length += length;
    this.#at += 4 + length;
  }

  #block(literals: Code, distances: Code): void {
    for (let symbol = this.#symbol(literals); symbol !== END_OF_BLOCK;) {
      if (symbol < END_OF_BLOCK) {
        this.#roomFor(1);
        this.#out[this.#length++] = symbol;
      } else this.#copy(this.#valueIn(LENGTHS, symbol - 257), this.#symbol(distances));
      symbol = this.#symbol(literals);
    }
  }

  #valueIn(table: readonly number[][], code: number): number {
    const [base, bits] = table[code] ?? [];
    if (base === undefined || bits === undefined) throw new NotInflated("no such code");
    return base + this.#bits(bits);
  }

  #copy(length: number, distanceCode: number): void {
    const distance = this.#valueIn(DISTANCES, distanceCode);
    if (distance > this.#length) throw new NotInflated("too far back");
    this.#roomFor(length);
    const end = this.#length + length;
    for (let at = this.#length; at < end; at++) this.#out[at] = this.#out[at - distance] ?? 0;
    this.#length = end;
  }

  #codes(): [Code, Code] {
    const literals = this.#bits(5) + 257;
    const distances = this.#bits(5) + 1;
    const given = this.#bits(4) + 4;
    const ofLengths = repeated(0, 19);
    for (const symbol of LENGTHS_ORDER.slice(0, given)) ofLengths[symbol] = this.#bits(3);
    const code = codeOf(ofLengths);
    const lengths: number[] = [];
    while (lengths.length < literals + distances) {
      const symbol = this.#symbol(code);
      if (symbol < 16) lengths.push(symbol);
      else if (symbol === 16) lengths.push(...repeated(lengths.at(-1) ?? 0, this.#bits(2) + 3));
      else lengths.push(...repeated(0, symbol === 17 ? this.#bits(3) + 3 : this.#bits(7) + 11));
    }
    return [
      codeOf(lengths.slice(0, literals)),
      codeOf(lengths.slice(literals, literals + distances)),
    ];
  }
}
