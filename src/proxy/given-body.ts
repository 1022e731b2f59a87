// The body of a caller's request, as it came and as it reads.

import type { IncomingMessage } from "node:http";

import { isPacked, unpacked } from "./packed.ts";

/** The body of a request, read once. */
export class GivenBody {
  readonly request: IncomingMessage;
  readonly #bytesMax: number;
  #bytes: Promise<Buffer> | undefined;
  /** What was read of it, once it was. */
  read: string | undefined;

  constructor(request: IncomingMessage, bytesMax: number) {
    this.request = request;
    this.#bytesMax = bytesMax;
  }

  /** As it came. */
  bytes(): Promise<Buffer> {
    this.#bytes ??= bodyOf(this.request, this.#bytesMax);
    return this.#bytes;
  }

  /** Returns what is in it. */
  async text(): Promise<string> {
    const bytes = await this.bytes();
    const encoding = this.request.headers["content-encoding"];
    this.read = isPacked(encoding)
      ? await unpacked(bytes, encoding, this.#bytesMax)
      : bytes.toString();
    return this.read;
  }

  /** The form that it is. */
  async form(): Promise<FormData> {
    const type = this.request.headers["content-type"] ?? "";
    const bytes = await this.bytes();
    return new Response(new Uint8Array(bytes), { headers: { "content-type": type } }).formData();
  }
}

function bodyOf(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let bytes = 0;
    request.on("data", (piece: Buffer) => {
      bytes += piece.length;
      if (bytes <= bytesMax) pieces.push(piece);
      else reject(new Error(`the request is longer than ${bytesMax} bytes`));
    });
    request.once("end", () => {
      resolve(Buffer.concat(pieces));
    });
    request.once("error", reject);
  });
}
