// The buffer that threads share, as two views: creating it, and recognizing it.

import { describe } from "../core/describe.ts";
import { HandleInvalid } from "./errors.ts";
import { LAYOUT_VERSION, layoutOf, MAGIC, PREAMBLE } from "./layout.ts";
import type { Capacity, Layout } from "./layout.ts";

/** A buffer with its layout. */
export interface SharedBuffer {
  readonly buffer: SharedArrayBuffer;
  readonly layout: Layout;
  readonly cells: Float64Array;
  readonly words: Int32Array;
  /** Identifies the buffer, in every thread. */
  readonly id: string;
  readonly leaseMs: number;
  /** After how many requests in a row on a pool a thread takes a slice of it; 0 for never. */
  readonly slicesAfter: number;
}

/** What a worker needs to attach: a plain object that can be cloned and posted. */
export interface SharedBudgetHandle {
  readonly kind: "token-budget/threads";
  readonly buffer: SharedArrayBuffer;
  /** The index of the pool in the buffer, and the operation that created it. */
  readonly place: number;
  readonly born: number;
}

/**
 * Creates a buffer, zeroed except for the preamble.
 * @throws {RangeError} if the memory is not available.
 */
export function createBuffer(capacity: Capacity, leaseMs: number, slicesAfter = 0): SharedBuffer {
  const layout = layoutOf(capacity);
  const buffer = allocate(layout.bytes);
  const words = new Int32Array(buffer);
  const [first, second] = MAGIC;
  words[PREAMBLE.magic] = first;
  words[PREAMBLE.magic + 1] = second;
  words[PREAMBLE.layoutVersion] = LAYOUT_VERSION;
  words[PREAMBLE.threads] = capacity.threads;
  words[PREAMBLE.pools] = capacity.pools;
  words[PREAMBLE.reservations] = capacity.reservations;
  words[PREAMBLE.leaseMs] = leaseMs;
  words[PREAMBLE.slicesAfter] = slicesAfter;
  for (let at = 0; at < 4; at++) words[PREAMBLE.id + at] = Math.floor(Math.random() * 2 ** 32);
  return viewsOf(buffer, layout);
}

function allocate(bytes: number): SharedArrayBuffer {
  try {
    return new SharedArrayBuffer(bytes);
  } catch (cause) {
    throw new RangeError(
      `A shared budget of this capacity needs ${bytes} bytes, which could not be allocated; choose fewer threads, pools or reservations`,
      { cause },
    );
  }
}

/**
 * Reads a handle.
 *
 * @throws {TypeError} if it is not a handle.
 * @throws {HandleInvalid} if its buffer is foreign, truncated, or has another layout.
 */
export function openBuffer(handle: SharedBudgetHandle): SharedBuffer {
  if (typeof handle !== "object" || handle === null || handle.kind !== "token-budget/threads") {
    throw notAHandle(handle);
  }
  const { buffer, place, born } = handle;
  if (!isSharedArrayBuffer(buffer) || !Number.isSafeInteger(place) || !Number.isSafeInteger(born)) {
    throw new HandleInvalid(
      `The handle of a shared budget came without its SharedArrayBuffer (got ${describe(buffer)}): pass it in \`workerData\` or with postMessage(), not as JSON`,
    );
  }
  if (buffer.byteLength < PREAMBLE.end * 4) throw foreign();
  const words = new Int32Array(buffer, 0, PREAMBLE.end);
  const word = (at: number): number => words[at] ?? 0;
  if (word(PREAMBLE.magic) !== MAGIC[0] || word(PREAMBLE.magic + 1) !== MAGIC[1]) throw foreign();
  const version = word(PREAMBLE.layoutVersion);
  if (version !== LAYOUT_VERSION) {
    throw new HandleInvalid(
      `The shared budget has layout version ${version}, and this copy of token-budget has ${LAYOUT_VERSION}: use one version of token-budget in all threads`,
    );
  }
  const layout = layoutOf({
    threads: word(PREAMBLE.threads),
    pools: word(PREAMBLE.pools),
    reservations: word(PREAMBLE.reservations),
  });
  if (buffer.byteLength !== layout.bytes) throw foreign();
  return viewsOf(buffer, layout);
}

function notAHandle(given: unknown): TypeError {
  const expected = "Expected `handle` to be the `handle` of a SharedBudgetPool";
  if (typeof given !== "object" || given === null) {
    return new TypeError(`${expected}, got ${describe(given)}`);
  }
  if ("handle" in given) return new TypeError(`${expected}, got the pool: pass \`pool.handle\``);
  const keys = Object.keys(given).slice(0, 5).join(", ");
  return new TypeError(
    `${expected}, got an object with ${keys === "" ? "no keys, as a pool becomes on its way to a worker: pass `pool.handle`" : `the keys ${keys}`}`,
  );
}

function viewsOf(buffer: SharedArrayBuffer, layout: Layout): SharedBuffer {
  const words = new Int32Array(buffer);
  return {
    buffer,
    layout,
    cells: new Float64Array(buffer),
    words,
    id: words.slice(PREAMBLE.id, PREAMBLE.id + 4).join(),
    leaseMs: words[PREAMBLE.leaseMs] ?? 0,
    slicesAfter: words[PREAMBLE.slicesAfter] ?? 0,
  };
}

function isSharedArrayBuffer(value: unknown): value is SharedArrayBuffer {
  return Object.prototype.toString.call(value) === "[object SharedArrayBuffer]";
}

function foreign(): HandleInvalid {
  return new HandleInvalid(
    "The buffer of the handle holds no shared budget: pass the `handle` of a SharedBudgetPool as it is",
  );
}
