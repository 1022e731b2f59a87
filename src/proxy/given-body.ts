// The body of a caller's request, as received and as parsed.

import type { IncomingMessage } from "node:http";

import { isPacked, unpacked } from "./packed.ts";

/** The body of a request, read once. */
export class GivenBody {
  readonly request: IncomingMessage;
  readonly #bytesMax: number;
  #bytes: Promise<Buffer> | undefined;
  /** The parsed body, once it was read. */
  read: string | undefined;

  constructor(request: IncomingMessage, bytesMax: number) {
    this.request = request;
    this.#bytesMax = bytesMax;
  }

  /** The body as received. */
  bytes(): Promise<Buffer> {
    this.#bytes ??= bodyOf(this.request, this.#bytesMax);
    return this.#bytes;
  }

  /** Returns the content of the body. */
  async text(): Promise<string> {
    const bytes = await this.bytes();
    const encoding = this.request.headers["content-encoding"];
    this.read = isPacked(encoding)
      ? await unpacked(bytes, encoding, this.#bytesMax)
      : bytes.toString();
    return this.read;
  }

  /** Returns the body as a form. */
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
