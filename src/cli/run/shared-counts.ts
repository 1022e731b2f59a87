// Providers' counts in a file that all runs of a user share: numbers under fingerprints with a key
// of the file's own, and never a text. It has a fixed size and no lock: a row written by two
// processes at once fails its checksum, and counts as missing.

import {
  closeSync,
  constants,
  ftruncateSync,
  linkSync,
  openSync,
  readSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import process from "node:process";

import type { KeptCount } from "../../meter/counted/count-memory.ts";
import type { SharedCounts } from "../../meter/counted/counted-requests.ts";
import { KeyedHash, randomKey } from "../../meter/counted/keyed-hash.ts";
import type { Digest, HashKey } from "../../meter/counted/keyed-hash.ts";
import { checkPrivateFile, makePrivateFolder } from "../store/private-files.ts";

const FILE_MODE = 0o600;
/** The header of the file: its format, and the key of its fingerprints. */
const FORMAT = 0x74_62_63_31;
const HEAD_BYTES = 12;
/** Digest, three counts, the time, and the checksum: 36 bytes. */
const ROW_BYTES = 36;
/** Rows come in pairs, of which the older one is replaced. */
const PAIRS = 4096;
const PAIR_BYTES = 2 * ROW_BYTES;
const FILE_BYTES = HEAD_BYTES + PAIRS * PAIR_BYTES;

/**
 * Opens the file, and creates it if needed: 4,096 pairs of rows, 295 kB. Returns undefined on
 * failure: calls are then bounded by what this process has seen.
 */
export function openSharedCounts(path: string): SharedCounts | undefined {
  try {
    makePrivateFolder(dirname(path));
    checkPrivateFile(path);
    return new CountsFile(opened(path) ?? made(path));
  } catch {
    return undefined;
  }
}

function opened(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDWR | (constants.O_NOFOLLOW ?? 0));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** Creates the file, whole or not at all; uses that of another process if it was faster. */
function made(path: string): number {
  const draft = `${path}.${process.pid}`;
  const file = openSync(draft, "wx", FILE_MODE);
  try {
    const head = new DataView(new ArrayBuffer(HEAD_BYTES));
    [FORMAT, ...randomKey()].forEach((word, index) => head.setUint32(index * 4, word));
    writeSync(file, head);
    ftruncateSync(file, FILE_BYTES);
    linkSync(draft, path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  } finally {
    closeSync(file);
    unlinkSync(draft);
  }
  const shared = opened(path);
  if (shared === undefined) throw new Error(`${path} is gone`);
  return shared;
}

/** Shared counts. Unreadable rows count as missing; failed writes are skipped. */
class CountsFile implements SharedCounts {
  readonly key: HashKey;
  readonly #file: number;
  readonly #pair = new DataView(new ArrayBuffer(PAIR_BYTES));

  constructor(file: number) {
    const head = new DataView(new ArrayBuffer(HEAD_BYTES));
    const read = readSync(file, head, 0, HEAD_BYTES, 0);
    if (read < HEAD_BYTES || head.getUint32(0) !== FORMAT) {
      closeSync(file);
      throw new Error("it is not a file of counts");
    }
    this.key = [head.getUint32(4), head.getUint32(8)];
    this.#file = file;
  }

  get(digest: Digest): KeptCount | undefined {
    try {
      this.#read(digest);
    } catch {
      return undefined;
    }
    for (const at of [0, ROW_BYTES]) {
      const isIt = this.#word(at, 0) === digest[0] && this.#word(at, 1) === digest[1];
      if (isIt && this.#isWhole(at)) return this.#counted(at);
    }
    return undefined;
  }

  set(digest: Digest, { inputTokens, outputTokens, cachedTokens, at: time }: KeptCount): void {
    try {
      const start = this.#read(digest);
      const at = this.#placeFor(digest);
      const row = new DataView(this.#pair.buffer, at, ROW_BYTES);
      [...digest, inputTokens, outputTokens, cachedTokens].forEach((word, index) =>
        row.setUint32(index * 4, word),
      );
      row.setFloat64(20, time);
      this.#check(at).forEach((word, index) => row.setUint32(28 + index * 4, word));
      writeSync(this.#file, row, 0, ROW_BYTES, start + at);
    } catch {
      // A full disk or a deleted file: this process still has its own counts.
    }
  }

  /** Reads the pair of rows for a digest; returns the offset of the pair in the file. */
  #read([, low]: Digest): number {
    const start = HEAD_BYTES + (low % PAIRS) * PAIR_BYTES;
    const read = readSync(this.#file, this.#pair, 0, PAIR_BYTES, start);
    if (read < PAIR_BYTES) throw new Error("the file was cut");
    return start;
  }

  /** The row of the digest itself, an invalid one, or the older one. */
  #placeFor(digest: Digest): number {
    const isIts = (at: number): boolean =>
      this.#word(at, 0) === digest[0] && this.#word(at, 1) === digest[1];
    const found = [0, ROW_BYTES].find(isIts);
    if (found !== undefined) return found;
    const age = (at: number): number => (this.#isWhole(at) ? this.#counted(at).at : 0);
    return age(0) <= age(ROW_BYTES) ? 0 : ROW_BYTES;
  }

  #counted(at: number): KeptCount {
    return {
      inputTokens: this.#word(at, 2),
      outputTokens: this.#word(at, 3),
      cachedTokens: this.#word(at, 4),
      at: this.#pair.getFloat64(at + 20),
    };
  }

  #isWhole(at: number): boolean {
    const [high, low] = this.#check(at);
    return this.#word(at, 7) === high && this.#word(at, 8) === low;
  }

  /** The checksum of a row under the key. */
  #check(at: number): Digest {
    const hash = new KeyedHash(this.key);
    for (let index = 0; index < 7; index++) hash.word(this.#word(at, index));
    return hash.digest();
  }

  #word(at: number, index: number): number {
    return this.#pair.getUint32(at + index * 4);
  }
}
