// Compressed bodies (RFC 9110 §8.4): their content is read, and they are forwarded as received.

import { promisify } from "node:util";
import * as zlib from "node:zlib";
import type { Transform } from "node:stream";

type Unpack = (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

interface Packing {
  readonly unpack: Unpack;
  readonly decoder: () => Transform;
}

const GZIP: Packing = { unpack: promisify(zlib.gunzip), decoder: () => zlib.createGunzip() };

const PACKINGS: ReadonlyMap<string, Packing> = new Map<string, Packing>([
  ["gzip", GZIP],
  ["x-gzip", GZIP],
  ["deflate", { unpack: promisify(zlib.inflate), decoder: () => zlib.createInflate() }],
  [
    "br",
    { unpack: promisify(zlib.brotliDecompress), decoder: () => zlib.createBrotliDecompress() },
  ],
  // Available in Node.js from 22.15 on.
  ...("zstdDecompress" in zlib
    ? [
        [
          "zstd",
          { unpack: promisify(zlib.zstdDecompress), decoder: () => zlib.createZstdDecompress() },
        ] as const,
      ]
    : []),
]);

/** Returns whether a body with this `content-encoding` is compressed. */
export function isPacked(encoding: string | undefined): encoding is string {
  return encoding !== undefined && !/^(?:|identity)$/i.test(encoding.trim());
}

/**
 * Returns the content of a compressed body.
 *
 * @throws {Error} if the encoding is unknown or broken, or the content is longer than `bytesMax`.
 */
export async function unpacked(bytes: Buffer, encoding: string, bytesMax: number): Promise<string> {
  const packing = packingOf(encoding);
  if (packing === undefined)
    throw new Error(
      `the request has the content-encoding ${JSON.stringify(encoding.slice(0, 40))}, which the proxy cannot read: use one of ${[...PACKINGS.keys()].join(", ")}, or none`,
    );
  try {
    return (await packing.unpack(bytes, { maxOutputLength: bytesMax })).toString();
  } catch (error) {
    const isLong = error instanceof RangeError;
    const what = isLong ? `longer than ${bytesMax} bytes` : `not what ${encoding} makes`;
    throw new Error(`the request is ${what}`, { cause: error });
  }
}

/** Returns a stream that decompresses an answer; undefined for an unknown encoding. */
export function decoderOf(encoding: string): Transform | undefined {
  return packingOf(encoding)?.decoder();
}

function packingOf(encoding: string): Packing | undefined {
  return PACKINGS.get(encoding.trim().toLowerCase());
}
