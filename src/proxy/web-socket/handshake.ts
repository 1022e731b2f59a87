// The opening of a WebSocket (RFC 6455 §4): by a caller here, and by this proxy at an upstream. No
// extension is offered or accepted: a compressed message with shared context could not be changed
// on its way.

import { createHash, randomBytes } from "node:crypto";
import type { ClientRequest, IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

import { forwarded } from "../headers.ts";

/** The suffix of a key before it is hashed (RFC 6455 §1.3). */
const MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const VERSION = "13";
const KEY = /^[A-Za-z0-9+/]{22}==$/;
/** How much of an answer that is not a WebSocket is passed on, in bytes. */
const ANSWER_BYTES_MAX = 65_536;

/** The upstream's answer to a WebSocket request. */
export type OpenedSocket =
  | {
      readonly kind: "open";
      readonly stream: Duplex;
      readonly head: Buffer;
      readonly answer: IncomingMessage;
    }
  /** It answers like any request: the caller may fall back to HTTP. */
  | {
      readonly kind: "declined";
      readonly status: number;
      readonly body: Buffer;
      readonly answer: IncomingMessage;
    };

/** Returns why a WebSocket request is invalid; undefined if it is valid. */
export function faultOf({ method, headers }: IncomingMessage): string | undefined {
  if (method !== "GET") return "a WebSocket is opened with GET";
  if (headers["sec-websocket-version"] !== VERSION)
    return `the WebSocket version must be ${VERSION}`;
  if (!KEY.test(headers["sec-websocket-key"] ?? ""))
    return "the header sec-websocket-key is missing or invalid";
  return undefined;
}

/** Returns the headers that request a WebSocket, and the key in them. */
export function askingHeaders(): {
  readonly key: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
} {
  const key = randomBytes(16).toString("base64");
  const headers = {
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": VERSION,
    "sec-websocket-key": key,
    "sec-websocket-extensions": undefined,
  };
  return { key, headers };
}

/**
 * Waits for the upstream's answer.
 *
 * @throws {Error} if there is none, or it opens something else.
 */
export function openedBy(
  sent: ClientRequest,
  key: string,
  offered: string | undefined,
): Promise<OpenedSocket> {
  return new Promise((resolve, reject) => {
    sent.once("error", reject);
    const onClose = (): void => reject(new Error("the connection was closed"));
    sent.once("close", onClose);
    sent.once("response", (answer) => {
      // From here on the body reports whether it is complete.
      sent.off("close", onClose);
      declined(answer).then(resolve, reject);
    });
    sent.once("upgrade", (answer: IncomingMessage, stream: Duplex, head: Buffer) => {
      const fault = faultOfAnswer(answer, key, offered);
      if (fault === undefined) {
        resolve({ kind: "open", stream, head, answer });
        return;
      }
      stream.destroy();
      reject(new Error(fault));
    });
    sent.end();
  });
}

async function declined(answer: IncomingMessage): Promise<OpenedSocket> {
  const { statusCode: status = 0 } = answer;
  const body = await bodyOf(answer);
  return { kind: "declined", status, body, answer };
}

function faultOfAnswer(
  { headers }: IncomingMessage,
  key: string,
  offered: string | undefined,
): string | undefined {
  if (headers.upgrade?.toLowerCase() !== "websocket")
    return "it changed to a protocol that the request did not ask for";
  if (headers["sec-websocket-accept"] !== acceptanceOf(key))
    return "it accepted a different WebSocket than the one requested";
  if (headers["sec-websocket-extensions"] !== undefined)
    return "it uses an extension that the request did not ask for";
  const protocol = headers["sec-websocket-protocol"];
  const known = offered?.split(",").map((name) => name.trim()) ?? [];
  if (protocol !== undefined && !known.includes(protocol))
    return "it chose a protocol that the request did not offer";
  return undefined;
}

/** Returns the head of an answer that opens a WebSocket for a caller, as the upstream did. */
export function openingHead(request: IncomingMessage, answer: IncomingMessage): string {
  const passed = forwarded(answer.headers);
  delete passed["sec-websocket-accept"];
  const lines = Object.entries(passed).flatMap(([name, value]) =>
    [value].flat().map((each) => `${name}: ${String(each)}`),
  );
  const accept = acceptanceOf(request.headers["sec-websocket-key"] ?? "");
  return [
    "HTTP/1.1 101 Switching Protocols",
    "upgrade: websocket",
    "connection: Upgrade",
    `sec-websocket-accept: ${accept}`,
    ...lines,
    "\r\n",
  ].join("\r\n");
}

function acceptanceOf(key: string): string {
  return createHash("sha1").update(`${key}${MAGIC}`).digest("base64");
}

function bodyOf(answer: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let bytes = 0;
    const done = (): void => resolve(Buffer.concat(pieces).subarray(0, ANSWER_BYTES_MAX));
    answer.on("data", (piece: Buffer) => {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes <= ANSWER_BYTES_MAX) return;
      answer.destroy();
      done();
    });
    answer.once("end", done);
    answer.once("error", reject);
    answer.once("close", () => reject(new Error("the connection was closed")));
  });
}
